package codec

import "math/bits"

// unitSpan is how many columns make a unit: a power of two, few, so that
// workers share the work evenly, more where symbols are small. The rows' trees
// leave one node for each unit.
func unitSpan(n, symbolSize int) int {
	span := 16
	if symbolSize <= 128 {
		span = 32
	}
	return min(span, ceilPow2(n))
}

// forest makes the Merkle trees over the columns of one unit after the other,
// and the nodes that the unit leaves of the rows' trees. One goroutine has it to
// itself.
type forest struct {
	hasher  hasher
	n, span int
	leaves  []Hash // of the unit's columns, row after row
	upper   []Hash // what is above them in the columns' trees
}

func newForest(n, span int) *forest {
	return &forest{n: n, span: span, leaves: make([]Hash, n*span), upper: make([]Hash, (n+1)/2*span)}
}

// hash hashes the j-th column of the grids, all rows together, as the unit's
// i-th.
func (f *forest) hash(i int, of []grid, j, symbolSize int) {
	into := f.leaves[i:]
	for _, g := range of {
		f.hasher.leaves(into, f.span, g, j, symbolSize)
		if len(into) > g.lanes*f.span {
			into = into[g.lanes*f.span:]
		}
	}
}

// finish computes the roots of the unit's columns and a node of every row.
func (f *forest) finish(columns, rows []Hash) {
	width := len(columns)
	copy(columns, f.hasher.roots(f.upper, f.leaves, f.n, f.span, width))
	height := bits.Len(uint(f.span)) - 1
	if width < f.span {
		for r := range rows {
			rows[r] = f.hasher.subtree(f.leaves[r*f.span:][:width], height)
		}
		return
	}
	level := f.leaves
	for range height {
		f.hasher.pairs(level, level, level[1:], pairing{count: len(level) / 2, stride: 2, rows: 1})
		level = level[:len(level)/2]
	}
	copy(rows, level)
}

// newMetadata finishes the rows' trees: nodes are theirs, n for every unit. It
// overwrites them.
func newMetadata(size uint64, columns, nodes []Hash) *Metadata {
	var h hasher
	n := len(columns)
	m := &Metadata{Size: size, Hashes: make([]PairHash, n)}
	rows := h.roots(nodes, nodes, len(nodes)/n, n, n)
	for i := range m.Hashes {
		m.Hashes[i] = PairHash{Primary: rows[i], Secondary: columns[n-1-i]}
	}
	return m
}
