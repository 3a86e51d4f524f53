package crypto

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"filippo.io/age"
)

// sizes are lengths on, before and after the edges of age's chunks.
var sizes = []int{0, 1, 15, 16, 17, 1000, ChunkSize - 1, ChunkSize, ChunkSize + 1, 2*ChunkSize - 16, 2 * ChunkSize, 2*ChunkSize + 1, 5 * ChunkSize}

func random(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(n)}).Read(b)
	return b
}

func newParcelIdentity(t testing.TB) *age.HybridIdentity {
	t.Helper()
	id, err := NewParcelIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func seal(t testing.TB, to *age.HybridRecipient, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := Seal(&b, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSealAndOpen(t *testing.T) {
	id := newParcelIdentity(t)
	for _, n := range sizes {
		plain := random(n)
		sealed := seal(t, id.Recipient(), plain)
		if int64(len(sealed)) != SealedSize(int64(n)) {
			t.Errorf("%d bytes sealed to %d, want %d", n, len(sealed), SealedSize(int64(n)))
		}
		r, err := Open(bytes.NewReader(sealed), id)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: opened %d, %v", n, len(got), err)
		}
		at, size, err := OpenAt(bytes.NewReader(sealed), int64(len(sealed)), id)
		if err != nil || size != int64(n) {
			t.Fatalf("%d bytes: OpenAt says %d, %v", n, size, err)
		}
		for range 20 {
			off := rand.IntN(n + 1)
			got := make([]byte, rand.IntN(n-off+1))
			if read, err := at.ReadAt(got, int64(off)); err != nil && err != io.EOF || read != len(got) || !bytes.Equal(got, plain[off:off+len(got)]) {
				t.Fatalf("%d bytes at %d of %d: %d, %v", len(got), off, n, read, err)
			}
		}
	}
}

func TestOpenWithWrongIdentity(t *testing.T) {
	sealed := seal(t, newParcelIdentity(t).Recipient(), random(100))
	other := newParcelIdentity(t)
	if _, err := Open(bytes.NewReader(sealed), other); err != ErrWrongIdentity {
		t.Error(err)
	}
	if _, _, err := OpenAt(bytes.NewReader(sealed), int64(len(sealed)), other); err != ErrWrongIdentity {
		t.Error(err)
	}
}

// Wherever a sealed parcel is cut, and whatever byte is changed or put behind
// it, nothing that wasn't sealed is released and the end is never reached.
func TestOpenRefusesDamage(t *testing.T) {
	id := newParcelIdentity(t)
	plain := random(2*ChunkSize + 100)
	sealed := seal(t, id.Recipient(), plain)
	refuse := func(what string, at int, damaged []byte) {
		t.Helper()
		r, err := Open(bytes.NewReader(damaged), id)
		if err == nil {
			var got []byte
			got, err = io.ReadAll(r)
			if !bytes.HasPrefix(plain, got) {
				t.Fatalf("%s at %d: released what wasn't sealed", what, at)
			}
		}
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrWrongIdentity) {
			t.Fatalf("%s at %d: %v", what, at, err)
		}
	}
	const chunk = ChunkSize + chunkOverhead
	for at := 0; at < len(sealed); at += step(at) {
		refuse("cut", at, sealed[:at])
		changed := bytes.Clone(sealed)
		changed[at] ^= 1
		refuse("changed", at, changed)
	}
	for _, edge := range []int{HeaderSize, HeaderSize + chunk, HeaderSize + 2*chunk} {
		for d := -17; d <= 17; d++ {
			refuse("cut", edge+d, sealed[:edge+d])
		}
	}
	first, second := sealed[HeaderSize:HeaderSize+chunk], sealed[HeaderSize+chunk:HeaderSize+2*chunk]
	refuse("swapped chunks", 0, bytes.Join([][]byte{sealed[:HeaderSize], second, first, sealed[HeaderSize+2*chunk:]}, nil))
	refuse("lost chunk", 0, bytes.Join([][]byte{sealed[:HeaderSize], second, sealed[HeaderSize+2*chunk:]}, nil))
	refuse("something behind", len(sealed), append(bytes.Clone(sealed), 0))
}

// step visits every byte of the header and few of the rest.
func step(at int) int {
	if at < HeaderSize {
		return 7
	}
	return 9973
}

// However a source gives a file, and in whatever pieces it is read, the same
// plaintext comes out.
func TestOpenInPieces(t *testing.T) {
	id := newParcelIdentity(t)
	for _, n := range append(sizes, batch*ChunkSize, batch*ChunkSize+1, 2*batch*ChunkSize+7) {
		plain := random(n)
		sealed := seal(t, id.Recipient(), plain)
		for name, src := range map[string]io.Reader{
			"whole":        bytes.NewReader(sealed),
			"halves":       iotest.HalfReader(bytes.NewReader(sealed)),
			"end with it":  iotest.DataErrReader(bytes.NewReader(sealed)),
			"chunk, chunk": &inPieces{bytes.NewReader(sealed), sealedChunkSize},
			"little":       &inPieces{bytes.NewReader(sealed), 997},
		} {
			r, err := Open(src, id)
			if err != nil {
				t.Fatal(err)
			}
			var got []byte
			for p := make([]byte, 10*ChunkSize); err == nil; {
				var more int
				more, err = r.Read(p[:1+rand.IntN(len(p))])
				got = append(got, p[:more]...)
			}
			if err != io.EOF || !bytes.Equal(got, plain) {
				t.Fatalf("%d bytes, %s: %d, %v", n, name, len(got), err)
			}
			if more, err := r.Read(make([]byte, 10)); more != 0 || err != io.EOF {
				t.Fatalf("%d bytes, %s: behind the end %d, %v", n, name, more, err)
			}
		}
	}
}

type inPieces struct {
	io.Reader
	most int
}

func (r *inPieces) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), r.most)]) }

