//go:build !js

package kernel

// ChaCha20 (RFC 8439) of four blocks at once: each of 16 vectors is one word of
// all four. Between groups they stand in the scratch memory, so that adding the
// state at the end loads it again.

// group is what four blocks encrypt.
const group = 256

const (
	vLoadSplat32 = 0x09
	vOr          = 0x50
	vShiftL32    = 0xab
	vShiftR32    = 0xad
	vAdd32       = 0xae
)

var (
	rotate16of32 = [16]byte{2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13}
	rotate8of32  = [16]byte{3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14}

	lowWords  = []byte{0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23}
	highWords = []byte{8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31}
	lowPairs  = []byte{0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23}
	highPairs = []byte{8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31}
)

// four is a vector of the same number four times.
func four(x uint32) (v [16]byte) {
	for i := range v {
		v[i] = byte(x >> (8 * (i % 4)))
	}
	return v
}

// firstCounters are those of a group that begins with a block.
func firstCounters(block byte) [16]byte {
	return [16]byte{block, 4: block + 1, 8: block + 2, 12: block + 3}
}

// keySetup declares keySetup(scratch): the state of the group that begins with
// block 0.
func (m *module) keySetup() *function {
	f, p := m.function("", 1)
	scratch, v := p[0], f.v128()
	put := func(i int) {
		f.set(v)
		f.store(scratch, uint32(chachaAt+16*i), v)
	}
	for i, word := range []uint32{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574} { // "expand 32-byte k"
		f.vectorConstant(four(word))
		put(i)
	}
	splat := func(at, i int) {
		f.get(scratch)
		f.vector(vLoadSplat32)
		f.raw(0)
		f.number(uint32(at))
		put(i)
	}
	for i := range 8 {
		splat(keyAt+4*i, 4+i)
	}
	f.vectorConstant(firstCounters(0))
	put(12)
	for i := range 3 {
		splat(nonceAt+4*i, 13+i)
	}
	return f
}

// chachaGroups declares chachaGroups(dst, src, n, scratch): n is a multiple of a
// group. dst may be src.
func (m *module) chachaGroups() *function {
	f, p := m.function("", 4)
	f.eachGroup(p[0], p[1], p[2], p[3], func(doubleRound func(beside []func())) {
		f.again(10, func() { doubleRound(nil) })
	})
	return f
}

// eachGroup encrypts one group after the other. rounds runs ten double rounds,
// and may have some instructions more among those of each.
func (f *function) eachGroup(dst, src, n, scratch local, rounds func(doubleRound func(beside []func()))) {
	v, spare := f.vectors(16), f.vectors(4)
	f.while(func() { f.get(n) }, func() {
		for i := range v {
			f.load(scratch, uint32(chachaAt+16*i))
			f.set(v[i])
		}
		rounds(func(beside []func()) { f.doubleRound(v, beside) })
		for i := range v {
			f.get(v[i])
			f.load(scratch, uint32(chachaAt+16*i))
			f.vector(vAdd32)
			f.set(v[i])
		}
		f.load(scratch, chachaAt+16*12)
		f.vectorConstant(four(4))
		f.vector(vAdd32)
		f.set(spare[0])
		f.store(scratch, chachaAt+16*12, spare[0])
		for row := range 4 {
			w := v[4*row : 4*row+4]
			f.transpose(w, spare)
			for block := range 4 {
				at := uint32(64*block + 16*row)
				f.get(w[block])
				f.load(src, at)
				f.vector(vXor)
				f.set(w[block])
				f.store(dst, at, w[block])
			}
		}
		f.advance(dst, group)
		f.advance(src, group)
		f.advance(n, -group)
	})
}

// again runs body so many times.
func (f *function) again(times int32, body func()) {
	left := f.i32()
	f.constant(times)
	f.set(left)
	f.repeat(func() {
		body()
		f.advance(left, -1)
	}, func() { f.get(left) })
}

// doubleRound does a round on columns and one on diagonals: four quarter rounds
// that are independent of each other, step by step, and what is beside them,
// spread evenly.
func (f *function) doubleRound(v []local, beside []func()) {
	const slots = 2 * 4 * 4
	done, emitted := 0, 0
	for _, quarters := range [2][4][4]int{
		{{0, 4, 8, 12}, {1, 5, 9, 13}, {2, 6, 10, 14}, {3, 7, 11, 15}},
		{{0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13}, {3, 4, 9, 14}},
	} {
		for step, by := range []int{16, 12, 8, 7} {
			for _, q := range quarters {
				a, b, d := v[q[0]], v[q[1]], v[q[3]]
				if step%2 == 1 {
					a, b, d = v[q[2]], v[q[3]], v[q[1]]
				}
				f.get(a, b)
				f.vector(vAdd32)
				f.tee(a)
				f.get(d)
				f.vector(vXor)
				f.set(d)
				f.rotate(d, by)
				for done++; emitted < len(beside)*done/slots; emitted++ {
					beside[emitted]()
				}
			}
		}
	}
}

// rotate rotates the words of v to the left. For 16 and 8 this is what browsers
// make one instruction of.
func (f *function) rotate(v local, by int) {
	switch by {
	case 16:
		f.turn(v, rotate16of32[:])
		return
	case 8:
		f.get(v)
		f.vectorConstant(rotate8of32)
		f.vector(vSwizzle)
	default:
		f.get(v)
		f.constant(int32(by))
		f.vector(vShiftL32)
		f.get(v)
		f.constant(int32(32 - by))
		f.vector(vShiftR32)
		f.vector(vOr)
	}
	f.set(v)
}

// transpose makes rows of words from columns of words.
func (f *function) transpose(w, spare []local) {
	pick := func(to, a, b local, lanes []byte) {
		f.get(a, b)
		f.shuffle(lanes...)
		f.set(to)
	}
	pick(spare[0], w[0], w[1], lowWords)
	pick(spare[1], w[2], w[3], lowWords)
	pick(spare[2], w[0], w[1], highWords)
	pick(spare[3], w[2], w[3], highWords)
	pick(w[0], spare[0], spare[1], lowPairs)
	pick(w[1], spare[0], spare[1], highPairs)
	pick(w[2], spare[2], spare[3], lowPairs)
	pick(w[3], spare[2], spare[3], highPairs)
}

// chacha20 declares chacha20(dst, src, n, scratch), after which nothing else can
// be encrypted unless n is a multiple of a group. dst may be src.
func (m *module) chacha20(groups *function) *function {
	f, p := m.function("", 4)
	dst, src, n, scratch := p[0], p[1], p[2], p[3]
	whole, rest, buffer := f.i32(), f.i32(), f.i32()
	f.get(n)
	f.constant(-group)
	f.raw(opAnd)
	f.set(whole)
	f.get(n, whole)
	f.raw(opSub)
	f.set(rest)
	f.add(scratch, bufferAt)
	f.set(buffer)
	f.get(dst, src, whole, scratch)
	f.call(groups)
	f.get(rest)
	f.when(func() {
		f.get(buffer)
		f.get(src, whole)
		f.raw(opAdd)
		f.get(rest)
		f.copyBytes()
		f.get(buffer, buffer)
		f.constant(group)
		f.get(scratch)
		f.call(groups)
		f.get(dst, whole)
		f.raw(opAdd)
		f.get(buffer, rest)
		f.copyBytes()
	}, nil)
	return f
}
