package crypto

import (
	"bytes"
	"io"
	"testing"
)

func BenchmarkSeal(b *testing.B) {
	id, plain := newParcelIdentity(b), random(16<<20)
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		w, err := Seal(io.Discard, id.Recipient())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Write(plain); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	id, plain := newParcelIdentity(b), random(16<<20)
	sealed := seal(b, id.Recipient(), plain)
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		r, err := Open(bytes.NewReader(sealed), id)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLinkWithPassphrase(b *testing.B) {
	s := NewSecret(true)
	for b.Loop() {
		if _, err := s.Identity("abandon ability able about above absent"); err != nil {
			b.Fatal(err)
		}
	}
}