type failingSource struct{ good []byte }

var errCable = errors.New("cable cut")

func (s failingSource) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > int64(len(s.good)) {
		return 0, errCable
	}
	return copy(p, s.good[off:]), nil
}

// A source that fails isn't taken for a parcel that is damaged: one is tried
// again, the other isn't.
func TestSourceErrorsAreNotDamage(t *testing.T) {
	id := newParcelIdentity(t)
	sealed := seal(t, id.Recipient(), random(3*ChunkSize))
	for _, good := range []int{0, 10, 1000, HeaderSize, HeaderSize + 100, HeaderSize + ChunkSize + 100} {
		r, err := Open(io.MultiReader(bytes.NewReader(sealed[:good]), failingReader{}), id)
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if !errors.Is(err, errCable) || errors.Is(err, ErrDamaged) {
			t.Errorf("Open, failing after %d: %v", good, err)
		}
		_, _, err = OpenAt(failingSource{sealed[:good]}, int64(len(sealed)), id)
		if !errors.Is(err, errCable) || errors.Is(err, ErrDamaged) {
			t.Errorf("OpenAt, failing after %d: %v", good, err)
		}
	}
	at, size, err := OpenAt(hole{bytes.NewReader(sealed)}, int64(len(sealed)), id)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := at.ReadAt(make([]byte, size), 0); n != ChunkSize || !errors.Is(err, errCable) || errors.Is(err, ErrDamaged) {
		t.Errorf("reading up to a hole: %d, %v", n, err)
	}
	if n, err := at.ReadAt(make([]byte, size), 2*ChunkSize); n != ChunkSize || err != io.EOF {
		t.Errorf("reading behind a hole: %d, %v", n, err)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errCable }

// hole can't read one byte of the second chunk.
type hole struct{ io.ReaderAt }

func (h hole) ReadAt(p []byte, off int64) (int, error) {
	at := int64(HeaderSize) + ChunkSize + chunkOverhead + 100
	if off <= at && at < off+int64(len(p)) {
		n, _ := h.ReaderAt.ReadAt(p[:at-off], off)
		return n, errCable
	}
	return h.ReaderAt.ReadAt(p, off)
}

func TestSealReportsAFailingDestination(t *testing.T) {
	id := newParcelIdentity(t)
	if _, err := Seal(failingWriter{}, id.Recipient()); !errors.Is(err, errCable) || strings.Contains(err.Error(), "AGE-SECRET") {
		t.Error(err)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errCable }
