//go:build !js

package kernel

// Poly1305 (RFC 8439) of whole blocks of 16 bytes, four at a time: with blocks
// b0 to b3 two sums s0 and s1 become s·r^4 + b·r^2 + b', one of b0 and b2, the
// other of b1 and b3. In the end the hash is s0·r^2 + s1·r. The limbs stand as
// in limbs.go, each in two or four lanes of a vector.

const (
	vExtendHigh  = 0xca // upper two of four lanes, unsigned, to 64 bits
	vMultiplyLow = 0xde // of the lower two lanes, unsigned, to 64 bits
	vLane64      = 0x1d
	vSetLane32   = 0x1c
	vSplat32     = 0x11
	vShiftL64    = 0xcb
)

// powersSize is what a power of r takes, ready to multiply by: a vector for each
// of its limbs, and one for five times each but the first.
const powersSize = 16 * (2*limbs - 1)

// spread declares spread(powers, number): a number as powers has it.
func (m *module) spread() *function {
	f, p := m.function("", 2)
	v, x := f.v128(), f.i64()
	for i := range limbs {
		f.load64(p[1], uint32(8*i))
		f.tee(x)
		f.narrow()
		f.vector(vSplat32)
		f.set(v)
		f.store(p[0], uint32(16*i), v)
		if i > 0 {
			f.get(x)
			f.constant64(5)
			f.raw(opMul64)
			f.narrow()
			f.vector(vSplat32)
			f.set(v)
			f.store(p[0], uint32(16*(limbs-1+i)), v)
		}
	}
	return f
}

// factor is where powers has what limb j of another factor is multiplied with
// for limb i of the product.
func factor(i, j int) uint32 {
	if i >= j {
		return uint32(16 * (i - j))
	}
	return uint32(16 * (limbs - 1 + limbs + i - j))
}

// fourBlocks declares fourBlocks(src, n, scratch): n is a multiple of 64.
func (m *module) fourBlocks(multiply *function) *function {
	f, p := m.function("", 3)
	src, n, scratch := p[0], p[1], p[2]
	sums, x, spare := f.vectors(limbs), f.vectors(limbs), f.vectors(4)
	product, over, begun := f.vectors(limbs), f.v128(), f.i32()
	f.while(func() { f.get(n) }, func() {
		f.fourNumbers(src, x, spare)
		f.get(begun)
		f.raw(opEqz)
		f.when(func() { // what is hashed already is added to b0
			for i := range x {
				f.get(x[i])
				f.vectorConstant([16]byte{})
				f.load64(scratch, hashAt+uint32(8*i))
				f.narrow()
				f.vector(vSetLane32)
				f.raw(0)
				f.vector(vAdd32)
				f.set(x[i])
			}
			f.constant(1)
			f.set(begun)
		}, nil)
		for i := range product {
			f.get(x[i])
			f.vector(vExtendHigh)
			for j := range limbs {
				f.get(sums[j])
				f.load(scratch, fourthAt+factor(i, j))
				f.vector(vMultiplyLow)
				f.vector(vAdd64)
				f.get(x[j])
				f.load(scratch, secondAt+factor(i, j))
				f.vector(vMultiplyLow)
				f.vector(vAdd64)
			}
			f.set(product[i])
		}
		for _, i := range []int{0, 3, 1, 4, 2, 0, 3} {
			f.carryLanes(product, i, over)
		}
		for i := range sums {
			f.get(product[i], product[i])
			f.shuffle(0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11)
			f.set(sums[i])
		}
		f.advance(src, 64)
		f.advance(n, -64)
	})
	f.joinSums(scratch, product, multiply)
	return f
}

// fourNumbers loads four blocks and sets x to their limbs, each with the bit
// that stands behind a block's 128.
func (f *function) fourNumbers(src local, x, spare []local) {
	for i := range 4 {
		f.load(src, uint32(16*i))
		f.set(x[i])
	}
	f.transpose(x[:4], spare)
	f.get(x[3])
	f.constant(8)
	f.vector(vShiftR32)
	f.vectorConstant(four(1 << 24))
	f.vector(vOr)
	f.set(x[4])
	for i := 3; i > 0; i-- {
		f.get(x[i])
		f.constant(int32(6 * i))
		f.vector(vShiftL32)
		f.get(x[i-1])
		f.constant(int32(32 - 6*i))
		f.vector(vShiftR32)
		f.vector(vOr)
		f.set(x[i])
	}
	for i := range 4 {
		f.get(x[i])
		f.vectorConstant(four(limbMask))
		f.vector(vAnd)
		f.set(x[i])
	}
}

// carryLanes is carry on vectors.
func (f *function) carryLanes(v []local, i int, over local) {
	f.get(v[i])
	f.constant(limbBits)
	f.vector(vShiftR64)
	if i == limbs-1 {
		f.tee(over)
		f.get(over)
		f.constant(2)
		f.vector(vShiftL64)
		f.vector(vAdd64)
	}
	f.addTo64(v[(i+1)%limbs])
	f.get(v[i])
	f.vectorConstant(twice(limbMask))
	f.vector(vAnd)
	f.set(v[i])
}

// addTo64 adds what is on the stack to v.
func (f *function) addTo64(v local) {
	f.get(v)
	f.vector(vAdd64)
	f.set(v)
}

// joinSums sets the hash to s0·r^2 + s1·r.
func (f *function) joinSums(scratch local, sums []local, multiply *function) {
	x := f.i64()
	for lane := range 2 {
		for i := range sums {
			f.get(sums[i])
			f.vector(vLane64)
			f.raw(byte(lane))
			f.set(x)
			f.store64(scratch, uint32(sumsAt+numberSize*lane+8*i), x)
		}
		at := int32(sumsAt + numberSize*lane)
		f.add(scratch, at)
		f.add(scratch, at)
		f.add(scratch, int32(squareAt-numberSize*lane))
		f.call(multiply)
	}
	for i := range sums {
		f.load64(scratch, uint32(sumsAt+8*i))
		f.load64(scratch, uint32(sumsAt+numberSize+8*i))
		f.raw(opAdd64)
		f.set(x)
		f.store64(scratch, uint32(hashAt+8*i), x)
	}
}
