//go:build !js

package kernel

// hashing is what the functions that hash keep in variables.
type hashing struct {
	scratch       local
	a, b, c       local // three messages
	toA, toB, toC local // where their digests go
	va, vb, spare local
}

func (f *function) hashing(scratch, toA local) hashing {
	h := hashing{scratch: scratch, toA: toA, a: f.i32(), b: f.i32(), c: f.i32(), toB: f.i32(), toC: f.i32()}
	h.va, h.vb, h.spare = f.v128(), f.v128(), f.v128()
	f.begin(scratch, h.spare)
	return h
}

// others sets b and c to the second and the third of so many messages, stride
// after each other from a on, or to one that there is.
func (f *function) others(a, b, c, stride, left local) {
	f.get(a)
	f.set(b)
	f.moreThan(left, 1, func() {
		f.increase(b, stride)
	})
	f.get(b)
	f.set(c)
	f.moreThan(left, 2, func() {
		f.increase(c, stride)
	})
}

func (f *function) moreThan(left local, n int32, do func()) {
	f.get(left)
	f.constant(n)
	f.raw(opGtS)
	f.when(do, nil)
}

// threes runs body until none are left, three at a time.
func (f *function) threes(left local, body func()) {
	f.while(func() {
		f.get(left)
		f.constant(0)
		f.raw(opGtS)
	}, func() {
		body()
		f.advance(left, -3)
	})
}

// leaves declares leaves(dst, dstStride, src, stride, size, count, scratch): the
// hashes of a byte 0 followed by size bytes, for count messages that begin
// stride bytes after each other, to dstStride bytes after each other. It reads
// up to 127 bytes behind each message.
func (m *module) leaves(next, full, some, one *function) {
	f, p := m.function("leaves", 7)
	dst, digest, src, stride, size, left := p[0], p[1], p[2], p[3], p[4], p[5]
	h := f.hashing(p[6], dst)
	f.schedule(h.scratch, h.spare)
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
	last := func(from uint32, compress *function) {
		f.get(h.scratch)
		f.add(h.scratch, int32(from))
		f.add(size, 1)
		f.get(h.toA, h.toB, h.toC)
		f.call(compress)
	}
	each := func(body func()) {
		f.threes(left, func() {
			f.get(src)
			f.set(h.a)
			f.others(src, h.b, h.c, stride, left)
			f.others(dst, h.toB, h.toC, digest, left)
			body()
			for range 3 {
				f.increase(src, stride)
				f.increase(dst, digest)
			}
		})
	}
	for _, short := range []struct {
		below    int32
		vectors  int
		compress *function
	}{{8 * leafWords, 1, one}, {8 * innerWords, 5, some}, {8 * blockWords, 8, full}} {
		f.get(size)
		f.constant(short.below)
		f.raw(opLtU)
		f.when(func() { // one block is all
			f.zeros(h, short.vectors)
			each(func() {
				f.firstVectors(h, short.vectors, true)
				last(firstAt, short.compress)
			})
		}, nil)
	}
	compress := func(from uint32) {
		f.get(h.scratch)
		f.add(h.scratch, int32(from))
		f.get(todo)
		f.call(next)
		f.advance(todo, 128)
		for _, l := range []local{h.a, h.b, h.c} {
			f.advance(l, 128)
		}
	}
	each(func() {
		f.constant(128)
		f.set(todo)
		f.firstVectors(h, 8, false)
		compress(firstAt)
		f.while(func() {
			f.get(size, todo)
			f.raw(opGeU)
		}, func() {
			f.laterVectors(h, false)
			compress(stateAt)
		})
		f.laterVectors(h, true)
		last(stateAt, full) // the loop again: it and some of it written out don't fit beside each other
	})
}

