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

// field holds logarithms and their inverse, and multipliers by twiddles as they
// come to be needed. All of it is a pure function of the constants above.
type field struct {
	log [fieldOrder]uint16 // log[0] has no meaning
	exp [fieldOrder]uint16 // exp[fieldModulus] = exp[0]

	twiddles [maxDomain / 2]atomic.Pointer[multiplier]
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

// mul multiplies two elements.
func (f *field) mul(x, y uint16) uint16 {
	if y == 0 {
		return 0
	}
	return f.mulLog(x, int(f.log[y]))
}

// mulLog multiplies x by the element whose logarithm is given.
func (f *field) mulLog(x uint16, log int) uint16 {
	if x == 0 {
		return 0
	}
	return f.exp[(int(f.log[x])+log)%fieldModulus]
}

// twiddle returns the multiplier by a transform's twiddle, which is even, not 0
// and below maxDomain.
func (f *field) twiddle(w int) *multiplier {
	slot := &f.twiddles[w/2]
	m := slot.Load()
	if m == nil {
		m = f.multiplier(uint16(w))
		slot.Store(m) // two goroutines may both do so: what they store is equal
	}
	return m
}

// power returns the multiplier by the element whose logarithm, modulo the order
// of the field's units, is given.
func (f *field) power(log int) *multiplier {
	return f.multiplier(f.exp[(log%fieldModulus+fieldModulus)%fieldModulus])
}
