package client

import (
	"golang.org/x/crypto/blake2b"

	"floe/crypto"
)

// fingerprint is the fingerprint of a part of a ciphertext: a hash over the tags of
// the chunks that end in it, and over all bytes of what doesn't. Under one
// Sealing a chunk's tag is a MAC of it by a key that nobody knows who might
// change a file, so that equal ones mean equal bytes, at next to no cost.
type fingerprint [32]byte

// fingerprintOf takes the fingerprint of b, which stands at off of a ciphertext that has
// sealed bytes.
func fingerprintOf(b []byte, off, sealed int64) (p fingerprint) {
	end := off + int64(len(b))
	h, err := blake2b.New256(nil)
	if err != nil {
		panic("client: internal error: BLAKE2b without a key: " + err.Error())
	}
	at := func(off int64) int64 { return off - (end - int64(len(b))) }
	for off < end {
		next, from := int64(crypto.HeaderSize), off
		if off >= next {
			_, begin := chunkOf(off)
			if next = min(begin+sealedChunk, sealed); next <= end {
				from = max(off, next-tagSize)
			}
		}
		off = min(next, end)
		h.Write(b[at(from):at(off)])
	}
	return fingerprint(h.Sum(nil))
}
