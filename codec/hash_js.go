package codec

// sum is BLAKE2b-256 of the prefix followed by the data: in WebAssembly the
// unrolled one, four times as fast there as x/crypto's.
func (h *hasher) sum(prefix byte, data []byte) Hash {
	return unrolledBLAKE2b(prefix, data)
}

// inner is the hash of a node over two others.
func (h *hasher) inner(left, right *Hash) Hash {
	var both [2 * len(Hash{})]byte
	copy(both[:], left[:])
	copy(both[len(left):], right[:])
	return h.sum(innerPrefix, both[:])
}
