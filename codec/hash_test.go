package codec

import (
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

func BenchmarkHash(b *testing.B) {
	symbol := make([]byte, 6658)
	var h hasher
	for _, n := range []int{64, 302, 6658} {
		b.Run("build/"+string(rune('0'+n%10)), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				h.leaf(symbol[:n])
			}
		})
		b.Run("unrolled/"+string(rune('0'+n%10)), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				unrolledBLAKE2b(0, symbol[:n])
			}
		})
	}
}
