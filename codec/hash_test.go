package codec

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"golang.org/x/crypto/blake2b"
)

// TestHash holds both implementations to x/crypto's, on every length around
// the edges of blocks.
func TestHash(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	var h hasher
	for n := range 1100 {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		prefix := byte(n)
		want := Hash(blake2b.Sum256(append([]byte{prefix}, data...)))
		equal(t, "unrolled", unrolledBLAKE2b(prefix, data), want)
		equal(t, "this build's", h.sum(prefix, data), want)
	}
}

// BenchmarkHash hashes symbols: tiny ones, those of n = 1000 with 64 MiB, and
// those of n = 104 with 16 MiB.
func BenchmarkHash(b *testing.B) {
	symbol := make([]byte, 6658)
	var h hasher
	for _, n := range []int{64, 302, 6658} {
		b.Run(fmt.Sprintf("build/%d", n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				h.leaf(symbol[:n])
			}
		})
		b.Run(fmt.Sprintf("unrolled/%d", n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				unrolledBLAKE2b(0, symbol[:n])
			}
		})
	}
}
