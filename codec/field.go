package codec

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// The field is GF(2^16) with polynomial x^16+x^5+x^3+x^2+1. Its elements are
// written in the Cantor basis: the number x stands for Σ bit_i(x)·cantor[i].
// Adding is xor in any basis.
const (
	fieldPolynomial = 0x1002D
	fieldOrder      = 1 << 16
	fieldModulus    = fieldOrder - 1 // of exponents
)

var cantor = [16]uint16{
	0x0001, 0xACCA, 0x3C0E, 0x163E, 0xC582, 0xED2E, 0x914C, 0x4012,
	0x6C98, 0x10D8, 0x6A72, 0xB900, 0xFDB8, 0xFB34, 0xFF38, 0x991E,
}

// field holds logarithms and their inverse, and product tables as they come to
// be needed. All of it is a pure function of the constants above.
type field struct {
	log [fieldOrder]uint16 // log[0] has no meaning
	exp [fieldOrder]uint16 // exp[fieldModulus] = exp[0]

	products [maxDomain / 2]atomic.Pointer[productTable]
}

// theField is made when first used: 2 ms that natively only decoding needs.
var theField = sync.OnceValue(newField)

func newField() *field {
	f := &field{}
	var power [fieldOrder]uint16 // logarithm by polynomial-basis element
	state := 1
	for i := range fieldModulus {
		power[state] = uint16(i)
		state <<= 1
		if state >= fieldOrder {
			state ^= fieldPolynomial
		}
	}
	var element uint16
	for i := 1; i < fieldOrder; i++ {
		// Gray code: one basis vector changes at a time.
		element ^= cantor[bits.TrailingZeros(uint(i))]
		x := uint16(i ^ i>>1)
		f.log[x] = power[element]
		f.exp[power[element]] = x
	}
	f.exp[fieldModulus] = f.exp[0]
	return f
}

// mulLog multiplies x by the element whose logarithm is given.
func (f *field) mulLog(x uint16, log int) uint16 {
	if x == 0 {
		return 0
	}
	return f.exp[(int(f.log[x])+log)%fieldModulus]
}

// productTable holds the products of one element with all bytes, low and high.
type productTable struct {
	low, high [256]uint16
}

// table builds the product table of the element whose logarithm is given.
func (f *field) table(log int) *productTable {
	t := &productTable{}
	for bit := range 8 {
		low := f.mulLog(1<<bit, log)
		high := f.mulLog(1<<(bit+8), log)
		for i := range 1 << bit {
			t.low[1<<bit|i] = t.low[i] ^ low
			t.high[1<<bit|i] = t.high[i] ^ high
		}
	}
	return t
}

// product returns the product table of a twiddle, which is even, not 0 and
// below maxDomain. Tables are kept: at n = 1000 all of them take 1 MiB.
func (f *field) product(twiddle int) *productTable {
	slot := &f.products[twiddle/2]
	t := slot.Load()
	if t == nil {
		t = f.table(int(f.log[twiddle]))
		slot.Store(t) // two goroutines may both do so: the tables are equal
	}
	return t
}

// mul4 multiplies four elements.
func (t *productTable) mul4(x uint64) uint64 {
	return uint64(t.low[uint8(x)]^t.high[uint8(x>>8)]) |
		uint64(t.low[uint8(x>>16)]^t.high[uint8(x>>24)])<<16 |
		uint64(t.low[uint8(x>>32)]^t.high[uint8(x>>40)])<<32 |
		uint64(t.low[uint8(x>>48)]^t.high[uint8(x>>56)])<<48
}
