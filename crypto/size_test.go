package crypto

import (
	"errors"
	"math/rand/v2"
	"testing"
)

func TestPlainSizeInvertsSealedSize(t *testing.T) {
	for plain := int64(0); plain < 5*ChunkSize; plain += 1 + plain%97 {
		if got, err := PlainSize(SealedSize(plain)); err != nil || got != plain {
			t.Fatalf("%d: %d, %v", plain, got, err)
		}
	}
	// Between two sealed sizes that are not neighbours, nothing is one.
	for _, n := range []int64{1, 2, 100} {
		full := SealedSize(n * ChunkSize)
		for d := int64(1); d <= chunkOverhead; d++ {
			if got, err := PlainSize(full + d); !errors.Is(err, ErrDamaged) {
				t.Errorf("%d bytes after %d chunks: %d, %v", d, n, got, err)
			}
		}
		if got, err := PlainSize(full + chunkOverhead + 1); err != nil || got != n*ChunkSize+1 {
			t.Errorf("%d, %v", got, err)
		}
	}
	for _, n := range []int64{-1 << 62, -1, 0, 1, int64(HeaderSize), int64(HeaderSize) + 15} {
		if got, err := PlainSize(n); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d: %d, %v", n, got, err)
		}
	}
}

// From the paper, "Reducing Metadata Leakage from Encrypted Files and
// Communication with PURBs", and its authors' page: 9 → 10, and the grids.
func TestPadme(t *testing.T) {
	for n, want := range map[int64]int64{
		0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 7: 7, 8: 8, 9: 10, 10: 10, 15: 16, 16: 16, 17: 18, 255: 256, 256: 256, 257: 272,
		1000: 1024, 1023: 1024, 1025: 1088, 65535: 65536, 65537: 67584, 1_000_000: 1015808, 1<<20 + 1: 1<<20 + 1<<15,
		1<<32 + 1: 1<<32 + 1<<26, 1 << 40: 1 << 40,
	} {
		if got := Padme(n); got != want {
			t.Errorf("Padme(%d) = %d, want %d", n, got, want)
		}
	}
	for range 100_000 {
		n := rand.Int64N(1 << (2 + rand.IntN(50)))
		p := Padme(n)
		if p < n || p != Padme(p) || n > 0 && float64(p-n)/float64(n) > 0.12 {
			t.Fatalf("Padme(%d) = %d", n, p)
		}
		if n > 1<<20 && float64(p-n)/float64(n) > 0.0625 {
			t.Fatalf("Padme(%d) = %d adds over 6 %%", n, p)
		}
	}
}

func TestPaddedSize(t *testing.T) {
	steps := 0
	for range 200_000 {
		plain := rand.Int64N(1 << (1 + rand.IntN(40)))
		padded := PaddedSize(plain)
		sealed := SealedSize(padded)
		if padded < plain || sealed != Padme(sealed) || padded != PaddedSize(padded) {
			t.Fatalf("%d is padded to %d, sealed %d", plain, padded, sealed)
		}
		if sealed != Padme(SealedSize(plain)) {
			steps++ // the grid's own size belongs to no age file
		}
	}
	if steps > 1000 {
		t.Errorf("%d sizes take a second step", steps)
	}
}
