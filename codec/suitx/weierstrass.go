package suitx

import "encoding/hex"

// A curve is y² = x³ + ax + b over the integers modulo p, with a base point of
// prime order n. It verifies ECDSA on both curves with little code and without
// tables, where weight matters more than speed: in the page. Nothing in it is
// secret, so it may take the time that the numbers ask for.
type curve struct {
	p, n *modulus
	a, b number // as all coordinates, in Montgomery's form
	base point
}

var (
	curve256k1 = newCurve(
		"fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", order256k1,
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000007",
		"0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
	curve256r1 = newCurve(
		"ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", order256r1,
		"ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
		"5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
		"036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")
)

func newCurve(p, n, a, b, base string) *curve {
	bytesOf := func(digits string) []byte {
		v, err := hex.DecodeString(digits)
		if err != nil {
			panic("internal error: " + err.Error())
		}
		return v
	}
	c := &curve{p: newModulus(p), n: newModulus(n)}
	c.a, c.b = c.p.in(parseNumber(bytesOf(a))), c.p.in(parseNumber(bytesOf(b)))
	var ok bool
	if c.base, ok = c.decompress(bytesOf(base)); !ok {
		panic("internal error: the base point isn't on the curve")
	}
	return c
}

// lowS says whether s, the second half of sig, is at most n / 2.
func (c *curve) lowS(sig []byte) bool {
	return !c.n.m.half().less(parseNumber(sig[32:]))
}

// point is (x / z², y / z³), or the neutral element where z is zero.
type point struct{ x, y, z number }

// decompress returns the point of a key of 33 bytes, if it is on the curve.
func (c *curve) decompress(key []byte) (point, bool) {
	x := parseNumber(key[1:])
	if !x.less(c.p.m) {
		return point{}, false
	}
	x = c.p.in(x)
	right := c.p.add(c.p.mul(x, c.p.add(c.p.mul(x, x), c.a)), c.b)
	y, ok := c.p.root(right)
	if c.p.out(y).bit(0) != uint64(key[0]&1) {
		y = c.p.sub(number{}, y)
	}
	return point{x, y, c.p.one}, ok
}

func (c *curve) double(q point) point {
	p := c.p
	twice := func(x number) number { return p.add(x, x) }
	yy := p.mul(q.y, q.y)
	s := twice(twice(p.mul(q.x, yy)))
	zz, xx := p.mul(q.z, q.z), p.mul(q.x, q.x)
	m := p.add(p.add(twice(xx), xx), p.mul(c.a, p.mul(zz, zz)))
	x := p.sub(p.mul(m, m), twice(s))
	y := p.sub(p.mul(m, p.sub(s, x)), twice(twice(twice(p.mul(yy, yy)))))
	return point{x, y, twice(p.mul(q.y, q.z))}
}

func (c *curve) add(q, r point) point {
	switch {
	case q.z == number{}:
		return r
	case r.z == number{}:
		return q
	}
	p := c.p
	qzz, rzz := p.mul(q.z, q.z), p.mul(r.z, r.z)
	u, s := p.mul(q.x, rzz), p.mul(q.y, p.mul(rzz, r.z))
	h := p.sub(p.mul(r.x, qzz), u)
	d := p.sub(p.mul(r.y, p.mul(qzz, q.z)), s)
	if h == (number{}) {
		if d == (number{}) {
			return c.double(q)
		}
		return point{}
	}
	hh := p.mul(h, h)
	hhh, v := p.mul(h, hh), p.mul(u, hh)
	x := p.sub(p.sub(p.mul(d, d), hhh), p.add(v, v))
	y := p.sub(p.mul(d, p.sub(v, x)), p.mul(s, hhh))
	return point{x, y, p.mul(h, p.mul(q.z, r.z))}
}

// verify is the standard's algorithm: it takes high s too.
func (c *curve) verify(key []byte, hash [32]byte, sig [64]byte) bool {
	r, s := parseNumber(sig[:32]), parseNumber(sig[32:])
	q, ok := c.decompress(key)
	if !ok || r == (number{}) || s == (number{}) || !r.less(c.n.m) || !s.less(c.n.m) {
		return false
	}
	w := c.n.invert(c.n.in(s))
	u := c.n.mul(c.n.reduce(parseNumber(hash[:]), 0), w) // one form cancels the other
	v := c.n.mul(r, w)
	both, sum := c.add(c.base, q), point{}
	for i := 255; i >= 0; i-- {
		sum = c.double(sum)
		switch u.bit(i) | v.bit(i)<<1 {
		case 1:
			sum = c.add(sum, c.base)
		case 2:
			sum = c.add(sum, q)
		case 3:
			sum = c.add(sum, both)
		}
	}
	if sum.z == (number{}) {
		return false
	}
	x := c.p.out(c.p.mul(sum.x, c.p.invert(c.p.mul(sum.z, sum.z))))
	return c.n.reduce(x, 0) == r
}
