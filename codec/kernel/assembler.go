//go:build !js

package kernel

import "slices"

// Value types of WebAssembly.
const (
	i32  = 0x7f
	v128 = 0x7b
)

// local is a parameter or a variable of a function.
type local uint32

// function is a function under construction: methods append instructions, which
// work on WebAssembly's operand stack.
type function struct {
	name   string // exported unless ""
	params []byte // value types
	locals []byte // value types of the variables
	body   []byte
	index  uint32 // among the module's functions

	lookUps uint32 // the instruction that looks nibbles up
}

func (f *function) variable(kind byte) local {
	f.locals = append(f.locals, kind)
	return local(len(f.params) + len(f.locals) - 1)
}

func (f *function) i32() local  { return f.variable(i32) }
func (f *function) v128() local { return f.variable(v128) }

func (f *function) vectors(n int) []local {
	all := make([]local, n)
	for i := range all {
		all[i] = f.v128()
	}
	return all
}

func (f *function) raw(b ...byte)    { f.body = append(f.body, b...) }
func (f *function) number(n uint32)  { f.body = appendUnsigned(f.body, n) }
func (f *function) get(all ...local) { f.each(0x20, all) }
func (f *function) set(l local)      { f.each(0x21, []local{l}) }
func (f *function) tee(l local)      { f.each(0x22, []local{l}) }

func (f *function) each(op byte, all []local) {
	for _, l := range all {
		f.raw(op)
		f.number(uint32(l))
	}
}

// Instructions on 32-bit integers.
const (
	opEqz = 0x45
	opEq  = 0x46
	opLtU = 0x49
	opGtS = 0x4a
	opGtU = 0x4b
	opGeU = 0x4f
	opAdd = 0x6a
	opSub = 0x6b
	opMul = 0x6c
	opAnd = 0x71
	opXor = 0x73
	opShl = 0x74
	opShr = 0x76 // unsigned
)

func (f *function) constant(n int32) {
	f.raw(0x41)
	f.body = appendSigned(f.body, int64(n))
}

// add puts l + n on the stack, advance adds n to l.
func (f *function) add(l local, n int32) {
	f.get(l)
	f.constant(n)
	f.raw(opAdd)
}

func (f *function) advance(l local, n int32) {
	f.add(l, n)
	f.set(l)
}

// byteAt loads the byte at the address on the stack plus offset.
func (f *function) byteAt(offset uint32) {
	f.raw(0x2d, 0)
	f.number(offset)
}

// Vector instructions.
const (
	vLoad      = 0x00
	vStore     = 0x0b
	vConst     = 0x0c
	vShuffle   = 0x0d
	vSwizzle   = 0x0e
	vSplat8    = 0x0f
	vSplat32   = 0x11
	vSplat64   = 0x12
	vLess8     = 0x26 // unsigned
	vNot       = 0x4d
	vAnd       = 0x4e
	vXor       = 0x51
	vSelect    = 0x52 // the first's bits where the third has ones, else the second's
	vShiftR16  = 0x8d // unsigned, of 16-bit lanes
	vShiftR64  = 0xcd
	vAdd64     = 0xce
	vStoreHalf = 0x5b // one 64-bit lane

	// As vSwizzle where numbers are below 16, and whatever a processor does fastest
	// where not.
	vSwizzleRelaxed = 0x100
)

func (f *function) vector(op uint32) {
	f.raw(0xfd)
	f.number(op)
}

// load loads 16 bytes at l + offset.
func (f *function) load(l local, offset uint32) {
	f.get(l)
	f.vector(vLoad)
	f.raw(0)
	f.number(offset)
}

// store stores v at l + offset.
func (f *function) store(l local, offset uint32, v local) {
	f.get(l, v)
	f.vector(vStore)
	f.raw(0)
	f.number(offset)
}

func (f *function) vectorConstant(b [16]byte) {
	f.vector(vConst)
	f.raw(b[:]...)
}

// shuffle picks 16 of the 32 bytes of the two vectors on the stack.
func (f *function) shuffle(lanes ...byte) {
	f.vector(vShuffle)
	f.raw(lanes...)
}

// call calls g with what is on the stack.
func (f *function) call(g *function) {
	f.raw(0x10)
	f.number(g.index)
}

const noResult = 0x40

// while runs body as long as cond leaves anything but 0 on the stack.
func (f *function) while(cond, body func()) {
	f.raw(0x02, noResult, 0x03, noResult) // block, loop
	cond()
	f.raw(opEqz, 0x0d, 1) // br_if: leave
	body()
	f.raw(0x0c, 0, 0x0b, 0x0b) // br: again, end, end
}

// repeat runs body until cond, asked after it, leaves 0 on the stack.
func (f *function) repeat(body, cond func()) {
	f.raw(0x03, noResult)
	body()
	cond()
	f.raw(0x0d, 0, 0x0b)
}

// when runs yes if what is on the stack isn't 0, else no, which may be nil.
func (f *function) when(yes, no func()) {
	f.raw(0x04, noResult)
	yes()
	if no != nil {
		f.raw(0x05)
		no()
	}
	f.raw(0x0b)
}

// module is a whole module over another's memory.
type module struct {
	functions []*function
	lookUps   uint32
}

// function declares a function of parameters that are 32-bit integers.
func (m *module) function(name string, params int) (*function, []local) {
	f := &function{name: name, params: slices.Repeat([]byte{i32}, params), index: uint32(len(m.functions)), lookUps: m.lookUps}
	m.functions = append(m.functions, f)
	all := make([]local, params)
	for i := range all {
		all[i] = local(i)
	}
	return f, all
}

// bytes is the module in WebAssembly's binary format.
func (m *module) bytes() []byte {
	var types, functions, exports, codes [][]byte
	for i, f := range m.functions {
		types = append(types, slices.Concat([]byte{0x60}, sized(f.params), []byte{0}))
		functions = append(functions, appendUnsigned(nil, uint32(i)))
		if f.name != "" {
			exports = append(exports, slices.Concat(sized([]byte(f.name)), []byte{0}, functions[i]))
		}
		codes = append(codes, sized(slices.Concat(f.declarations(), f.body, []byte{0x0b})))
	}
	memory := slices.Concat(sized([]byte(ImportModule)), sized([]byte(ImportMemory)), []byte{2, 0, 1}) // at least a page
	b := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range []struct {
		id    byte
		items [][]byte
	}{{1, types}, {2, [][]byte{memory}}, {3, functions}, {7, exports}, {10, codes}} {
		content := appendUnsigned(nil, uint32(len(s.items)))
		b = append(append(b, s.id), sized(append(content, slices.Concat(s.items...)...))...)
	}
	return b
}

// declarations are the variables, in runs of one type.
func (f *function) declarations() []byte {
	var runs []byte
	count := uint32(0)
	for i := 0; i < len(f.locals); {
		n := i
		for n < len(f.locals) && f.locals[n] == f.locals[i] {
			n++
		}
		runs = append(appendUnsigned(runs, uint32(n-i)), f.locals[i])
		count++
		i = n
	}
	return append(appendUnsigned(nil, count), runs...)
}

func sized(b []byte) []byte {
	return append(appendUnsigned(nil, uint32(len(b))), b...)
}

// appendUnsigned and appendSigned append LEB128.
func appendUnsigned(b []byte, n uint32) []byte {
	for n >= 0x80 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return append(b, byte(n))
}

func appendSigned(b []byte, n int64) []byte {
	for n < -64 || n > 63 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return append(b, byte(n)&0x7f)
}
