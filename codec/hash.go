//go:build !js

package codec

import "golang.org/x/crypto/blake2b"

// sum is BLAKE2b-256 of the prefix followed by the data: natively x/crypto's,
// which is written in assembly.
func (h *hasher) sum(prefix byte, data []byte) Hash {
	h.scratch = append(append(h.scratch[:0], prefix), data...)
	return blake2b.Sum256(h.scratch)
}

// inner is the hash of a node over two others.
func (h *hasher) inner(left, right *Hash) Hash {
	var b [1 + 2*len(Hash{})]byte
	b[0] = innerPrefix
	*(*Hash)(b[1:]) = *left
	*(*Hash)(b[1+len(left):]) = *right
	return blake2b.Sum256(b[:])
}
