//go:build !js

package kernel

// Lanes are what package codec calls so: blocks of 64 bytes, 32 low bytes and 32
// high bytes of elements low + high·v8, in the tower of fields. A product with a
// byte is looked up: 16 bytes for its low nibble, 16 for the high one.

const blockSize = 64

// product is a byte of the tower, ready to multiply by.
type product struct{ low, high local }

// field declares the functions on lanes.
func (m *module) field() {
	load, p := m.function("load", 4) // dst, src, n, tables
	nibble, nibbleOfLow := load.table(p[3], tableNibble), load.table(p[3], tableNibbleOfLow)
	l, h, spare := load.v128(), load.v128(), load.v128()
	load.looping(p[:2], p[2], func(i uint32) {
		load.half(p[1], i, l, h)
		load.times(nibble, l, spare)
		load.times(nibbleOfLow, h, spare)
		load.vector(vXor)
		load.set(l)
		load.times(nibble, h, spare)
		load.set(h)
		load.putHalf(p[0], i, l, h)
	})
	store, p := m.function("store", 4)
	nibble, lowOfNibble := store.table(p[3], tableNibble), store.table(p[3], tableLowOfNibble)
	l, h, spare = store.v128(), store.v128(), store.v128()
	store.looping(p[:2], p[2], func(i uint32) {
		store.half(p[1], i, l, h)
		store.times(nibble, l, spare)
		store.times(lowOfNibble, h, spare)
		store.vector(vXor)
		store.set(l)
		store.times(nibble, h, spare)
		store.set(h)
		store.putHalf(p[0], i, l, h)
	})
	m.gather(load)
	m.scatter(store)
	sum := m.sum()
	m.multiplyAdd()
	m.scale()
	m.derive(sum)
	m.transforms(sum)
}

// table loads a pair of nibble tables that stands at an offset of the tables.
func (f *function) table(tables local, offset uint32) product {
	p := product{f.v128(), f.v128()}
	f.load(tables, offset)
	f.set(p.low)
	f.load(tables, offset+16)
	f.set(p.high)
	return p
}

// factor loads the tables of the byte that a variable holds.
func (f *function) factor(tables, x local) product {
	p := product{f.v128(), f.v128()}
	at := f.i32()
	f.get(x)
	f.constant(5)
	f.raw(opShl)
	f.get(tables)
	f.raw(opAdd)
	f.set(at)
	f.load(at, 0)
	f.set(p.low)
	f.load(at, 16)
	f.set(p.high)
	return p
}

// looping runs body for both halves of every block; n isn't 0.
func (f *function) looping(pointers []local, n local, body func(i uint32)) {
	f.repeat(func() {
		body(0)
		body(16)
		for _, p := range pointers {
			f.advance(p, blockSize)
		}
	}, func() {
		f.add(n, -blockSize)
		f.tee(n)
	})
}

// half loads 16 low and 16 high bytes of a block, putHalf stores them.
func (f *function) half(at local, i uint32, l, h local) {
	f.load(at, i)
	f.set(l)
	f.load(at, 32+i)
	f.set(h)
}

func (f *function) putHalf(at local, i uint32, l, h local) {
	f.store(at, i, l)
	f.store(at, 32+i, h)
}

// times leaves the products with the 16 bytes of x on the stack.
func (f *function) times(p product, x, spare local) {
	f.split(x, spare)
	f.timesSplit(p, x, spare)
}

// split sets spare to the high nibbles of x.
func (f *function) split(x, spare local) {
	f.get(x)
	f.constant(4)
	f.vector(vShiftR16)
	f.vectorConstant(all16(15))
	f.vector(vAnd)
	f.set(spare)
}

func (f *function) timesSplit(p product, x, high local) {
	f.get(p.low, x)
	f.vectorConstant(all16(15))
	f.vector(vAnd)
	f.vector(f.lookUps)
	f.get(p.high, high)
	f.vector(f.lookUps)
	f.vector(vXor)
}

func all16(b byte) (v [16]byte) {
	for i := range v {
		v[i] = b
	}
	return v
}

// addTo adds what is on the stack to l.
func (f *function) addTo(l local) {
	f.get(l)
	f.vector(vXor)
	f.set(l)
}

