//go:build !js

package kernel

import "encoding/binary"

// BLAKE2b-256 (RFC 7693) of two messages at once, one in each half of a vector.
// A [Scratch] holds
//
//	[0:128)    the state: 8 vectors of a word of either message
//	[128:384)  the block: 16 vectors likewise
//	[384:512)  the first state
//	[512:640)  the initialization vector
//	[640:768)  which bytes of a message's last block are its own: 8 vectors
const (
	stateAt = 0
	blockAt = 128
	firstAt = 384
	ivAt    = 512
	ownAt   = 640
)

var iv = [8]uint64{
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
}

// parameters is a digest of 32 bytes, no key, one leaf.
const parameters = 0x01010000 ^ 32

var sigma = [10][16]uint32{
	{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
	{14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
	{11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
	{7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
	{9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
	{2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
	{12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
	{13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
	{6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
	{10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
}

// twice is a vector with the same word in both halves.
func twice(w uint64) (v [16]byte) {
	binary.LittleEndian.PutUint64(v[:], w)
	binary.LittleEndian.PutUint64(v[8:], w)
	return v
}

// blake2b declares the functions that hash.
func (m *module) blake2b() {
	whole, inner, word := m.compress(16), m.compress(9), m.compress(1)
	m.leaves(whole, inner, word)
	m.inner(inner)
}

// compress declares compress(scratch, from, counter, toA, toB): the block goes
// into the state at from. Of a message's last block come the digests, to toA and
// toB, of others the next state, where toA is 0. Only the block's first words
// are looked at, as many as given; the others are zero.
func (m *module) compress(words uint32) *function {
	f, p := m.function("", 5)
	scratch, from, toA, toB := p[0], p[1], p[3], p[4]
	v := f.vectors(16)
	for i := range 8 {
		f.load(from, uint32(16*i))
		f.set(v[i])
		f.load(scratch, uint32(ivAt+16*i))
		f.set(v[8+i])
	}
	f.get(p[2])
	f.raw(0xad) // to 64 bits
	f.vector(vSplat64)
	f.addTo(v[12])
	f.get(toA)
	f.when(func() {
		f.get(v[14])
		f.vector(vNot)
		f.set(v[14])
	}, nil)
	in := f.block(scratch, words)
	for round := range 12 {
		s := sigma[round%10]
		for i, g := range [8][4]int{
			{0, 4, 8, 12}, {1, 5, 9, 13}, {2, 6, 10, 14}, {3, 7, 11, 15},
			{0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13}, {3, 4, 9, 14},
		} {
			f.mix(in, v[g[0]], v[g[1]], v[g[2]], v[g[3]], s[2*i], s[2*i+1])
		}
	}
	next := func(i int) {
		f.get(v[i], v[8+i])
		f.vector(vXor)
		f.load(from, uint32(16*i))
		f.vector(vXor)
		f.set(v[i])
	}
	f.get(toA)
	f.when(func() {
		for i := 0; i < 4; i += 2 {
			next(i)
			next(i + 1)
			f.zip(v[i], v[i+1], v[8])
			f.store(toA, uint32(8*i), v[8])
			f.zipHigh(v[i], v[i+1], v[8])
			f.store(toB, uint32(8*i), v[8])
		}
	}, func() {
		for i := range 8 {
			next(i)
			f.store(scratch, uint32(stateAt+16*i), v[i])
		}
	})
	return f
}

// zip makes a vector of the low words of two, zipHigh of the high ones.
func (f *function) zip(a, b, into local) {
	f.get(a, b)
	f.shuffle(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
	f.set(into)
}

func (f *function) zipHigh(a, b, into local) {
	f.get(a, b)
	f.shuffle(8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
	f.set(into)
}

var (
	rotate32 = []byte{4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11}
	rotate24 = []byte{3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10}
	rotate16 = []byte{2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9}
)

// block is what is compressed: so many words of it aren't zero. With it are
// rotations as engines do them fastest: constants to look bytes up by.
type block struct {
	scratch    local
	words      uint32
	by24, by16 local
}

func (f *function) block(scratch local, words uint32) block {
	b := block{scratch, words, f.v128(), f.v128()}
	f.vectorConstant([16]byte(rotate24))
	f.set(b.by24)
	f.vectorConstant([16]byte(rotate16))
	f.set(b.by16)
	return b
}

// mix is RFC 7693's G with the words x and y of the block.
func (f *function) mix(in block, a, b, c, d local, x, y uint32) {
	f.mixHalf(in, a, b, c, d, x, func() { f.turn(d, rotate32) })
	f.lookUp(b, in.by24)
	f.mixHalf(in, a, b, c, d, y, func() { f.lookUp(d, in.by16) })
	// By 63 to the right: doubled, and the highest bit.
	f.get(b, b)
	f.vector(vAdd64)
	f.get(b)
	f.constant(63)
	f.vector(vShiftR64)
	f.vector(vXor)
	f.set(b)
}

// mixHalf: a += b + word, d = (d + a) rotated, c += d, b += c; + is xor but
// where it adds words.
func (f *function) mixHalf(in block, a, b, c, d local, word uint32, turn func()) {
	f.get(a)
	if word < in.words {
		f.load(in.scratch, blockAt+16*word)
		f.vector(vAdd64)
	}
	f.get(b)
	f.vector(vAdd64)
	f.tee(a)
	f.get(d)
	f.vector(vXor)
	f.set(d)
	turn()
	f.get(c, d)
	f.vector(vAdd64)
	f.tee(c)
	f.addTo(b)
}

func (f *function) turn(v local, by []byte) {
	f.get(v, v)
	f.shuffle(by...)
	f.set(v)
}

func (f *function) lookUp(v, by local) {
	f.get(v, by)
	f.vector(vSwizzle)
	f.set(v)
}

// begin puts what no message changes into scratch.
func (f *function) begin(scratch, v local) {
	for i, w := range iv {
		f.vectorConstant(twice(w))
		f.set(v)
		f.store(scratch, uint32(ivAt+16*i), v)
		if i == 0 {
			f.vectorConstant(twice(w ^ parameters))
			f.set(v)
		}
		f.store(scratch, uint32(firstAt+16*i), v)
	}
}

// put stores the words of two messages' 16 bytes as vector pair k of the block.
func (f *function) put(scratch local, k int, a, b, spare local) {
	f.zip(a, b, spare)
	f.store(scratch, uint32(blockAt+32*k), spare)
	f.zipHigh(a, b, spare)
	f.store(scratch, uint32(blockAt+32*k+16), spare)
}

// second sets b to the second message of a pair, stride behind a, or to a
// itself if only one is left.
func (f *function) second(b, a, stride, left local) {
	f.get(a)
	f.set(b)
	f.get(left)
	f.constant(1)
	f.raw(opGtU)
	f.when(func() {
		f.get(a, stride)
		f.raw(opAdd)
		f.set(b)
	}, nil)
}

// next moves a pointer on by two strides.
func (f *function) next(a, stride local) {
	f.get(a, stride, stride)
	f.raw(opAdd, opAdd)
	f.set(a)
}

// pairs runs body until none are left, two at a time.
func (f *function) pairs(left local, body func()) {
	f.while(func() {
		f.get(left)
		f.constant(0)
		f.raw(opGtS)
	}, func() {
		body()
		f.advance(left, -2)
	})
}
