//go:build !js

package kernel

// hashing is what the functions that hash keep in variables.
type hashing struct {
	scratch       local
	a, b          local // two messages
	toA, toB      local // where their digests go
	va, vb, spare local
}

func (f *function) hashing(scratch, toA local) hashing {
	h := hashing{scratch: scratch, toA: toA, a: f.i32(), b: f.i32(), toB: f.i32()}
	h.va, h.vb, h.spare = f.v128(), f.v128(), f.v128()
	f.begin(scratch, h.spare)
	return h
}

// leaves declares leaves(dst, dstStride, src, stride, size, count, scratch): the
// hashes of a byte 0 followed by size bytes, for count messages that begin
// stride bytes after each other, to dstStride bytes after each other. It reads
// up to 127 bytes behind each message.
func (m *module) leaves(compress, compressNine, compressWord *function) {
	f, p := m.function("leaves", 7)
	dst, digest, src, stride, size, left := p[0], p[1], p[2], p[3], p[4], p[5]
	h := f.hashing(p[6], dst)
	blocks, todo, tail := f.i32(), f.i32(), f.i32()
	f.get(size) // full blocks before the last one
	f.constant(7)
	f.raw(opShr)
	f.set(blocks)
	f.add(size, 1) // bytes of that
	f.get(blocks)
	f.constant(7)
	f.raw(opShl, opSub)
	f.set(tail)
	f.own(h, tail)
	last := func(compress *function, from uint32) {
		f.get(h.scratch)
		f.add(h.scratch, int32(from))
		f.add(size, 1)
		f.get(h.toA, h.toB)
		f.call(compress)
	}
	each := func(body func()) {
		f.pairs(left, func() {
			f.get(src)
			f.set(h.a)
			f.second(h.b, src, stride, left)
			f.second(h.toB, dst, digest, left)
			body()
			f.next(src, stride)
			f.next(dst, digest)
		})
	}
	for _, short := range []struct {
		below    int32
		vectors  int
		compress *function
	}{{8, 1, compressWord}, {72, 5, compressNine}, {128, 8, compress}} {
		f.get(size)
		f.constant(short.below)
		f.raw(opLtU)
		f.when(func() { // one block is all
			each(func() {
				f.firstVectors(h, short.vectors, true)
				last(short.compress, firstAt)
			})
		}, nil)
	}
	next := func(from uint32) {
		f.get(h.scratch)
		f.add(h.scratch, int32(from))
		f.get(todo)
		f.constant(0)
		f.constant(0)
		f.call(compress)
		f.advance(todo, 128)
		f.advance(h.a, 128)
		f.advance(h.b, 128)
	}
	each(func() {
		f.constant(128)
		f.set(todo)
		f.firstVectors(h, 8, false)
		next(firstAt)
		f.while(func() {
			f.get(size, todo)
			f.raw(opGeU)
		}, func() {
			f.laterVectors(h, false)
			next(stateAt)
		})
		f.laterVectors(h, true)
		last(compress, stateAt) // all 16 words: another function costs more than it spares
	})
}

// own stores which bytes of the last block are the message's, as many as tail.
func (f *function) own(h hashing, tail local) {
	for k := range 8 {
		var at [16]byte
		for i := range at {
			at[i] = byte(16*k + i)
		}
		f.vectorConstant(at)
		f.get(tail)
		f.vector(vSplat8)
		f.vector(vLess8)
		f.set(h.spare)
		f.store(h.scratch, uint32(ownAt+16*k), h.spare)
	}
}

// firstVectors loads 0 and the first bytes of two messages, 16 in each vector,
// laterVectors those of a later block, the first of them before a and b. Of the
// last block only what is the messages' own counts.
func (f *function) firstVectors(h hashing, vectors int, last bool) {
	for _, v := range [][2]local{{h.a, h.va}, {h.b, h.vb}} {
		f.load(v[0], 0)
		f.vectorConstant([16]byte{})
		f.shuffle(16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
		f.cut(h, 0, last)
		f.set(v[1])
	}
	f.put(h.scratch, 0, h.va, h.vb, h.spare)
	for k := 1; k < vectors; k++ {
		f.loadBoth(h, k, uint32(16*k-1), last)
	}
}

func (f *function) laterVectors(h hashing, last bool) {
	f.advance(h.a, -1)
	f.advance(h.b, -1)
	for k := range 8 {
		f.loadBoth(h, k, uint32(16*k), last)
	}
	f.advance(h.a, 1)
	f.advance(h.b, 1)
}

func (f *function) loadBoth(h hashing, k int, offset uint32, last bool) {
	for _, v := range [][2]local{{h.a, h.va}, {h.b, h.vb}} {
		f.load(v[0], offset)
		f.cut(h, k, last)
		f.set(v[1])
	}
	f.put(h.scratch, k, h.va, h.vb, h.spare)
}

func (f *function) cut(h hashing, k int, last bool) {
	if last {
		f.load(h.scratch, uint32(ownAt+16*k))
		f.vector(vAnd)
	}
}

// inner declares inner(dst, left, right, stride, count, rows, skip, scratch):
// the hashes of a byte 1 followed by two hashes, count of those at left and at
// right; the next ones are stride bytes on. That for so many rows, whose left and
// right ones are skip bytes behind those of the row before. dst may be left if
// right follows it.
func (m *module) inner(compress *function) {
	f, p := m.function("inner", 8)
	dst, left, right, stride, count, rows, skip := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	h := f.hashing(p[7], dst)
	leftB, rightB, digest, todo := f.i32(), f.i32(), f.i32(), f.i32()
	f.constant(32)
	f.set(digest)
	f.while(func() { f.get(rows) }, func() {
		f.advance(rows, -1)
		f.get(left)
		f.set(h.a)
		f.get(right)
		f.set(h.b)
		f.get(count)
		f.set(todo)
		f.pairs(todo, func() {
			f.second(leftB, h.a, stride, todo)
			f.second(rightB, h.b, stride, todo)
			f.second(h.toB, dst, digest, todo)
			f.innerBlock(h, leftB, rightB)
			f.get(h.scratch)
			f.add(h.scratch, firstAt)
			f.constant(65)
			f.get(dst, h.toB)
			f.call(compress)
			f.next(h.a, stride)
			f.next(h.b, stride)
			f.advance(dst, 64)
		})
		f.get(todo) // −1 if the last pair was one alone
		f.when(func() { f.advance(dst, -32) }, nil)
		f.get(left, skip)
		f.raw(opAdd)
		f.set(left)
		f.get(right, skip)
		f.raw(opAdd)
		f.set(right)
	})
}

// innerBlock loads a byte 1 and the nodes at a and b, and those at leftB and
// rightB.
func (f *function) innerBlock(h hashing, leftB, rightB local) {
	for k, load := range []func(l, r local){
		func(l, _ local) { // 1 and the left one's first 15 bytes
			f.load(l, 0)
			f.vectorConstant(all16(1))
			f.shuffle(16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
		},
		func(l, _ local) { f.load(l, 15) },
		func(l, r local) { // its last byte and the right one's first 15
			f.load(l, 16)
			f.load(r, 0)
			f.shuffle(15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
		},
		func(_, r local) { f.load(r, 15) },
		func(_, r local) { // its last byte
			f.load(r, 16)
			f.vectorConstant([16]byte{})
			f.shuffle(15, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16)
		},
	} {
		load(h.a, h.b)
		f.set(h.va)
		load(leftB, rightB)
		f.set(h.vb)
		f.put(h.scratch, k, h.va, h.vb, h.spare)
	}
}
