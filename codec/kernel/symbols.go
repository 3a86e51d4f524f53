//go:build !js

package kernel

// Symbols are loaded into lanes from where they are, and stored where they go,
// in package codec's layout. A [Shape] says of which.

// symbols is what gather and scatter keep in variables.
type symbols struct {
	f             *function
	v, b, tables  local // a lane, its first symbol
	lanes, width  local
	stride, count local
	symbol, whole local
	tail, slot    local

	at, from, left local // in a lane, among symbols, how many are left
	n, i           local // elements before a tail, where it is in the lane
	high           local // its high bytes among symbols
}

func (m *module) shaped(name string) *symbols {
	f, p := m.function(name, 4) // v, b, shape, tables
	s := &symbols{f: f, v: p[0], b: p[1], tables: p[3]}
	for i, to := range []*local{&s.lanes, &s.width, &s.stride, &s.count, &s.symbol, &s.whole, &s.tail, &s.slot} {
		*to = f.i32()
		f.get(p[2])
		f.load32(uint32(4 * i))
		f.set(*to)
	}
	for _, l := range []*local{&s.at, &s.from, &s.left, &s.n, &s.i, &s.high} {
		*l = f.i32()
	}
	return s
}

// load32 loads 4 bytes at the address on the stack plus offset.
func (f *function) load32(offset uint32) {
	f.raw(0x28, 0)
	f.number(offset)
}

// gather declares gather(v, b, shape, tables): lanes get what load makes of the
// symbols. It reads up to 15 bytes behind each.
func (m *module) gather(load *function) {
	s := m.shaped("gather")
	f := s.f
	s.eachLane(func() {
		f.get(s.whole)
		f.when(func() { s.eachSymbol(func() { s.blocks(load, s.at, s.from) }) }, nil)
		f.get(s.slot)
		f.when(func() {
			s.toTails()
			for _, size := range []int{32, 16, 8, 4, 2, 1} {
				s.withSlot(size, func() { s.gatherTail(size) })
			}
			s.convertTails(load)
		}, nil)
	})
}

// scatter declares scatter(v, b, shape, tables), gather's inverse. It leaves the
// lanes without meaning, and writes what is there already to up to 15 bytes
// behind a symbol.
func (m *module) scatter(store *function) {
	s := m.shaped("scatter")
	f := s.f
	own, old := f.v128(), f.v128()
	low, high, mask := f.i64(), f.i64(), f.i64()
	s.ownBytes(own, mask)
	s.eachLane(func() {
		f.get(s.whole)
		f.when(func() { s.eachSymbol(func() { s.blocks(store, s.from, s.at) }) }, nil)
		f.get(s.slot)
		f.when(func() {
			s.convertTails(store)
			s.toTails()
			for _, size := range []int{32, 16} {
				s.withSlot(size, func() { s.scatterVectors(size, own, old) })
			}
			s.withSlot(8, func() { s.scatterEight(low, high, mask) })
			for _, size := range []int{4, 2, 1} {
				s.withSlot(size, func() { s.scatterFew(low, high, mask) })
			}
		}, nil)
	})
}

// eachLane runs body with v and b at each lane.
func (s *symbols) eachLane(body func()) {
	f := s.f
	f.while(func() { f.get(s.lanes) }, func() {
		body()
		f.increase(s.v, s.width)
		f.increase(s.b, s.stride)
		f.advance(s.lanes, -1)
	})
}

// increase adds b to a.
func (f *function) increase(a, b local) {
	f.get(a, b)
	f.raw(opAdd)
	f.set(a)
}

// eachSymbol runs body with at and from at the whole blocks of each symbol of a
// lane, there and among symbols.
func (s *symbols) eachSymbol(body func()) {
	f := s.f
	f.get(s.v)
	f.set(s.at)
	f.get(s.b)
	f.set(s.from)
	f.get(s.count)
	f.set(s.left)
	f.repeat(func() {
		body()
		f.increase(s.at, s.whole)
		f.increase(s.from, s.symbol)
		f.advance(s.left, -1)
	}, func() { f.get(s.left) })
}

// blocks converts a symbol's whole blocks.
func (s *symbols) blocks(convert *function, to, from local) {
	f := s.f
	f.get(to, from, s.whole, s.tables)
	f.call(convert)
}

// toTails sets at and from to the first tail. Of a lane n counts the elements
// that are before it.
func (s *symbols) toTails() {
	f := s.f
	f.get(s.v, s.count, s.whole)
	f.raw(opMul, opAdd)
	f.set(s.at)
	f.get(s.b, s.whole)
	f.raw(opAdd)
	f.set(s.from)
	f.get(s.count)
	f.set(s.left)
	f.constant(0)
	f.set(s.n)
}

func (s *symbols) withSlot(size int, body func()) {
	f := s.f
	f.get(s.slot)
	f.constant(int32(size))
	f.raw(opEq)
	f.when(func() { s.eachTail(body) }, nil)
}

