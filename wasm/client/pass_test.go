package client

import (
	"bytes"
	"slices"
	"testing"

	"floe/crypto"
)

// TestFingerprintsTellAll: where a segment's bytes differ under one sealing, so
// does its fingerprint, wherever chunks and segments end.
func TestFingerprintsTellAll(t *testing.T) {
	parcel, err := crypto.NewParcelIdentity()
	if err != nil {
		t.Fatal(err)
	}
	sealing, err := crypto.NewSealing(parcel.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	seal := func(plain []byte) []byte {
		var out bytes.Buffer
		w := sealing.Writer(&out)
		if _, err := w.Write(plain); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	plain := noise("plain", 3*crypto.ChunkSize+1000)
	was := seal(plain)
	sealed := int64(len(was))
	for _, size := range []int{4 << 10, 60_000, crypto.ChunkSize + tagSize, 100_000} {
		caught := 0
		for at := 0; at < len(plain); at += 777 {
			now := seal(flip(plain, at))
			for off := 0; off < len(was); off += size {
				end := min(off+size, len(was))
				differs := !bytes.Equal(was[off:end], now[off:end])
				if differs && fingerprintOf(was[off:end], int64(off), sealed) == fingerprintOf(now[off:end], int64(off), sealed) {
					t.Fatalf("segments of %d: byte %d changed the one at %d, and its fingerprint didn't tell", size, at, off)
				}
				if differs {
					caught++
				}
			}
		}
		if caught == 0 {
			t.Error("nothing differed")
		}
	}
	if slices.Equal(was, seal(flip(plain, 0))) {
		t.Error("two plaintexts gave one ciphertext")
	}
}

// TestChunkOf at the edges of header, chunks and tags.
func TestChunkOf(t *testing.T) {
	const head = int64(crypto.HeaderSize)
	for _, c := range []struct{ off, chunk, begin, plain int64 }{
		{0, 0, 0, 0}, {head - 1, 0, 0, 0}, {head, 0, head, 0}, {head + 5, 0, head, 5},
		{head + crypto.ChunkSize, 0, head, crypto.ChunkSize}, {head + sealedChunk - 1, 0, head, crypto.ChunkSize},
		{head + sealedChunk, 1, head + sealedChunk, crypto.ChunkSize}, {head + 2*sealedChunk + 7, 2, head + 2*sealedChunk, 2*crypto.ChunkSize + 7},
	} {
		chunk, begin := chunkOf(c.off)
		if chunk != c.chunk || begin != c.begin || plainOf(c.off) != c.plain || plainAt(c.off) != c.chunk*crypto.ChunkSize {
			t.Errorf("%d: chunk %d at %d, plain %d, want %v", c.off, chunk, begin, plainOf(c.off), c)
		}
	}
}
