package suitx

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// number is 256 bits in four words, the lowest first.
type number [4]uint64

// parseNumber reads 32 bytes, big-endian.
func parseNumber(b []byte) (n number) {
	for i := range n {
		n[i] = binary.BigEndian.Uint64(b[24-8*i:])
	}
	return n
}

func (n number) bit(i int) uint64 { return n[i/64] >> (i % 64) & 1 }

func (n number) less(m number) bool {
	_, borrow := n.minus(m)
	return borrow == 1
}

func (n number) minus(m number) (d number, borrow uint64) {
	for i := range n {
		d[i], borrow = bits.Sub64(n[i], m[i], borrow)
	}
	return d, borrow
}

func (n number) plus(m number) (s number, carry uint64) {
	for i := range n {
		s[i], carry = bits.Add64(n[i], m[i], carry)
	}
	return s, carry
}

// modulus is an odd prime above 2^255. Its methods take and return numbers below
// it; mul works on Montgomery's form, that is x · 2^256 mod m for x.
type modulus struct {
	m        number
	inverse  uint64 // −1/m mod 2^64
	one, two number // 1 and 2^256 in Montgomery's form
}

func newModulus(digits string) *modulus {
	b, err := hex.DecodeString(digits)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	p := &modulus{m: parseNumber(b), inverse: 1}
	for range 6 { // Newton: each round doubles the bits that are right
		p.inverse *= 2 - p.m[0]*p.inverse
	}
	p.inverse = -p.inverse
	p.one, _ = number{}.minus(p.m) // 2^256 − m, which is below m
	p.two = p.one
	for range 256 {
		p.two = p.add(p.two, p.two)
	}
	return p
}

func (p *modulus) in(x number) number  { return p.mul(x, p.two) }
func (p *modulus) out(x number) number { return p.mul(x, number{1}) }

// reduce returns carry · 2^256 + x, if that is below 2m, modulo m.
func (p *modulus) reduce(x number, carry uint64) number {
	if d, borrow := x.minus(p.m); carry == 1 || borrow == 0 {
		return d
	}
	return x
}

func (p *modulus) add(a, b number) number {
	s, carry := a.plus(b)
	return p.reduce(s, carry)
}

func (p *modulus) sub(a, b number) number {
	d, borrow := a.minus(b)
	if borrow == 1 {
		d, _ = d.plus(p.m)
	}
	return d
}

// mul returns a · b / 2^256.
func (p *modulus) mul(a, b number) number {
	var t [6]uint64
	for i := range a {
		addProduct(&t, b, a[i])
		addProduct(&t, p.m, t[0]*p.inverse) // now the lowest word is zero
		copy(t[:], t[1:])
		t[5] = 0
	}
	return p.reduce(number(t[:4]), t[4])
}

// addProduct adds n · w to t.
func addProduct(t *[6]uint64, n number, w uint64) {
	var carry uint64
	for j := range n {
		hi, lo := bits.Mul64(n[j], w)
		var c uint64
		lo, c = bits.Add64(lo, carry, 0)
		hi += c
		t[j], c = bits.Add64(t[j], lo, 0)
		carry = hi + c
	}
	t[4], carry = bits.Add64(t[4], carry, 0)
	t[5] += carry
}

// power returns x to the power of e, x in Montgomery's form.
func (p *modulus) power(x, e number) number {
	y := p.one
	for i := 255; i >= 0; i-- {
		y = p.mul(y, y)
		if e.bit(i) == 1 {
			y = p.mul(y, x)
		}
	}
	return y
}

// invert returns 1/x, x in Montgomery's form and not zero (Fermat).
func (p *modulus) invert(x number) number {
	e, _ := p.m.minus(number{2})
	return p.power(x, e)
}

// root returns a square root of x, both in Montgomery's form, if there is one.
// It needs a modulus of 3 mod 4.
func (p *modulus) root(x number) (number, bool) {
	e, _ := p.m.plus(number{1}) // both primes are well below 2^256
	e = e.half().half()
	y := p.power(x, e)
	return y, p.mul(y, y) == x
}

func (n number) half() number {
	for i := range 3 {
		n[i] = n[i]>>1 | n[i+1]<<63
	}
	n[3] >>= 1
	return n
}
