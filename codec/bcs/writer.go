// Package bcs reads and writes Binary Canonical Serialization, the encoding of
// Move values, Sui transactions and Walrus metadata.
//
// BCS has no field names and no padding; every value has exactly one encoding:
//
//	u8 … u256   little-endian, fixed width
//	bool        00 or 01
//	uleb128     unsigned LEB128, at most 32 bits, shortest form only
//	bytes       uleb128 length ‖ bytes; strings likewise, in UTF-8
//	sequence    uleb128 count ‖ elements
//	option      00, or 01 ‖ value
//	enum        uleb128 variant ‖ its fields
//
// A [Writer] appends values; a [Reader] takes them off a byte slice and keeps
// the first error, so that a caller reads a whole struct and asks once:
//
//	r := bcs.NewReader(b)
//	size, name := r.U64(), r.String()
//	if err := r.Done(); err != nil { … }
package bcs

import "encoding/binary"

// Writer appends BCS values. The zero Writer is empty and ready. Its methods
// aren't inlined: that would make the page a good deal larger and nothing
// faster that anybody waits for.
type Writer struct {
	buf []byte
}

// Data returns what was written so far. It shares the Writer's memory.
func (w *Writer) Data() []byte { return w.buf }

//go:noinline
func (w *Writer) U8(v uint8) { w.buf = append(w.buf, v) }

//go:noinline
func (w *Writer) U16(v uint16) { w.buf = binary.LittleEndian.AppendUint16(w.buf, v) }

//go:noinline
func (w *Writer) U32(v uint32) { w.buf = binary.LittleEndian.AppendUint32(w.buf, v) }

//go:noinline
func (w *Writer) U64(v uint64) { w.buf = binary.LittleEndian.AppendUint64(w.buf, v) }

// U128 writes v, which is little-endian already.
func (w *Writer) U128(v [16]byte) { w.Fixed(v[:]) }

// U256 writes v, which is little-endian already.
func (w *Writer) U256(v [32]byte) { w.Fixed(v[:]) }

//go:noinline
func (w *Writer) Bool(v bool) {
	if v {
		w.U8(1)
	} else {
		w.U8(0)
	}
}

// Uleb writes a count, a length or an enum's variant.
//
//go:noinline
func (w *Writer) Uleb(v uint32) {
	for v >= 0x80 {
		w.U8(byte(v) | 0x80)
		v >>= 7
	}
	w.U8(byte(v))
}

// Bytes writes b with its length before it.
//
//go:noinline
func (w *Writer) Bytes(b []byte) {
	w.Uleb(uint32(len(b)))
	w.buf = append(w.buf, b...)
}

// Fixed writes b as it is, without a length.
//
//go:noinline
func (w *Writer) Fixed(b []byte) { w.buf = append(w.buf, b...) }

//go:noinline
func (w *Writer) String(s string) {
	w.Uleb(uint32(len(s)))
	w.buf = append(w.buf, s...)
}

// Option writes whether a value follows; the caller writes the value.
func (w *Writer) Option(some bool) { w.Bool(some) }

// WriteSeq writes the count of items, then each by write.
func WriteSeq[T any](w *Writer, items []T, write func(*Writer, T)) {
	w.Uleb(uint32(len(items)))
	for _, it := range items {
		write(w, it)
	}
}
