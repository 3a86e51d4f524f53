package codec

import "floe/codec/kernel"

// kernelTables is what the kernel looks products up in.
func (f *field) kernelTables() *kernel.Tables {
	t := &kernel.Tables{}
	rest := t[:0]
	put := func(of func(byte) byte) {
		for i := range byte(16) {
			rest = append(rest, of(i))
		}
		for i := range byte(16) {
			rest = append(rest, of(i<<4))
		}
	}
	nibble := func(x byte) byte { return byte(nibbleBasis(uint64(x))) }
	low := func(x byte) byte { return byte(lowOfHigh(uint64(x))) }
	for c := range uint16(256) {
		put(func(x byte) byte { return nibble(byte(f.mul(c, uint16(nibble(x))))) })
	}
	put(nibble)
	put(func(x byte) byte { return nibble(low(x)) })
	put(func(x byte) byte { return low(nibble(x)) })
	for b := range uint16(16) {
		rest = append(rest, byte(f.mul(b, 256)))
	}
	for b := range uint16(16) {
		rest = append(rest, byte(f.mul(b, 128)))
	}
	return t
}
