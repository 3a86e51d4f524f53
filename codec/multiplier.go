package codec

// multiplier multiplies lanes by one element. A product with a byte of the
// tower is the sum of what each of its bits gives: for 8 bytes at once, the
// bits are masked out and multiplied, as an integer, by what a bit gives.
type multiplier struct {
	size int // of the smallest field that holds the element: 4, 8 or 16 bits

	bytes [3]byte // what the kernel looks up: a, b·v7 and a + b, of addFull

	low  [8]uint64 // bit i of a low byte (or of any nibble, in GF(2^4)) gives low[i]
	high [8]uint64 // see addFull
	both [8]uint64
}

// multiplier returns the one by an element in the Cantor basis.
func (f *field) multiplier(x uint16) *multiplier {
	b := x >> 8
	a := x ^ f.mul(b, 256) // x = a + b·v8
	m := &multiplier{size: 16, bytes: [3]byte{byte(a), byte(f.mul(b, 128)), byte(a ^ b)}}
	switch {
	case x < 16:
		m.size = 4
		for i := range 4 {
			m.low[i] = uint64(f.mul(x, 1<<i))
		}
		return m
	case x < 256:
		m.size = 8
		m.low = f.byteProducts(x)
		return m
	}
	m.low = f.byteProducts(a)
	m.high = f.byteProducts(f.mul(b, 128))
	m.both = f.byteProducts(a ^ b)
	return m
}

// byteProducts are the products of an element of GF(2^8) with the bits of a
// byte, in the tower.
func (f *field) byteProducts(x uint16) (p [8]uint64) {
	for i := range p {
		bit := uint16(nibbleBasis(1 << i))
		p[i] = nibbleBasis(uint64(f.mul(x, bit)))
	}
	return p
}

// addTo adds the products with src to dst.
func (m *multiplier) addTo(dst, src lane) {
	if vectorMultiplyAdd(dst, src, m.bytes) {
		return
	}
	switch m.size {
	case 4:
		m.addNibbles(dst, src)
	case 8:
		m.addBytes(dst, src)
	default:
		m.addFull(dst, src)
	}
}

// addNibbles is for elements of GF(2^4).
func (m *multiplier) addNibbles(dst, src lane) {
	c0, c1, c2, c3 := m.low[0], m.low[1], m.low[2], m.low[3]
	for len(dst) >= 4 && len(src) >= 4 {
		x, y := (*[4]uint64)(dst), (*[4]uint64)(src)
		x[0] ^= timesNibble(y[0], c0, c1, c2, c3)
		x[1] ^= timesNibble(y[1], c0, c1, c2, c3)
		x[2] ^= timesNibble(y[2], c0, c1, c2, c3)
		x[3] ^= timesNibble(y[3], c0, c1, c2, c3)
		dst, src = dst[4:], src[4:]
	}
}

// addBytes is for elements of GF(2^8).
func (m *multiplier) addBytes(dst, src lane) {
	c := &m.low
	c0, c1, c2, c3, c4, c5, c6, c7 := c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]
	for len(dst) >= 4 && len(src) >= 4 {
		x, y := (*[4]uint64)(dst), (*[4]uint64)(src)
		x[0] ^= timesByte(y[0], c0, c1, c2, c3, c4, c5, c6, c7)
		x[1] ^= timesByte(y[1], c0, c1, c2, c3, c4, c5, c6, c7)
		x[2] ^= timesByte(y[2], c0, c1, c2, c3, c4, c5, c6, c7)
		x[3] ^= timesByte(y[3], c0, c1, c2, c3, c4, c5, c6, c7)
		dst, src = dst[4:], src[4:]
	}
}

// addFull is for all other elements a + b·v8. As v8² = v8 + v7 (128 in the
// Cantor basis),
//
//	(a + b·v8)·(l + h·v8) = a·l + v7·b·h  +  ((a + b)·(l + h) + a·l)·v8
func (m *multiplier) addFull(dst, src lane) {
	a, b, c := &m.low, &m.high, &m.both
	a0, a1, a2, a3, a4, a5, a6, a7 := a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]
	b0, b1, b2, b3, b4, b5, b6, b7 := b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]
	c0, c1, c2, c3, c4, c5, c6, c7 := c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]
	for len(dst) >= blockWords && len(src) >= blockWords {
		x, y := (*[blockWords]uint64)(dst), (*[blockWords]uint64)(src)
		for i := range blockWords / 2 {
			l, h := y[i], y[4+i]
			al := timesByte(l, a0, a1, a2, a3, a4, a5, a6, a7)
			x[i] ^= al ^ timesByte(h, b0, b1, b2, b3, b4, b5, b6, b7)
			x[4+i] ^= al ^ timesByte(l^h, c0, c1, c2, c3, c4, c5, c6, c7)
		}
		dst, src = dst[blockWords:], src[blockWords:]
	}
}

// timesNibble multiplies 16 nibbles; the compiler inlines it.
func timesNibble(x, c0, c1, c2, c3 uint64) uint64 {
	return x&nibbleOnes*c0 ^ x>>1&nibbleOnes*c1 ^ x>>2&nibbleOnes*c2 ^ x>>3&nibbleOnes*c3
}

// timesByte multiplies 8 bytes; the compiler inlines it.
func timesByte(x, c0, c1, c2, c3, c4, c5, c6, c7 uint64) uint64 {
	return x&ones*c0 ^ x>>1&ones*c1 ^ x>>2&ones*c2 ^ x>>3&ones*c3 ^
		x>>4&ones*c4 ^ x>>5&ones*c5 ^ x>>6&ones*c6 ^ x>>7&ones*c7
}
