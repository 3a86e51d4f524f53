package codec

// Prefixes keep leaves and inner nodes apart.
const (
	leafPrefix  = 0
	innerPrefix = 1
)

// hasher computes Merkle trees; it holds scratch space, so one goroutine has it
// to itself. The zero value is ready.
type hasher struct {
	scratch []byte
}

func (h *hasher) leaf(symbol []byte) Hash {
	return h.sum(leafPrefix, symbol)
}

// leaves hashes the j-th symbol of every lane, stride hashes after each other.
// Room behind the last symbol, overread bytes, makes it faster.
func (h *hasher) leaves(into []Hash, stride int, of grid, j, size int) {
	for i := vectorLeaves(into, stride, of.from(j*of.symbol), size, h); i < of.lanes; i++ {
		into[i*stride] = h.leaf(of.at(i, j, size))
	}
}

// overread is how far behind symbols the kernel reads, though it uses nothing
// of what is there.
const overread = 127

// root returns the root over the leaves, which it overwrites.
func (h *hasher) root(leaves []Hash) Hash {
	for len(leaves) > 1 {
		leaves = h.parents(leaves)
	}
	return leaves[0]
}

// subtree returns the node that stands height levels above the leaves, which
// are at most 2^height and not all of their tree. It overwrites them.
func (h *hasher) subtree(leaves []Hash, height int) Hash {
	for range height {
		leaves = h.parents(leaves)
	}
	return leaves[0]
}

// parents replaces a level of a tree by the level above it. What the odd last
// node lacks for a sibling is empty: 32 zero bytes.
func (h *hasher) parents(level []Hash) []Hash {
	whole := len(level) / 2
	h.pairs(level, level, level[min(1, len(level)-1):], pairing{count: whole, stride: 2, rows: 1})
	if len(level)%2 == 0 {
		return level[:whole]
	}
	level[whole] = h.inner(&level[2*whole], &Hash{})
	return level[:whole+1]
}

// pairing says which nodes are each other's siblings: count left and right ones,
// stride after each other, and as many in every other row, skip behind the one
// before.
type pairing struct{ count, stride, rows, skip int }

// pairs computes nodes over those at left and right, side by side. They may
// stand where the left ones do if the right ones follow those.
func (h *hasher) pairs(nodes, left, right []Hash, p pairing) {
	for r := vectorPairs(nodes, left, right, p, h); r < p.rows; r++ {
		for i := range p.count {
			at := r*p.skip + i*p.stride
			nodes[r*p.count+i] = h.inner(&left[at], &right[at])
		}
	}
}

// roots returns the roots over width trees that stand side by side: leaf r of
// tree i is leaves[r*stride + i], of count each. It overwrites level, which has
// room for half of them, and the leaves if level is the same.
func (h *hasher) roots(level, leaves []Hash, count, stride, width int) []Hash {
	for count > 1 {
		half := count / 2
		h.pairs(level, leaves, leaves[stride:], pairing{count: width, stride: 1, rows: half, skip: 2 * stride})
		if count%2 == 1 {
			for i := range width {
				level[half*width+i] = h.inner(&leaves[2*half*stride+i], &Hash{})
			}
		}
		leaves, stride, count = level, width, half+count%2
	}
	return leaves[:width]
}

// sum is BLAKE2b-256 of the prefix followed by the data.
func sum(prefix byte, data []byte) Hash {
	var h hasher
	return h.sum(prefix, data)
}
