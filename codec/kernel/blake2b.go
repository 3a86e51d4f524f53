//go:build !js

package kernel

import "encoding/binary"

// BLAKE2b-256 (RFC 7693) of three messages at once: two in the halves of vectors
// and one in integers, which processors work on side by side. A [Scratch] holds
//
//	[0:256)     the state: for each word a vector of either message's, the
//	            third one's, 8 bytes of nothing
//	[256:768)   the block likewise
//	[768:1024)  the first state
//	[1024:1152) the initialization vector, every word twice
//	[1152:1280) which bytes of a message's last block are its own
//	[1280:2048) where the words of the block are that each round wants: pointers
//
// Rounds are a loop, so that its code stays where processors have it decoded. But
// where few words of a block aren't zero they are written out, and what would add
// zeros is left out: in Chromium that takes a seventh of the time off two hashes in
// one block, and a quarter off a symbol in one word.
const (
	stateAt    = 0
	blockAt    = 256
	firstAt    = 768
	ivAt       = 1024
	ownAt      = 1152
	scheduleAt = 1280

	inThird  = 16 // where the third message's word is among a word's 32 bytes
	rounds   = 12
	together = 3 // rounds that the loop has

	blockWords = 16
	innerWords = 9 // of a byte and two hashes
	leafWords  = 1 // of a byte and a small symbol
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
	next, last := m.compress(false, blockWords), m.compress(true, blockWords)
	some, one := m.compress(true, innerWords), m.compress(true, leafWords)
	m.leaves(next, last, some, one)
	m.inner(some)
}

// compress declares compress(scratch, from, counter), which takes the block into
// the state at from, or if it is the messages' last block compress(scratch, from,
// counter, toA, toB, toC), which puts their digests there. Behind so many words
// the block is zero.
func (m *module) compress(last bool, words uint32) *function {
	params := 3
	if last {
		params += 3
	}
	f, p := m.function("", params)
	c := f.compression(p[0])
	c.start(p[1], p[2], last)
	if words == blockWords {
		c.loop()
	} else {
		for i := range rounds {
			c.writtenOut(sigma[i%10], words)
		}
	}
	if last {
		c.digests(p[1], p[3:])
		return f
	}
	for i, v := range c.v[:8] {
		c.next(p[1], i)
		f.store(c.scratch, uint32(stateAt+32*i), v)
		f.store64(c.scratch, uint32(stateAt+32*i+inThird), c.w[i])
	}
	return f
}

// compression is what compress keeps in variables. Rotations are as engines do
// them fastest: by constants to look bytes up by.
type compression struct {
	f          *function
	scratch    local
	v, w       []local // of the two messages, of the third one
	by24, by16 local
}

func (f *function) compression(scratch local) *compression {
	c := &compression{f: f, scratch: scratch, v: f.vectors(16), w: f.integers(16), by24: f.v128(), by16: f.v128()}
	f.vectorConstant([16]byte(rotate24))
	f.set(c.by24)
	f.vectorConstant([16]byte(rotate16))
	f.set(c.by16)
	return c
}

// start fills the variables.
func (c *compression) start(from, counter local, last bool) {
	f := c.f
	for i := range 8 {
		f.load(from, uint32(32*i))
		f.set(c.v[i])
		f.load64(from, uint32(32*i+inThird))
		f.set(c.w[i])
		f.load(c.scratch, uint32(ivAt+16*i))
		f.set(c.v[8+i])
		f.load64(c.scratch, uint32(ivAt+16*i))
		f.set(c.w[8+i])
	}
	f.get(counter)
	f.raw(opExtend)
	f.vector(vSplat64)
	f.addTo(c.v[12])
	f.get(counter)
	f.raw(opExtend)
	f.get(c.w[12])
	f.raw(opXor64)
	f.set(c.w[12])
	if last {
		f.get(c.v[14])
		f.vector(vNot)
		f.set(c.v[14])
		f.get(c.w[14])
		f.constant64(-1)
		f.raw(opXor64)
		f.set(c.w[14])
	}
}

// next makes word i of the next state.
func (c *compression) next(from local, i int) {
	f := c.f
	f.get(c.v[i], c.v[8+i])
	f.vector(vXor)
	f.load(from, uint32(32*i))
	f.vector(vXor)
	f.set(c.v[i])
	f.get(c.w[i], c.w[8+i])
	f.raw(opXor64)
	f.load64(from, uint32(32*i+inThird))
	f.raw(opXor64)
	f.set(c.w[i])
}

