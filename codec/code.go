package codec

// code is one of the two Reed–Solomon codes: k source symbols give m recovery
// symbols. Source and recovery stand at two ranges of points of one polynomial:
// in a high-rate code recovery comes first, in a low-rate code source does, and
// the second range starts at a multiple of chunk, the first range's size
// rounded up to a power of two.
type code struct {
	k, m  int
	high  bool
	chunk int
}

func newCode(k, m int) code {
	pk, pm := ceilPow2(k), ceilPow2(m)
	if pk > pm || pk == pm && k <= m {
		return code{k: k, m: m, high: true, chunk: pm}
	}
	return code{k: k, m: m, chunk: pk}
}

// lanes is how many transforms take to encode.
func (c code) lanes() int { return 2 * c.chunk }

// rowCode expands a row, columnCode a column, to n symbols.
func (p Params) rowCode() code    { return newCode(p.Secondary, p.NShards-p.Secondary) }
func (p Params) columnCode() code { return newCode(p.Primary, p.NShards-p.Primary) }

// code is what a sliver of the kind is expanded by.
func (p Params) code(kind Kind) code {
	if kind == Primary {
		return p.rowCode()
	}
	return p.columnCode()
}

// engine computes a code's recovery symbols for many rows or columns at once.
// Engines may be used by many goroutines at once.
type engine interface {
	encoder(c code) (encodeFunc, error)
}

// encodeFunc takes count rows or columns from where the k symbols of each are
// to where the m of each go: the lanes of src, all grids together, are k, those
// of dst at most m, the first ones; a grid without bytes stands for lanes that
// nobody wants. dst is overwritten and shares no memory with src; what comes
// there depends on src alone.
type encodeFunc func(dst, src []grid, symbolSize, count int) error

func ceilPow2(n int) int {
	p := 1
	for p < n {
		p *= 2
	}
	return p
}