// sum declares add(dst, src, n): dst += src.
func (m *module) sum() *function {
	f, p := m.function("add", 3)
	v := f.v128()
	f.looping(p[:2], p[2], func(i uint32) {
		for _, at := range []uint32{i, 32 + i} {
			f.load(p[0], at)
			f.load(p[1], at)
			f.vector(vXor)
			f.set(v)
			f.store(p[0], at, v)
		}
	})
	return f
}

// full are the three bytes of a multiplier by any element a + b·v8: a, b·v7 and
// a + b.
type full struct{ a, b, c product }

// timesFull adds the products with l + h·v8 to x + y·v8. It leaves l and h as
// they are.
func (f *function) timesFull(m full, l, h, x, y local, spare [3]local) {
	t, high, both := spare[0], spare[1], spare[2]
	f.times(m.a, l, high)
	f.set(t)
	f.get(t)
	f.addTo(x)
	f.times(m.b, h, high)
	f.addTo(x)
	f.get(l, h)
	f.vector(vXor)
	f.set(both)
	f.times(m.c, both, high)
	f.get(t)
	f.vector(vXor)
	f.addTo(y)
}

// multiplyAdd declares multiplyAdd(dst, src, n, a, b, c, tables): dst += src
// times an element.
func (m *module) multiplyAdd() {
	f, p := m.function("multiplyAdd", 7)
	by := full{f.factor(p[6], p[3]), f.factor(p[6], p[4]), f.factor(p[6], p[5])}
	l, h, x, y := f.v128(), f.v128(), f.v128(), f.v128()
	spare := [3]local(f.vectors(3))
	f.looping(p[:2], p[2], func(i uint32) {
		f.half(p[1], i, l, h)
		f.half(p[0], i, x, y)
		f.timesFull(by, l, h, x, y, spare)
		f.putHalf(p[0], i, x, y)
	})
}

// timesElement declares (v, n, a, b, c, tables): v times an element.
func (m *module) timesElement() *function {
	f, p := m.function("", 6)
	by := full{f.factor(p[5], p[2]), f.factor(p[5], p[3]), f.factor(p[5], p[4])}
	l, h, x, y := f.v128(), f.v128(), f.v128(), f.v128()
	spare := [3]local(f.vectors(3))
	f.looping(p[:1], p[1], func(i uint32) {
		f.half(p[0], i, l, h)
		for _, sum := range []local{x, y} {
			f.vectorConstant([16]byte{})
			f.set(sum)
		}
		f.timesFull(by, l, h, x, y, spare)
		f.putHalf(p[0], i, x, y)
	})
	return f
}

// scale declares scale(v, bytes of a lane, lanes, factors, tables): every lane
// times its factor, of 4 bytes: the three of a multiplier, and 0. Lanes whose
// factor is 0 become so whatever they hold.
func (m *module) scale() {
	timesElement := m.timesElement()
	f, p := m.function("scale", 5)
	v, size, lanes, factors, tables := p[0], p[1], p[2], p[3], p[4]
	f.while(func() { f.get(lanes) }, func() {
		f.get(factors)
		f.load32(0)
		f.when(func() {
			f.get(v, size)
			for i := range uint32(3) {
				f.get(factors)
				f.byteAt(i)
			}
			f.get(tables)
			f.call(timesElement)
		}, func() {
			f.get(v)
			f.constant(0)
			f.get(size)
			f.fillBytes()
		})
		f.increase(v, size)
		f.advance(factors, 4)
		f.advance(lanes, -1)
	})
}

// derive declares derive(v, bytes of a lane, lanes): package codec's.
func (m *module) derive(sum *function) {
	f, p := m.function("derive", 3)
	v, size, lanes := p[0], p[1], p[2]
	i, n, at := f.i32(), f.i32(), f.i32()
	f.constant(1)
	f.set(i)
	f.get(v)
	f.set(at)
	f.while(func() {
		f.get(i, lanes)
		f.raw(opLtU)
	}, func() {
		f.increase(at, size)
		f.constant(0) // n = the lowest bit of i, in lanes
		f.get(i)
		f.raw(opSub)
		f.get(i)
		f.raw(opAnd)
		f.get(size)
		f.raw(opMul)
		f.set(n)
		f.get(at, n)
		f.raw(opSub)
		f.get(at, n)
		f.call(sum)
		f.advance(i, 1)
	})
}
