package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// le is how WebAssembly stores numbers.
var le = binary.LittleEndian

// maxMemory bounds what a data section may ask for.
const maxMemory = 64 << 20

// memory is what a module's data section makes of the memory, from address 0.
type memory []byte

// parseData reads active segments of the one memory at constant addresses:
// Go's linker makes no others.
func parseData(b []byte) (memory, error) {
	r := reader{b: b}
	var m memory
	for range r.uvarint() {
		if r.byte() != 0 || r.byte() != opI32Const {
			return nil, errors.New("a data segment isn't one of memory 0 at a constant address")
		}
		at := r.varint()
		if r.byte() != opEnd {
			return nil, errors.New("the address of a data segment isn't a constant")
		}
		data := r.take(r.uvarint())
		if r.err != nil {
			break
		}
		if at < 0 || at > maxMemory || at+int64(len(data)) > maxMemory {
			return nil, fmt.Errorf("a data segment lies at %d", at)
		}
		if end := int(at) + len(data); end > len(m) {
			m = append(m, make([]byte, end-len(m))...)
		}
		copy(m[at:], data)
	}
	if r.err != nil || len(r.b) > 0 {
		return nil, errors.New("the data section is cut or has something behind it")
	}
	return m, nil
}

// hole is how many zeros in a row are left out. Go's linker leaves out eight,
// which makes tens of thousands of segments: their addresses are noise to a
// compressor, and zeros cost it nothing.
const hole = 4 << 10

// section is the data section that makes m.
func (m memory) section() []byte {
	var body []byte
	count := 0
	for at := 0; at < len(m); {
		if m[at] == 0 {
			at++
			continue
		}
		end, last := at, at
		for ; end < len(m) && end-last <= hole; end++ {
			if m[end] != 0 {
				last = end
			}
		}
		body = append(body, 0, opI32Const)
		body = appendVarint(body, int64(at))
		body = append(body, opEnd)
		body = binary.AppendUvarint(body, uint64(last+1-at))
		body = append(body, m[at:last+1]...)
		count++
		at = end
	}
	return append(binary.AppendUvarint(nil, uint64(count)), body...)
}

// u32 and u64 read numbers at addresses that were checked to lie in m.
func (m memory) u32(at int) uint32       { return le.Uint32(m[at:]) }
func (m memory) u64(at int) int          { return int(le.Uint64(m[at:])) }
func (m memory) setU32(at int, v uint32) { le.PutUint32(m[at:], v) }

// reader reads WebAssembly's numbers; after the first failure it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) byte() byte {
	b := r.take(1)
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.b, r.err = nil, errors.New("cut")
	}
	if r.err != nil {
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) u32() uint32 {
	b := r.take(4)
	if len(b) < 4 {
		return 0
	}
	return le.Uint32(b)
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.err = errors.New("cut")
		return 0
	}
	r.b = r.b[n:]
	return v
}

// varint is signed LEB128, which isn't encoding/binary's.
func (r *reader) varint() int64 {
	var v int64
	for shift := uint(0); shift < 64; shift += 7 {
		b := r.byte()
		v |= int64(b&0x7f) << shift
		if b < 0x80 {
			if b&0x40 != 0 && shift+7 < 64 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
	r.err = errors.New("too long a number")
	return 0
}

func appendVarint(b []byte, v int64) []byte {
	for {
		low := byte(v & 0x7f)
		v >>= 7
		if v == 0 && low&0x40 == 0 || v == -1 && low&0x40 != 0 {
			return append(b, low)
		}
		b = append(b, low|0x80)
	}
}
