//go:build !js

package kernel

// leaves declares leaves(dst, dstStride, src, stride, size, count, scratch): the
// hashes of a byte 0 followed by size bytes, for count messages that begin
// stride bytes after each other, to dstStride bytes after each other. It reads
// up to 127 bytes behind each message.
func (m *module) leaves(compress, compressWord *function) {
	f, p := m.function("leaves", 7)
	dst, digest, src, stride, size, left, scratch := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	toB, a, b, todo, counter := f.i32(), f.i32(), f.i32(), f.i32(), f.i32()
	va, vb, spare, limit := f.v128(), f.v128(), f.v128(), f.v128()
	f.get(size)
	f.constant(8)
	f.raw(opLtU)
	f.when(func() { // one word is all
		f.pairs(left, func() {
			f.second(b, src, stride, left)
			f.second(toB, dst, digest, left)
			f.begin(scratch, spare)
			f.firstVector(scratch, src, b, va, vb, spare)
			f.add(size, 1)
			f.set(todo)
			f.cutOff(scratch, todo, limit, spare, 1)
			f.get(scratch, todo)
			f.constant(1)
			f.call(compressWord)
			f.digests(scratch, dst, toB, spare)
			f.next(src, stride)
			f.next(dst, digest)
		})
	}, nil)
	f.pairs(left, func() {
		f.get(src)
		f.set(a)
		f.second(b, src, stride, left)
		f.second(toB, dst, digest, left)
		f.begin(scratch, spare)
		f.add(size, 1)
		f.set(todo)
		f.constant(0)
		f.set(counter)
		f.firstBlock(scratch, a, b, va, vb, spare)
		f.while(func() { // all blocks but the last
			f.get(todo)
			f.constant(128)
			f.raw(opGtU)
		}, func() {
			f.advance(counter, 128)
			f.get(scratch, counter)
			f.constant(0)
			f.call(compress)
			f.advance(todo, -128)
			f.advance(a, 128)
			f.advance(b, 128)
			f.laterBlock(scratch, a, b, va, vb, spare)
		})
		f.cutOff(scratch, todo, limit, spare, 16)
		f.get(scratch)
		f.add(size, 1)
		f.constant(1)
		f.call(compress)
		f.digests(scratch, dst, toB, spare)
		f.next(src, stride)
		f.next(dst, digest)
	})
}

// firstVector loads 0 and the first 15 bytes, firstBlock 112 more.
func (f *function) firstVector(scratch, a, b, va, vb, spare local) {
	for _, v := range [][2]local{{a, va}, {b, vb}} {
		f.load(v[0], 0)
		f.vectorConstant([16]byte{})
		f.shuffle(16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
		f.set(v[1])
	}
	f.put(scratch, 0, va, vb, spare)
}

func (f *function) firstBlock(scratch, a, b, va, vb, spare local) {
	f.firstVector(scratch, a, b, va, vb, spare)
	for k := 1; k < 8; k++ {
		f.loadBoth(a, b, va, vb, uint32(16*k-1))
		f.put(scratch, k, va, vb, spare)
	}
}

// laterBlock loads 128 bytes, the first of them before a and b.
func (f *function) laterBlock(scratch, a, b, va, vb, spare local) {
	f.advance(a, -1)
	f.advance(b, -1)
	for k := range 8 {
		f.loadBoth(a, b, va, vb, uint32(16*k))
		f.put(scratch, k, va, vb, spare)
	}
	f.advance(a, 1)
	f.advance(b, 1)
}

func (f *function) loadBoth(a, b, va, vb local, offset uint32) {
	f.load(a, offset)
	f.set(va)
	f.load(b, offset)
	f.set(vb)
}

// cutOff clears what is behind the first todo bytes of the block's first words,
// in those of both messages alike.
func (f *function) cutOff(scratch, todo, limit, spare local, words int) {
	f.get(todo)
	f.vector(vSplat8)
	f.set(limit)
	for word := range words {
		var at [16]byte
		for i := range at {
			at[i] = byte(8*word + i%8)
		}
		f.vectorConstant(at)
		f.get(limit)
		f.vector(vLess8)
		f.load(scratch, uint32(blockAt+16*word))
		f.vector(vAnd)
		f.set(spare)
		f.store(scratch, uint32(blockAt+16*word), spare)
	}
}

// inner declares inner(dst, left, right, stride, count, scratch): the hashes of
// a byte 1 followed by two hashes, those at left and at right; the next ones are
// stride bytes on. dst may be left if right follows it.
func (m *module) inner(compress *function) {
	f, p := m.function("inner", 6)
	dst, left, right, stride, count, scratch := p[0], p[1], p[2], p[3], p[4], p[5]
	toB, leftB, rightB, digest := f.i32(), f.i32(), f.i32(), f.i32()
	va, vb, spare := f.v128(), f.v128(), f.v128()
	f.constant(32)
	f.set(digest)
	f.pairs(count, func() {
		f.second(leftB, left, stride, count)
		f.second(rightB, right, stride, count)
		f.second(toB, dst, digest, count)
		f.begin(scratch, spare)
		for k, load := range []func(l, r, v local){
			func(l, _, v local) { // 1 and the left one's first 15 bytes
				f.load(l, 0)
				f.vectorConstant(all16(1))
				f.shuffle(16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
			},
			func(l, _, v local) { f.load(l, 15) },
			func(l, r, v local) { // its last byte and the right one's first 15
				f.load(l, 16)
				f.load(r, 0)
				f.shuffle(15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
			},
			func(_, r, v local) { f.load(r, 15) },
			func(_, r, v local) { // its last byte
				f.load(r, 16)
				f.vectorConstant([16]byte{})
				f.shuffle(15, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16)
			},
		} {
			load(left, right, va)
			f.set(va)
			load(leftB, rightB, vb)
			f.set(vb)
			f.put(scratch, k, va, vb, spare)
		}
		f.get(scratch)
		f.constant(65)
		f.constant(1)
		f.call(compress)
		f.digests(scratch, dst, toB, spare)
		f.next(left, stride)
		f.next(right, stride)
		f.advance(dst, 64)
	})
}
