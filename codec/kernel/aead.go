//go:build !js

package kernel

// ChaCha20-Poly1305 (RFC 8439) in one call a message:
//
//	seal(dst, src, n, data, dataSize, scratch)  dst gets n + 16 bytes
//	open(dst, src, n, data, dataSize, scratch)  src has n + 16 bytes
//
// with data that is authenticated only. The caller puts key and nonce into the
// scratch memory; all of it is zero afterwards, but for open's verdict, which is
// 1 if the message was authentic. open decrypts nothing before that is certain.
// dst may be src. Nothing branches on, and no address comes from, a secret.
const (
	keyAt         = 0
	nonceAt       = keyAt + 32
	verdictAt     = nonceAt + 12 // 4 bytes
	chachaAt      = verdictAt + 4
	bufferAt      = chachaAt + 16*16
	fourthAt      = bufferAt + group      // powers of r^4
	secondAt      = fourthAt + powersSize // and of r^2
	hashAt        = secondAt + powersSize // what Poly1305 has so far
	rAt           = hashAt + numberSize   // r
	squareAt      = rAt + numberSize      // r^2, behind r
	sumsAt        = squareAt + numberSize // two numbers
	sAt           = sumsAt + 2*numberSize // what is added last
	blockBehindAt = sAt + 16              // the last block, if it isn't whole
	tagAt         = blockBehindAt + 16
	aeadSize      = tagAt + 16
)

// stretch is how much is encrypted before it is authenticated: the first cache
// has room for it.
const stretch = 16 << 10

// aead declares seal and open.
func (m *module) aead() {
	multiply := m.multiply()
	keySetup, polySetup := m.keySetup(), m.polySetup(multiply, m.spread())
	groups := m.chachaGroups()
	chacha20 := m.chacha20(groups)
	authenticate := m.authenticate(m.fourBlocks(multiply), multiply)
	begin := m.begin(keySetup, groups, polySetup, authenticate)
	finish := m.finish(authenticate, m.polyFinish())
	m.seal(begin, chacha20, authenticate, finish)
	m.open(begin, chacha20, authenticate, finish)
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

func (m *module) seal(begin, chacha20, authenticate, finish *function) {
	f, p := m.function("seal", 6)
	dst, src, n, data, dataSize, scratch := p[0], p[1], p[2], p[3], p[4], p[5]
	left, size, v := f.i32(), f.i32(), f.v128()
	f.get(data, dataSize, scratch)
	f.call(begin)
	f.get(n)
	f.set(left)
	f.while(func() { f.get(left) }, func() {
		f.get(left)
		f.constant(stretch)
		f.get(left)
		f.constant(stretch)
		f.raw(opLtU, opSelect)
		f.set(size)
		f.get(dst, src, size, scratch)
		f.call(chacha20)
		f.get(dst, size, scratch)
		f.call(authenticate)
		for _, l := range []local{dst, src} {
			f.get(l, size)
			f.raw(opAdd)
			f.set(l)
		}
		f.get(left, size)
		f.raw(opSub)
		f.set(left)
	})
	f.get(dataSize, n, scratch)
	f.call(finish)
	f.load(scratch, tagAt)
	f.set(v)
	f.store(dst, 0, v)
	f.wipe(scratch)
}

func (m *module) open(begin, chacha20, authenticate, finish *function) {
	f, p := m.function("open", 6)
	dst, src, n, data, dataSize, scratch := p[0], p[1], p[2], p[3], p[4], p[5]
	verdict, end := f.i32(), f.i32()
	f.get(data, dataSize, scratch)
	f.call(begin)
	f.get(src, n, scratch)
	f.call(authenticate)
	f.get(dataSize, n, scratch)
	f.call(finish)
	f.get(src, n)
	f.raw(opAdd)
	f.set(end)
	for i := range 2 { // all 128 bits are compared, whatever they are
		f.load64(scratch, uint32(tagAt+8*i))
		f.load64(end, uint32(8*i))
		f.raw(opXor64)
	}
	f.raw(opOr64, opEqz64)
	f.tee(verdict)
	f.when(func() {
		f.get(dst, src, n, scratch)
		f.call(chacha20)
	}, nil)
	f.wipe(scratch)
	f.get(scratch, verdict)
	f.raw(0x36, 0) // store
	f.number(verdictAt)
}

func (f *function) wipe(scratch local) {
	f.get(scratch)
	f.constant(0)
	f.constant(aeadSize)
	f.fillBytes()
}
