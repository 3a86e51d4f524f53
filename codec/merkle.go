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

// leaves hashes the symbols of that size that begin stride bytes after each
// other in b. Room behind the last one, overread bytes, makes it faster.
func (h *hasher) leaves(leaves []Hash, b []byte, stride, size int) {
	done := vectorLeaves(leaves, b, stride, size, h)
	for i := done; i < len(leaves); i++ {
		leaves[i] = h.leaf(b[i*stride:][:size])
	}
}

// overread is how far behind symbols the kernel reads, though it uses nothing
// of what is there.
const overread = 127

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
	for i := vectorParents(level, h); i < n; i++ {
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