// zeros clears the block behind so many vectors of messages.
func (f *function) zeros(h hashing, vectors int) {
	f.vectorConstant([16]byte{})
	f.set(h.spare)
	for at := 64 * vectors; at < 512; at += 16 {
		f.store(h.scratch, uint32(blockAt+at), h.spare)
	}
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

// firstVectors loads 0 and the first bytes of three messages, 16 in each vector,
// laterVectors those of a later block, the first of them before a, b and c. Of
// the last block only what is the messages' own counts.
func (f *function) firstVectors(h hashing, vectors int, last bool) {
	for _, v := range [][2]local{{h.a, h.va}, {h.b, h.vb}, {h.c, h.spare}} {
		f.load(v[0], 0)
		f.vectorConstant([16]byte{})
		f.shuffle(16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
		f.cut(h, 0, last)
		f.set(v[1])
	}
	f.put(h, 0)
	for k := 1; k < vectors; k++ {
		f.loadAll(h, k, uint32(16*k-1), last)
	}
}

func (f *function) laterVectors(h hashing, last bool) {
	all := []local{h.a, h.b, h.c}
	for _, l := range all {
		f.advance(l, -1)
	}
	for k := range 8 {
		f.loadAll(h, k, uint32(16*k), last)
	}
	for _, l := range all {
		f.advance(l, 1)
	}
}

func (f *function) loadAll(h hashing, k int, offset uint32, last bool) {
	for _, v := range [][2]local{{h.a, h.va}, {h.b, h.vb}, {h.c, h.spare}} {
		f.load(v[0], offset)
		f.cut(h, k, last)
		f.set(v[1])
	}
	f.put(h, k)
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
	f.zeros(h, 5)
	apart, at, todo, all := f.i32(), f.i32(), f.i32(), f.i32()
	f.get(right, left)
	f.raw(opSub)
	f.set(apart)
	f.get(count, rows)
	f.raw(opMul)
	f.set(all)
	f.get(left)
	f.set(at)
	f.get(count)
	f.set(todo)
	take := func(node local) { // the next one
		f.get(at)
		f.set(node)
		f.increase(at, stride)
		f.advance(todo, -1)
		f.get(todo)
		f.raw(opEqz)
		f.when(func() {
			f.increase(left, skip)
			f.get(left)
			f.set(at)
			f.get(count)
			f.set(todo)
		}, nil)
	}
	f.threes(all, func() {
		take(h.a)
		for _, l := range [][2]local{{h.a, h.b}, {h.a, h.c}, {dst, h.toB}, {dst, h.toC}} {
			f.get(l[0])
			f.set(l[1])
		}
		for i, l := range [][2]local{{h.b, h.toB}, {h.c, h.toC}} {
			f.moreThan(all, int32(i+1), func() {
				take(l[0])
				f.add(dst, int32(32*(i+1)))
				f.set(l[1])
			})
		}
		f.innerBlock(h, apart)
		f.get(h.scratch)
		f.add(h.scratch, firstAt)
		f.constant(65)
		f.get(dst, h.toB, h.toC)
		f.call(compress)
		f.advance(dst, 96)
	})
}

// innerBlock loads a byte 1 and the nodes at a, b and c, and those that stand so
// far apart from them.
func (f *function) innerBlock(h hashing, apart local) {
	right := f.i32()
	for k, load := range []func(l local){
		func(l local) { // 1 and the left one's first 15 bytes
			f.load(l, 0)
			f.vectorConstant(all16(1))
			f.shuffle(16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
		},
		func(l local) { f.load(l, 15) },
		func(l local) { // its last byte and the right one's first 15
			f.load(l, 16)
			f.load(right, 0)
			f.shuffle(15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
		},
		func(local) { f.load(right, 15) },
		func(local) { // its last byte
			f.load(right, 16)
			f.vectorConstant([16]byte{})
			f.shuffle(15, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16)
		},
	} {
		for _, v := range [][2]local{{h.a, h.va}, {h.b, h.vb}, {h.c, h.spare}} {
			f.get(v[0], apart)
			f.raw(opAdd)
			f.set(right)
			load(v[0])
			f.set(v[1])
		}
		f.put(h, k)
	}
}
