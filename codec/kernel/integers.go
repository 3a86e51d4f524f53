//go:build !js

package kernel

// Instructions on 64-bit integers, and on memory.
const (
	i64 = 0x7e

	opEqz64  = 0x50
	opLtU64  = 0x54
	opAdd64  = 0x7c
	opSub64  = 0x7d
	opMul64  = 0x7e
	opAnd64  = 0x83
	opOr64   = 0x84
	opXor64  = 0x85
	opShl64  = 0x86
	opShr64  = 0x88 // unsigned
	opTurn64 = 0x8a // bits to the right, and those that fall out in again
	opSelect = 0x1b // the first of two if the third is not 0
	opExtend = 0xad // a 32-bit integer, unsigned, to 64 bits
)

func (f *function) i64() local { return f.variable(i64) }

func (f *function) integers(n int) []local {
	all := make([]local, n)
	for i := range all {
		all[i] = f.i64()
	}
	return all
}

func (f *function) constant64(n int64) {
	f.raw(0x42)
	f.body = appendSigned(f.body, n)
}

// load64 puts the 8 bytes at l + offset on the stack, store64 puts v there.
func (f *function) load64(l local, offset uint32) {
	f.get(l)
	f.raw(0x29, 0)
	f.number(offset)
}

func (f *function) store64(l local, offset uint32, v local) {
	f.get(l, v)
	f.raw(0x37, 0)
	f.number(offset)
}

// shift64 and mask64 work on the 64-bit integer on the stack.
func (f *function) shift64(op byte, by int) {
	f.constant64(int64(by))
	f.raw(op)
}

func (f *function) mask64(mask int64) {
	f.constant64(mask)
	f.raw(opAnd64)
}

// copyBytes and fillBytes expect destination, source or byte, and number on the
// stack.
func (f *function) copyBytes() { f.raw(0xfc, 10, 0, 0) }
func (f *function) fillBytes() { f.raw(0xfc, 11, 0) }
