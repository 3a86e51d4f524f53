package crypto

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
)

const sealedChunkSize = ChunkSize + chunkOverhead

// chunks seals and opens the chunks of one age file's payload. It can be used
// concurrently.
type chunks struct {
	aead cipher.AEAD
}

// newChunks derives the payload's key as the age format has it.
func newChunks(fileKey, nonce []byte) *chunks {
	key, err := hkdf.Key(sha256.New, fileKey, nonce, "payload", chacha20poly1305.KeySize)
	if err != nil {
		panic("crypto: internal error: HKDF of 32 bytes: " + err.Error())
	}
	aead, err := newAEAD(key)
	if err != nil {
		panic("crypto: internal error: a key of 32 bytes: " + err.Error())
	}
	return &chunks{aead}
}

// chunkNonce is 11 bytes of counter, big-endian, and whether it is the last one.
func chunkNonce(index int64, last bool) []byte {
	var nonce [chacha20poly1305.NonceSize]byte
	binary.BigEndian.PutUint64(nonce[3:11], uint64(index))
	if last {
		nonce[11] = 1
	}
	return nonce[:]
}

// seal appends a chunk, sealed, to dst.
func (c *chunks) seal(dst, plain []byte, index int64, last bool) []byte {
	return c.aead.Seal(dst, chunkNonce(index, last), plain, nil)
}

// open appends what a sealed chunk holds to dst, which must have the room. Of
// what isn't authentic nothing is left there.
func (c *chunks) open(dst, sealed []byte, index int64, last bool) ([]byte, bool) {
	plain, err := c.aead.Open(dst, chunkNonce(index, last), sealed, nil)
	return plain, err == nil
}
