//go:build !js

package kernel

// Poly1305 from r and s to the tag, and messages of any length.

// authenticate declares authenticate(src, n, scratch): the hash takes in n bytes
// and zeros up to the next whole block, one block after the other.
func (m *module) authenticate(multiply *function) *function {
	f, p := m.function("", 3)
	src, n, scratch := p[0], p[1], p[2]
	low, high := f.i64(), f.i64()
	f.while(func() { f.get(n) }, func() {
		f.get(n)
		f.constant(16)
		f.raw(opLtU)
		f.when(func() { // the last one is moved to where zeros follow it
			f.constant64(0)
			f.set(low)
			f.store64(scratch, blockBehindAt, low)
			f.store64(scratch, blockBehindAt+8, low)
			f.add(scratch, blockBehindAt)
			f.get(src, n)
			f.copyBytes()
			f.add(scratch, blockBehindAt)
			f.set(src)
			f.constant(16)
			f.set(n)
		}, nil)
		f.oneBlock(src, scratch, low, high)
		f.add(scratch, hashAt)
		f.add(scratch, hashAt)
		f.add(scratch, rAt)
		f.call(multiply)
		f.advance(src, 16)
		f.advance(n, -16)
	})
	return f
}

// oneBlock adds a block to the hash.
func (f *function) oneBlock(src, scratch, low, high local) {
	f.load64(src, 0)
	f.set(low)
	f.load64(src, 8)
	f.set(high)
	h := f.loadLimbs(scratch, hashAt)
	for i := range h {
		f.limbOf(i, low, high)
		if i == limbs-1 {
			f.constant64(1 << 24)
			f.raw(opOr64)
		}
		f.get(h[i])
		f.raw(opAdd64)
		f.set(h[i])
	}
	f.storeLimbs(scratch, hashAt, h)
}

// polySetup declares polySetup(scratch): r and s are the first 32 bytes of the
// key stream, in the buffer.
func (m *module) polySetup(multiply *function) *function {
	f, p := m.function("", 1)
	scratch := p[0]
	low, high, x := f.i64(), f.i64(), f.i64()
	f.load64(scratch, bufferAt)
	f.mask64(0x0ffffffc0fffffff)
	f.set(low)
	f.load64(scratch, bufferAt+8)
	f.mask64(0x0ffffffc0ffffffc)
	f.set(high)
	for i := range limbs {
		f.limbOf(i, low, high)
		f.set(x)
		f.store64(scratch, uint32(rAt+8*i), x)
		f.get(x)
		f.constant64(5)
		f.raw(opMul64)
		f.set(x)
		f.store64(scratch, uint32(rFivesAt+8*i), x)
	}
	for i := range 2 {
		f.load64(scratch, uint32(bufferAt+16+8*i))
		f.set(low)
		f.store64(scratch, uint32(sAt+8*i), low)
	}
	f.constant64(0)
	f.set(low)
	for i := range limbs {
		f.store64(scratch, uint32(hashAt+8*i), low)
	}
	f.add(scratch, squareAt)
	f.add(scratch, rAt)
	f.add(scratch, rAt)
	f.call(multiply)
	return f
}

// polyFinish declares polyFinish(scratch): the tag.
func (m *module) polyFinish() *function {
	f, p := m.function("", 1)
	scratch := p[0]
	h, g := f.loadLimbs(p[0], hashAt), f.integers(limbs)
	low, high, mask := f.i64(), f.i64(), f.i64()
	for range 2 {
		for i := range h {
			f.carry(h, i)
		}
	}
	// g = h + 5 - 2^130, which isn't negative where h is the modulus or more.
	f.constant64(5)
	f.set(mask)
	for i := range g {
		f.get(h[i], mask)
		f.raw(opAdd64)
		f.tee(g[i])
		f.shift64(opShr64, limbBits)
		f.set(mask)
		f.get(g[i])
		f.mask64(limbMask)
		f.set(g[i])
	}
	f.constant64(0)
	f.get(mask)
	f.raw(opSub64)
	f.set(mask) // all ones if 2^130 was reached
	for i := range h {
		f.get(h[i], g[i])
		f.raw(opXor64)
		f.get(mask)
		f.raw(opAnd64)
		f.get(h[i])
		f.raw(opXor64)
		f.set(h[i])
	}
	f.join(h, low, high)
	f.get(low)
	f.load64(scratch, sAt)
	f.raw(opAdd64)
	f.tee(g[0])
	f.get(low)
	f.raw(opLtU64, opExtend)
	f.get(high)
	f.raw(opAdd64)
	f.load64(scratch, sAt+8)
	f.raw(opAdd64)
	f.set(g[1])
	f.store64(scratch, tagAt, g[0])
	f.store64(scratch, tagAt+8, g[1])
	return f
}

// join sets low and high to the lower 128 bits of the limbs of v.
func (f *function) join(v []local, low, high local) {
	f.get(v[0])
	f.get(v[1])
	f.shift64(opShl64, limbBits)
	f.raw(opOr64)
	f.get(v[2])
	f.shift64(opShl64, 2*limbBits)
	f.raw(opOr64)
	f.set(low)
	f.get(v[2])
	f.shift64(opShr64, 64-2*limbBits)
	f.get(v[3])
	f.shift64(opShl64, 3*limbBits-64)
	f.raw(opOr64)
	f.get(v[4])
	f.shift64(opShl64, 4*limbBits-64)
	f.raw(opOr64)
	f.set(high)
}
