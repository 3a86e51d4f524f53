package codec

import (
	"crypto/rand"
	"fmt"
	"testing"

	"golang.org/x/crypto/blake2b"
)

// Leaves that are hashed side by side are those that are hashed alone, however
// many there are and however long, wherever they lie, and nothing else changes.
func TestLeavesInEights(t *testing.T) {
	if !inEights {
		t.Skip("LOUD: needs a processor with AVX-512; no other runs this code")
	}
	for _, size := range []int{1, 2, 63, 64, 126, 127, 128, 129, 254, 255, 256, 257, 383, 511, 1000, 5208} {
		for _, lanes := range []int{1, 2, 3, 7, 8, 9, 11, 16, 18, 34, 70} {
			for _, stride := range []int{1, 3} {
				b := make([]byte, lanes*(size+5))
				rand.Read(b)
				of := grid{b, lanes, size + 5, size + 5}
				b = b[: (lanes-1)*(size+5)+size : (lanes-1)*(size+5)+size]
				of.b = b
				into := make([]Hash, lanes*stride)
				n := vectorLeaves(into, stride, of, size, nil)
				if n > lanes || lanes >= 3 && n < lanes-2 {
					t.Fatalf("%d of %d leaves were hashed", n, lanes)
				}
				for i := range into {
					var want Hash
					if i%stride == 0 && i/stride < n {
						want = blake2b.Sum256(append([]byte{leafPrefix}, of.at(i/stride, 0, size)...))
					}
					if into[i] != want {
						t.Fatalf("%d lanes of %d bytes, stride %d: hash %d is wrong", lanes, size, stride, i)
					}
				}
			}
		}
	}
}

func BenchmarkLeaves(b *testing.B) {
	const size, lanes = 5208, 104
	of := grid{make([]byte, size*lanes), lanes, size, size}
	into := make([]Hash, lanes)
	for _, wide := range []bool{false, true} {
		b.Run(fmt.Sprintf("eights=%v", wide), func(b *testing.B) {
			defer func(was bool) { inEights = was }(inEights)
			inEights = inEights && wide
			var h hasher
			b.SetBytes(size * lanes)
			for b.Loop() {
				h.leaves(into, 1, of, 0, size)
			}
		})
	}
}
