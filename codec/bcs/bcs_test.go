package bcs

import (
	"bytes"
	"errors"
	"math"
	"testing"
)

func TestWriterThenReader(t *testing.T) {
	var w Writer
	w.U8(7)
	w.U16(0x0102)
	w.U32(0x01020304)
	w.U64(math.MaxUint64)
	w.U128([16]byte{1, 15: 2})
	w.U256([32]byte{3, 31: 4})
	w.Bool(true)
	w.Bool(false)
	w.Bytes([]byte("abc"))
	w.String("größe")
	w.Fixed([]byte{9, 9})
	w.Option(true)
	WriteSeq(&w, []uint16{1, 2}, (*Writer).U16)

	r := NewReader(w.Data())
	if r.U8() != 7 || r.U16() != 0x0102 || r.U32() != 0x01020304 || r.U64() != math.MaxUint64 {
		t.Error("integers differ")
	}
	if r.U128() != [16]byte{1, 15: 2} || r.U256() != [32]byte{3, 31: 4} || !r.Bool() || r.Bool() {
		t.Error("wide integers or bools differ")
	}
	if string(r.Bytes()) != "abc" || r.String() != "größe" {
		t.Error("bytes or string differ")
	}
	var f [2]byte
	r.Fixed(f[:])
	if f != [2]byte{9, 9} || !r.Option() {
		t.Error("fixed bytes or option differ")
	}
	if s := ReadSeq(r, 2, (*Reader).U16); len(s) != 2 || s[1] != 2 {
		t.Error("sequence differs")
	}
	if err := r.Done(); err != nil {
		t.Error(err)
	}
}

func TestUleb(t *testing.T) {
	for _, v := range []uint32{0, 1, 127, 128, 300, 16383, 16384, 1<<28 - 1, 1 << 28, math.MaxUint32} {
		var w Writer
		w.Uleb(v)
		r := NewReader(w.Data())
		if got := r.Uleb(); got != v || r.Done() != nil {
			t.Errorf("%d came back as %d, %v", v, got, r.Err())
		}
	}
	var w Writer
	w.Uleb(300)
	if !bytes.Equal(w.Data(), []byte{0xac, 0x02}) {
		t.Errorf("300 written as %x", w.Data())
	}
}

func TestReaderRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   []byte
		read func(*Reader)
	}{
		"uleb not shortest":  {[]byte{0x80, 0x00}, func(r *Reader) { r.Uleb() }},
		"uleb over 32 bits":  {[]byte{0xff, 0xff, 0xff, 0xff, 0x1f}, func(r *Reader) { r.Uleb() }},
		"uleb of six bytes":  {[]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, func(r *Reader) { r.Uleb() }},
		"uleb cut":           {[]byte{0x80}, func(r *Reader) { r.Uleb() }},
		"bool 2":             {[]byte{2}, func(r *Reader) { r.Bool() }},
		"option 2":           {[]byte{2}, func(r *Reader) { r.Option() }},
		"bytes too long":     {[]byte{3, 1, 2}, func(r *Reader) { r.Bytes() }},
		"sequence too long":  {[]byte{0xff, 0xff, 0xff, 0xff, 0x0f}, func(r *Reader) { ReadSeq(r, 8, (*Reader).U64) }},
		"zero-size elements": {[]byte{0xff, 0xff, 0xff, 0xff, 0x0f}, func(r *Reader) { r.Len(0) }},
		"not UTF-8":          {[]byte{1, 0xff}, func(r *Reader) { _ = r.String() }},
		"unknown variant":    {[]byte{3}, func(r *Reader) { r.Variant(3) }},
		"cut integer":        {[]byte{1, 2, 3}, func(r *Reader) { r.U32() }},
		"bytes left over":    {[]byte{1, 2}, func(r *Reader) { r.U8() }},
	} {
		r := NewReader(c.in)
		c.read(r)
		if err := r.Done(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestErrorSticks(t *testing.T) {
	r := NewReader([]byte{2, 5, 1})
	r.Bool()
	first := r.Err()
	if r.U8() != 0 || r.Bytes() != nil || r.Bool() || r.Uleb() != 0 || r.Err() != first {
		t.Error("the reader went on after an error")
	}
}

// What a Reader takes without an error, a Writer gives back byte for byte.
func FuzzReaderAcceptsOneEncodingOnly(f *testing.F) {
	var w Writer
	w.Uleb(300)
	w.Bool(true)
	w.Bytes([]byte("abc"))
	w.String("größe")
	WriteSeq(&w, []uint64{1, 2}, (*Writer).U64)
	f.Add(w.Data())
	f.Add([]byte{0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := NewReader(in)
		n, b, p, s, q := r.Uleb(), r.Bool(), r.Bytes(), r.String(), ReadSeq(r, 8, (*Reader).U64)
		if r.Done() != nil {
			return
		}
		var w Writer
		w.Uleb(n)
		w.Bool(b)
		w.Bytes(p)
		w.String(s)
		WriteSeq(&w, q, (*Writer).U64)
		if !bytes.Equal(w.Data(), in) {
			t.Errorf("read %x, wrote %x", in, w.Data())
		}
	})
}
