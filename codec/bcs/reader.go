package bcs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// ErrMalformed says that the input isn't the BCS of what was asked for, or not
// its only allowed encoding. Test for it with errors.Is.
var ErrMalformed = errors.New("malformed BCS")

// Reader takes BCS values off a byte slice. After the first error every method
// returns a zero value and reads nothing. What it returns never shares memory
// with the input.
type Reader struct {
	in  []byte
	off int
	err error
}

func NewReader(b []byte) *Reader { return &Reader{in: b} }

// Err returns the first error so far.
func (r *Reader) Err() error { return r.err }

// Done returns the first error, or one if input is left over.
func (r *Reader) Done() error {
	if r.err == nil && r.Remaining() > 0 {
		r.Fail("%d bytes left over", r.Remaining())
	}
	return r.err
}

// Remaining returns how many bytes of input are left.
func (r *Reader) Remaining() int { return len(r.in) - r.off }

// Offset returns how many bytes were read.
func (r *Reader) Offset() int { return r.off }

// Fail makes ErrMalformed with a reason the Reader's error, unless it has one.
func (r *Reader) Fail(format string, args ...any) {
	r.FailWith(fmt.Errorf("%w: %s at byte %d", ErrMalformed, fmt.Sprintf(format, args...), r.off))
}

// FailWith makes err the Reader's error, unless it has one.
func (r *Reader) FailWith(err error) {
	if r.err == nil {
		r.err = err
	}
}

// take returns the next n bytes of input, or nil and fails.
func (r *Reader) take(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n > r.Remaining() {
		r.Fail("%d bytes wanted, %d left", n, r.Remaining())
		return nil
	}
	b := r.in[r.off : r.off+n]
	r.off += n
	return b
}

//go:noinline
func (r *Reader) U8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

//go:noinline
func (r *Reader) U16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

//go:noinline
func (r *Reader) U32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

//go:noinline
func (r *Reader) U64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// U128 returns the value little-endian, as it is in the input.
func (r *Reader) U128() (v [16]byte) {
	r.Fixed(v[:])
	return v
}

// U256 returns the value little-endian, as it is in the input.
func (r *Reader) U256() (v [32]byte) {
	r.Fixed(v[:])
	return v
}

//go:noinline
func (r *Reader) Bool() bool {
	switch v := r.U8(); v {
	case 0:
		return false
	case 1:
		return r.err == nil
	default:
		r.Fail("%d is no bool", v)
		return false
	}
}

// Option says whether a value follows.
func (r *Reader) Option() bool { return r.Bool() }

// Uleb reads an unsigned LEB128 number of at most 32 bits in its shortest form.
func (r *Reader) Uleb() uint32 {
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		b := r.U8()
		if r.err != nil {
			return 0
		}
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			if b == 0 && shift > 0 {
				r.Fail("uleb128 isn't the shortest")
				return 0
			}
			if v > 1<<32-1 {
				break
			}
			return uint32(v)
		}
	}
	r.Fail("uleb128 exceeds 32 bits")
	return 0
}

// Variant reads which of an enum's n variants follows.
func (r *Reader) Variant(n int) int {
	v := r.Uleb()
	if uint64(v) >= uint64(n) {
		r.Fail("variant %d of an enum of %d", v, n)
		return 0
	}
	return int(v)
}

// Len reads the count of a sequence whose elements take at least min bytes
// each; it fails when the input can't hold that many. A min of 0 counts as 1.
func (r *Reader) Len(min int) int {
	n := r.Uleb()
	if min < 1 {
		min = 1
	}
	if uint64(n)*uint64(min) > uint64(r.Remaining()) {
		r.Fail("sequence of %d in %d bytes", n, r.Remaining())
		return 0
	}
	return int(n)
}

// Bytes reads a length and as many bytes.
func (r *Reader) Bytes() []byte {
	b := r.take(r.Len(1))
	if r.err != nil {
		return nil
	}
	return append(make([]byte, 0, len(b)), b...)
}

// Fixed fills b from the input; on an error it zeroes b.
//
//go:noinline
func (r *Reader) Fixed(b []byte) {
	if src := r.take(len(b)); src != nil || len(b) == 0 {
		copy(b, src)
	} else {
		clear(b)
	}
}

func (r *Reader) String() string {
	b := r.take(r.Len(1))
	if !utf8.Valid(b) {
		r.Fail("string isn't UTF-8")
		return ""
	}
	return string(b)
}

// ReadSeq reads a count and as many elements, each of at least min bytes. An
// empty sequence is nil.
func ReadSeq[T any](r *Reader, min int, read func(*Reader) T) []T {
	n := r.Len(min)
	if n == 0 {
		return nil
	}
	items := make([]T, 0, n)
	for range n {
		items = append(items, read(r))
		if r.err != nil {
			return nil
		}
	}
	return items
}