// digests stores what a last block's compression comes to.
func (c *compression) digests(from local, to []local) {
	f, spare := c.f, c.v[8]
	for i := range 4 {
		c.next(from, i)
		f.store64(to[2], uint32(8*i), c.w[i])
	}
	for i := 0; i < 4; i += 2 {
		f.zip(c.v[i], c.v[i+1], spare)
		f.store(to[0], uint32(8*i), spare)
		f.zipHigh(c.v[i], c.v[i+1], spare)
		f.store(to[1], uint32(8*i), spare)
	}
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

// quarters are what RFC 7693's G works on: columns, then diagonals.
var quarters = [8][4]int{
	{0, 4, 8, 12}, {1, 5, 9, 13}, {2, 6, 10, 14}, {3, 7, 11, 15},
	{0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13}, {3, 4, 9, 14},
}

// word is one of the block, in memory.
type word struct {
	from   local
	offset uint32
	zero   bool
}

// loop is all rounds.
func (c *compression) loop() {
	f := c.f
	schedule, left := f.i32(), f.i32()
	words := []local{f.i32(), f.i32()} // where two of the block are
	f.add(c.scratch, scheduleAt)
	f.set(schedule)
	f.constant(rounds / together)
	f.set(left)
	f.repeat(func() {
		for i := range together {
			c.round(func(k int) word {
				at := words[k%2]
				f.get(schedule)
				f.load32(uint32(64*i + 4*k))
				f.set(at)
				return word{from: at}
			})
		}
		f.advance(schedule, 64*together)
	}, func() {
		f.add(left, -1)
		f.tee(left)
	})
}

// writtenOut is one round, for a block that has so many words in front of zeros.
func (c *compression) writtenOut(order [16]uint32, words uint32) {
	c.round(func(k int) word {
		return word{from: c.scratch, offset: blockAt + 32*order[k], zero: order[k] >= words}
	})
}

// round is RFC 7693's G, eight times: of a quarter in vectors, then of the same
// one in integers. next gives the words in order.
func (c *compression) round(next func(k int) word) {
	for i, q := range quarters {
		x, y := next(2*i), next(2*i+1)
		c.both(c.v[q[0]], c.v[q[1]], c.v[q[2]], c.v[q[3]], x, y)
		c.third(c.w[q[0]], c.w[q[1]], c.w[q[2]], c.w[q[3]], x, y)
	}
}

// both is G of the two messages in vectors.
func (c *compression) both(a, b, cc, d local, x, y word) {
	f := c.f
	c.bothHalf(a, b, cc, d, x, func() { f.turn(d, rotate32) })
	f.lookUp(b, c.by24)
	c.bothHalf(a, b, cc, d, y, func() { f.lookUp(d, c.by16) })
	// By 63 to the right: doubled, and the highest bit.
	f.get(b, b)
	f.vector(vAdd64)
	f.get(b)
	f.constant(63)
	f.vector(vShiftR64)
	f.vector(vXor)
	f.set(b)
}

// bothHalf: a += b + word, d = (d + a) rotated, c += d, b += c; + is xor but
// where it adds words.
func (c *compression) bothHalf(a, b, cc, d local, m word, turn func()) {
	f := c.f
	f.get(a)
	if !m.zero {
		f.load(m.from, m.offset)
		f.vector(vAdd64)
	}
	f.get(b)
	f.vector(vAdd64)
	f.tee(a)
	f.addTo(d)
	turn()
	f.get(cc, d)
	f.vector(vAdd64)
	f.tee(cc)
	f.addTo(b)
}

// third is G of the third message.
func (c *compression) third(a, b, cc, d local, x, y word) {
	c.thirdHalf(a, b, cc, d, x, 32, 24)
	c.thirdHalf(a, b, cc, d, y, 16, 63)
}

// thirdHalf is the same for the third one, with b rotated as well.
func (c *compression) thirdHalf(a, b, cc, d local, m word, turnD, turnB int) {
	f := c.f
	f.get(a)
	if !m.zero {
		f.load64(m.from, m.offset+inThird)
		f.raw(opAdd64)
	}
	f.get(b)
	f.raw(opAdd64)
	f.tee(a)
	f.get(d)
	f.raw(opXor64)
	f.shift64(opTurn64, turnD)
	f.tee(d)
	f.get(cc)
	f.raw(opAdd64)
	f.tee(cc)
	f.get(b)
	f.raw(opXor64)
	f.shift64(opTurn64, turnB)
	f.set(b)
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
		f.store(scratch, uint32(firstAt+32*i), v)
		f.store(scratch, uint32(firstAt+32*i+inThird), v)
	}
}

// schedule puts into scratch where the words are that rounds want.
func (f *function) schedule(scratch, v local) {
	for round := range rounds {
		for k := 0; k < 16; k += 4 {
			var at [16]byte
			for i, word := range sigma[round%10][k:][:4] {
				binary.LittleEndian.PutUint32(at[4*i:], blockAt+32*word)
			}
			f.get(scratch)
			f.vector(vSplat32)
			f.vectorConstant(at)
			f.vector(vAdd32)
			f.set(v)
			f.store(scratch, uint32(scheduleAt+64*round+4*k), v)
		}
	}
}

// put stores the words of three messages' 16 bytes as words 2k and 2k+1 of the
// block.
func (f *function) put(h hashing, k int) {
	at := uint32(blockAt + 64*k)
	for half := range uint32(2) {
		f.get(h.scratch, h.spare)
		f.vector(vStoreHalf)
		f.raw(0)
		f.number(at + 32*half + inThird)
		f.raw(byte(half))
	}
	f.zip(h.va, h.vb, h.spare)
	f.store(h.scratch, at, h.spare)
	f.zipHigh(h.va, h.vb, h.spare)
	f.store(h.scratch, at+32, h.spare)
}
