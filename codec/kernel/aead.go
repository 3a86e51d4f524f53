//go:build !js

package kernel

// ChaCha20-Poly1305 (RFC 8439) in one call a message:
//
//	seal(dst, src, n, data, dataSize, scratch)  dst gets n + 16 bytes
//	open(dst, src, n, data, dataSize, scratch)  src has n + 16 bytes
//
// with data that is authenticated only. The caller puts key and nonce into the
// scratch memory; all of it is zero afterwards, but for open's verdict, which is
// 1 if the message was authentic. If it wasn't, open leaves nothing but zeros at
// dst. dst may be src. Nothing branches on, and no address comes from, a secret.
const (
	keyAt         = 0
	nonceAt       = keyAt + 32
	verdictAt     = nonceAt + 12 // 4 bytes
	chachaAt      = verdictAt + 4
	bufferAt      = chachaAt + 16*16
	hashAt        = bufferAt + group      // what Poly1305 has so far
	rAt           = hashAt + numberSize   // r
	rFivesAt      = rAt + numberSize      // five times its limbs
	squareAt      = rFivesAt + numberSize // r^2
	sAt           = squareAt + numberSize // what is added last
	blockBehindAt = sAt + 16              // the last block, if it isn't whole
	tagAt         = blockBehindAt + 16
	aeadSize      = tagAt + 16
)

// aead declares seal and open.
func (m *module) aead() {
	multiply := m.multiply()
	groups, both := m.chachaGroups(), m.both()
	chacha20 := m.chacha20(groups)
	authenticate := m.authenticate(multiply)
	begin := m.begin(m.keySetup(), groups, m.polySetup(multiply), authenticate)
	finish := m.finish(authenticate, m.polyFinish())
	m.seal(begin, groups, both, chacha20, authenticate, finish)
	m.open(begin, both, chacha20, authenticate, finish)
}

// begin declares begin(data, dataSize, scratch).
func (m *module) begin(keySetup, groups, polySetup, authenticate *function) *function {
	f, p := m.function("", 3)
	data, dataSize, scratch := p[0], p[1], p[2]
	buffer, v := f.i32(), f.v128()
	f.get(scratch)
	f.call(keySetup)
	f.add(scratch, bufferAt)
	f.tee(buffer)
	f.constant(0)
	f.constant(group)
	f.fillBytes()
	f.get(buffer, buffer)
	f.constant(group)
	f.get(scratch)
	f.call(groups)
	f.get(scratch)
	f.call(polySetup)
	f.vectorConstant(firstCounters(1))
	f.set(v)
	f.store(scratch, chachaAt+16*12, v)
	f.get(data, dataSize, scratch)
	f.call(authenticate)
	return f
}

// finish declares finish(dataSize, n, scratch): both lengths are hashed too.
func (m *module) finish(authenticate, polyFinish *function) *function {
	f, p := m.function("", 3)
	x := f.i64()
	for i := range 2 {
		f.get(p[i])
		f.raw(opExtend)
		f.set(x)
		f.store64(p[2], uint32(tagAt+8*i), x)
	}
	f.add(p[2], tagAt)
	f.constant(16)
	f.get(p[2])
	f.call(authenticate)
	f.get(p[2])
	f.call(polyFinish)
	return f
}

// seal hashes a group while it encrypts the next one.
func (m *module) seal(begin, groups, both, chacha20, authenticate, finish *function) {
	f, p := m.function("seal", 6)
	dst, src, n, data, dataSize, scratch := p[0], p[1], p[2], p[3], p[4], p[5]
	whole, before, v := f.i32(), f.i32(), f.v128()
	f.get(data, dataSize, scratch)
	f.call(begin)
	f.get(n)
	f.constant(-group)
	f.raw(opAnd)
	f.tee(whole)
	f.when(func() {
		f.get(dst, src)
		f.constant(group)
		f.get(scratch)
		f.call(groups)
		f.add(whole, -group)
		f.set(before)
		f.add(dst, group)
		f.add(src, group)
		f.get(before, dst, scratch)
		f.call(both)
		f.sum(dst, before)
		f.constant(group)
		f.get(scratch)
		f.call(authenticate)
	}, nil)
	f.move(dst, whole)
	f.move(src, whole)
	f.get(n, whole)
	f.raw(opSub)
	f.set(whole) // what is left
	f.get(dst, src, whole, scratch)
	f.call(chacha20)
	f.get(dst, whole, scratch)
	f.call(authenticate)
	f.get(dataSize, n, scratch)
	f.call(finish)
	f.move(dst, whole)
	f.load(scratch, tagAt)
	f.set(v)
	f.store(dst, 0, v)
	f.wipe(scratch)
}

// open decrypts while it hashes, and undoes that if the tag is wrong.
func (m *module) open(begin, both, chacha20, authenticate, finish *function) {
	f, p := m.function("open", 6)
	dst, src, n, data, dataSize, scratch := p[0], p[1], p[2], p[3], p[4], p[5]
	whole, left, end, verdict := f.i32(), f.i32(), f.i32(), f.i32()
	f.get(data, dataSize, scratch)
	f.call(begin)
	f.sum(src, n)
	f.set(end)
	f.get(n)
	f.constant(-group)
	f.raw(opAnd)
	f.set(whole)
	f.get(n, whole)
	f.raw(opSub)
	f.set(left)
	f.get(dst, src, whole, src, scratch)
	f.call(both)
	f.sum(src, whole)
	f.get(left, scratch)
	f.call(authenticate)
	f.sum(dst, whole)
	f.sum(src, whole)
	f.get(left, scratch)
	f.call(chacha20)
	f.get(dataSize, n, scratch)
	f.call(finish)
	for i := range 2 { // all 128 bits are compared, whatever they are
		f.load64(scratch, uint32(tagAt+8*i))
		f.load64(end, uint32(8*i))
		f.raw(opXor64)
	}
	f.raw(opOr64, opEqz64)
	f.tee(verdict)
	f.raw(opEqz)
	f.when(func() {
		f.get(dst)
		f.constant(0)
		f.get(n)
		f.fillBytes()
	}, nil)
	f.wipe(scratch)
	f.get(scratch, verdict)
	f.raw(0x36, 0) // store
	f.number(verdictAt)
}

// sum puts a + b on the stack, move adds b to a.
func (f *function) sum(a, b local) {
	f.get(a, b)
	f.raw(opAdd)
}

func (f *function) move(a, b local) {
	f.sum(a, b)
	f.set(a)
}

func (f *function) wipe(scratch local) {
	f.get(scratch)
	f.constant(0)
	f.constant(aeadSize)
	f.fillBytes()
}
