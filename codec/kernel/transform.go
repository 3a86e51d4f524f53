//go:build !js

package kernel

// transforms declares inverse and forward(v, lanes, bytes of a lane, position,
// lanes used or wanted, tables): package codec's ifft and fft. Lanes follow each
// other in memory, so that a butterfly's halves are two ranges.
func (m *module) transforms(sum *function) {
	inverseByte := m.butterflyByte(true)
	inverseFull := m.butterflyFull(true)
	forwardByte := m.butterflyByte(false)
	forwardFull := m.butterflyFull(false)

	f, p := m.function("inverse", 6)
	d, log := f.i32(), f.i32()
	f.constant(1)
	f.set(d)
	f.while(func() {
		f.get(d, p[1])
		f.raw(opLtU)
	}, func() {
		f.layer(p, d, log, sum, inverseByte, inverseFull)
		f.get(d)
		f.constant(1)
		f.raw(opShl)
		f.set(d)
		f.advance(log, 1)
	})

	f, p = m.function("forward", 6)
	d, log = f.i32(), f.i32()
	f.get(p[1])
	f.set(d)
	f.get(p[1]) // log = its logarithm
	f.raw(0x68) // count trailing zeros
	f.set(log)
	f.while(func() {
		f.get(d)
		f.constant(1)
		f.raw(opGtU)
	}, func() {
		f.get(d)
		f.constant(1)
		f.raw(opShr)
		f.set(d)
		f.advance(log, -1)
		f.layer(p, d, log, sum, forwardByte, forwardFull)
	})
}

// layer does the butterflies of distance d = 1<<log.
func (f *function) layer(p []local, d, log local, sum, byByte, byFull *function) {
	v, lane, pos, used, tables := p[0], p[2], p[3], p[4], p[5]
	r, w, x, y, n, b := f.i32(), f.i32(), f.i32(), f.i32(), f.i32(), f.i32()
	f.get(d, lane)
	f.raw(opMul)
	f.set(n)
	f.constant(0)
	f.set(r)
	f.while(func() {
		f.get(r, used)
		f.raw(opLtU)
	}, func() {
		f.get(r, lane)
		f.raw(opMul)
		f.get(v)
		f.raw(opAdd)
		f.tee(x)
		f.get(n)
		f.raw(opAdd)
		f.set(y)
		f.get(r, pos)
		f.raw(opAdd)
		f.get(log)
		f.raw(opShr)
		f.tee(w)
		f.when(func() {
			f.get(w)
			f.constant(256)
			f.raw(opLtU)
			f.when(func() {
				f.get(x, y, n, w, tables)
				f.call(byByte)
			}, func() {
				// w = a + b·v8: a, b·v7 and a + b are what to multiply by.
				f.get(w)
				f.constant(8)
				f.raw(opShr)
				f.set(b)
				f.get(b, tables)
				f.raw(opAdd)
				f.byteAt(tableLowOfV8)
				f.get(w)
				f.constant(255)
				f.raw(opAnd, opXor)
				f.set(w)
				f.get(x, y, n, w)
				f.get(b, tables)
				f.raw(opAdd)
				f.byteAt(tableV7)
				f.get(w, b)
				f.raw(opXor)
				f.get(tables)
				f.call(byFull)
			})
		}, func() {
			f.get(y, x, n)
			f.call(sum)
		})
		f.get(d)
		f.constant(1)
		f.raw(opShl)
		f.get(r)
		f.raw(opAdd)
		f.set(r)
	})
}

// butterflyByte declares (x, y, n, w, tables) for a twiddle w in GF(2^8):
// y += x, x += w·y if inverse, else x += w·y, y += x.
func (m *module) butterflyByte(inverse bool) *function {
	f, p := m.function("", 5)
	by := f.factor(p[4], p[3])
	x, y, high := f.v128(), f.v128(), f.v128()
	f.looping(p[:2], p[2], func(i uint32) {
		for _, at := range []uint32{i, 32 + i} {
			f.load(p[0], at)
			f.set(x)
			f.load(p[1], at)
			f.set(y)
			if inverse {
				f.get(x)
				f.addTo(y)
			}
			f.times(by, y, high)
			f.addTo(x)
			if !inverse {
				f.get(x)
				f.addTo(y)
			}
			f.store(p[0], at, x)
			f.store(p[1], at, y)
		}
	})
	return f
}

// butterflyFull declares (x, y, n, a, b·v7, a+b, tables) for any twiddle.
func (m *module) butterflyFull(inverse bool) *function {
	f, p := m.function("", 7)
	by := full{f.factor(p[6], p[3]), f.factor(p[6], p[4]), f.factor(p[6], p[5])}
	xl, xh, yl, yh := f.v128(), f.v128(), f.v128(), f.v128()
	spare := [3]local(f.vectors(3))
	sum := func() {
		f.get(xl)
		f.addTo(yl)
		f.get(xh)
		f.addTo(yh)
	}
	f.looping(p[:2], p[2], func(i uint32) {
		f.half(p[0], i, xl, xh)
		f.half(p[1], i, yl, yh)
		if inverse {
			sum()
		}
		f.timesFull(by, yl, yh, xl, xh, spare)
		if !inverse {
			sum()
		}
		f.putHalf(p[0], i, xl, xh)
		f.putHalf(p[1], i, yl, yh)
	})
	return f
}