// eachTail runs body with i at the low elements of each tail, from and high at
// its low and high bytes.
func (s *symbols) eachTail(body func()) {
	f := s.f
	f.repeat(func() {
		f.get(s.n) // i = at + n/32*64 + n%32
		f.constant(-32)
		f.raw(opAnd)
		f.get(s.n, s.at)
		f.raw(opAdd, opAdd)
		f.set(s.i)
		f.get(s.from, s.tail)
		f.raw(opAdd)
		f.set(s.high)
		body()
		f.increase(s.from, s.symbol)
		f.increase(s.n, s.slot)
		f.advance(s.left, -1)
	}, func() { f.get(s.left) })
}

// convertTails converts the blocks of tails where they are.
func (s *symbols) convertTails(convert *function) {
	f := s.f
	f.get(s.v, s.count, s.whole)
	f.raw(opMul, opAdd)
	f.tee(s.at)
	f.get(s.at, s.width)
	f.get(s.count, s.whole)
	f.raw(opMul, opSub)
	f.get(s.tables)
	f.call(convert)
}

// gatherTail copies a tail of up to size elements into its slot.
func (s *symbols) gatherTail(size int) {
	f := s.f
	for half, from := range []local{s.from, s.high} {
		for k := 0; k < size; k += 16 {
			f.get(s.i, from)
			f.copyFew(min(size, 16), uint32(k), uint32(32*half+k))
		}
	}
}

// ownBytes sets own to those bytes of a tail's last vector that are its own, and
// mask likewise where all of it, or half, fits into an integer.
func (s *symbols) ownBytes(own, mask local) {
	f := s.f
	var at [16]byte
	for i := range at {
		at[i] = byte(i)
	}
	f.vectorConstant(at)
	f.add(s.tail, -1)
	f.constant(15)
	f.raw(opAnd)
	f.constant(1)
	f.raw(opAdd)
	f.vector(vSplat8)
	f.vector(vLess8)
	f.set(own)
	f.constant64(-1)
	f.constant(0) // −1 >> −(8·tail or 16·tail)
	f.get(s.tail)
	f.constant(3)
	f.constant(4)
	f.get(s.slot)
	f.constant(8)
	f.raw(opEq, opSelect)
	f.raw(opShl, opSub, opExtend, opShr64)
	f.set(mask)
}

// scatterVectors stores a tail of over 8 elements. What low elements spill, high
// ones cover.
func (s *symbols) scatterVectors(size int, own, old local) {
	f := s.f
	last := uint32(size - 16)
	f.load(s.high, last)
	f.set(old)
	for half, to := range []local{s.from, s.high} {
		for k := uint32(0); k <= last; k += 16 {
			f.get(to)
			f.load(s.i, uint32(32*half)+k)
			if half == 1 && k == last {
				f.get(old, own)
				f.vector(vSelect)
			}
			f.vector(vStore)
			f.raw(0)
			f.number(k)
		}
	}
}

// scatterEight stores a tail of 5 to 8 elements.
func (s *symbols) scatterEight(low, high, mask local) {
	f := s.f
	f.load64(s.i, 0)
	f.set(low)
	f.load64(s.i, 32)
	f.set(high)
	f.mixBytes(s.high, high, mask, func() { f.store64(s.from, 0, low) })
}

// scatterFew stores a tail of up to 4 elements.
func (s *symbols) scatterFew(low, high, mask local) {
	f := s.f
	bits := func() {
		f.get(s.tail)
		f.constant(3)
		f.raw(opShl, opExtend)
	}
	f.load64(s.i, 0)
	f.constant64(-1)
	bits()
	f.raw(opShl64)
	f.constant64(-1)
	f.raw(opXor64, opAnd64)
	f.load64(s.i, 32)
	bits()
	f.raw(opShl64, opOr64)
	f.set(high)
	f.mixBytes(s.from, high, mask, func() {})
}

// mixBytes stores those bits of v that mask has and keeps the others, which it
// looks at before what is done meanwhile.
func (f *function) mixBytes(to, v, mask local, meanwhile func()) {
	f.load64(to, 0)
	f.get(v)
	f.raw(opXor64)
	f.get(mask)
	f.raw(opAnd64)
	f.load64(to, 0)
	f.raw(opXor64)
	f.set(v)
	meanwhile()
	f.store64(to, 0, v)
}

// copyFew copies 1 to 16 bytes: on the stack are where to and where from.
func (f *function) copyFew(size int, from, to uint32) {
	switch size {
	case 16:
		f.vector(vLoad)
		f.raw(0)
		f.number(from)
		f.vector(vStore)
	case 8:
		f.raw(0x29, 0)
		f.number(from)
		f.raw(0x37)
	case 4:
		f.load32(from)
		f.raw(0x36)
	case 2:
		f.raw(0x2f, 0)
		f.number(from)
		f.raw(0x3b)
	case 1:
		f.byteAt(from)
		f.raw(0x3a)
	}
	f.raw(0)
	f.number(to)
}
