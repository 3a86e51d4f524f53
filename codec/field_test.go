package codec

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
)

// slowMul multiplies by shifting, from the definition of field and basis alone.
func slowMul(x, y uint16) uint16 {
	a, b, product := polynomial(x), polynomial(y), 0
	for i := range 16 {
		if b>>i&1 == 1 {
			product ^= a << i
		}
	}
	for i := 30; i >= 16; i-- {
		if product>>i&1 == 1 {
			product ^= fieldPolynomial << (i - 16)
		}
	}
	for z := range fieldOrder {
		if polynomial(uint16(z)) == product {
			return uint16(z)
		}
	}
	panic("internal error: the Cantor basis is none")
}

func polynomial(x uint16) int {
	p := 0
	for i, v := range cantor {
		if x>>i&1 == 1 {
			p ^= int(v)
		}
	}
	return p
}

func TestFieldMul(t *testing.T) {
	f := theField()
	random := rand.New(rand.NewPCG(9, 10))
	for _, x := range []uint16{0, 1, 2, 15, 16, 255, 256, 65535} {
		for range 3 {
			y := uint16(random.Uint32())
			equal(t, "product", f.mul(x, y), slowMul(x, y))
		}
		equal(t, "product with 0", f.mul(x, 0), 0)
		equal(t, "product with 1", f.mul(x, 1), x)
	}
}

// TestMultiplier compares words with elements: small fields and the whole one,
// through load and store.
func TestMultiplier(t *testing.T) {
	f := theField()
	random := rand.New(rand.NewPCG(11, 12))
	for _, x := range []uint16{1, 2, 14, 15, 16, 17, 128, 255, 256, 257, 4096, 65535, 0xcafe} {
		in, got := make([]byte, 2*blockSize), make([]byte, 2*blockSize)
		for i := 0; i < len(in); i += 8 {
			binary.LittleEndian.PutUint64(in[i:], random.Uint64())
		}
		src, dst := make(lane, 2*blockWords), make(lane, 2*blockWords)
		src.load(in)
		f.multiplier(x).addTo(dst, src)
		dst.store(got)
		for block := 0; block < len(in); block += blockSize {
			for i := block; i < block+32; i++ {
				y := uint16(in[i]) | uint16(in[i+32])<<8
				equal(t, "product", uint16(got[i])|uint16(got[i+32])<<8, f.mul(x, y))
			}
		}
	}
}

func TestTransformInverse(t *testing.T) {
	f := theField()
	random := rand.New(rand.NewPCG(13, 14))
	for size := 1; size <= 1024; size *= 4 {
		v := lanes{make(lane, size*blockWords), blockWords}
		for i := range v.words {
			v.words[i] = random.Uint64()
		}
		want := slices.Clone(v.words)
		for _, pos := range []int{0, size, maxDomain - size} {
			f.ifft(v, pos, size)
			f.fft(v, pos, size)
			if !slices.Equal(v.words, want) {
				t.Errorf("%d points at %d: the transforms aren't inverse", size, pos)
			}
		}
	}
}
