package codec

// sum is BLAKE2b-256 of the prefix followed by the data: in WebAssembly the
// unrolled one, four times as fast there as x/crypto's.
func (h *hasher) sum(prefix byte, data []byte) Hash {
	return unrolledBLAKE2b(prefix, data)
}
