//go:build !js

package codec

import "golang.org/x/crypto/blake2b"

// sum is BLAKE2b-256 of the prefix followed by the data: natively x/crypto's,
// which is written in assembly.
func (h *hasher) sum(prefix byte, data []byte) Hash {
	h.scratch = append(append(h.scratch[:0], prefix), data...)
	return blake2b.Sum256(h.scratch)
}
