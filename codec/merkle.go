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

func (h *hasher) inner(left, right *Hash) Hash {
	var both [64]byte
	copy(both[:32], left[:])
	copy(both[32:], right[:])
	return h.sum(innerPrefix, both[:])
}

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
	var empty Hash
	n := (len(level) + 1) / 2
	for i := range n {
		right := &empty
		if 2*i+1 < len(level) {
			right = &level[2*i+1]
		}
		level[i] = h.inner(&level[2*i], right)
	}
	return level[:n]
}

// sum is BLAKE2b-256 of the prefix followed by the data.
func sum(prefix byte, data []byte) Hash {
	var h hasher
	return h.sum(prefix, data)
}
