package crypto

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"filippo.io/age"
)

func newSealingTo(t testing.TB, id *age.HybridIdentity) *Sealing {
	t.Helper()
	s, err := NewSealing(id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// writeIn writes b in pieces of random sizes up to most and closes w.
func writeIn(t testing.TB, w io.WriteCloser, b []byte, most int) {
	t.Helper()
	for len(b) > 0 {
		n := min(len(b), 1+rand.IntN(most))
		if wrote, err := w.Write(b[:n]); err != nil || wrote != n {
			t.Fatalf("wrote %d of %d: %v", wrote, n, err)
		}
		b = b[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// However it is written, one Sealing gives one file, which stock age opens, and
// whose rest can be made again from any chunk on, by its own record too.
func TestSealingGivesOneFile(t *testing.T) {
	id := newParcelIdentity(t)
	for _, n := range append(sizes, batch*ChunkSize, batch*ChunkSize+1, 2*batch*ChunkSize+7) {
		plain := random(n)
		s := newSealingTo(t, id)
		var file bytes.Buffer
		writeIn(t, s.Writer(&file), plain, max(1, n))
		r, err := age.Decrypt(bytes.NewReader(file.Bytes()), id)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%d bytes: age opens %d, %v", n, len(got), err)
		}
		again, err := ParseSealing(s.Marshal())
		if err != nil {
			t.Fatal(err)
		}
		for _, most := range []int{1000, ChunkSize, 3 * ChunkSize, 10 * ChunkSize} {
			var second bytes.Buffer
			writeIn(t, again.Writer(&second), plain, most)
			if !bytes.Equal(second.Bytes(), file.Bytes()) {
				t.Fatalf("%d bytes in pieces up to %d give another file", n, most)
			}
		}
		for chunk := 0; chunk == 0 || chunk*ChunkSize < n; chunk++ {
			var rest bytes.Buffer
			writeIn(t, again.WriterFrom(&rest, int64(chunk)), plain[chunk*ChunkSize:], 5*ChunkSize)
			if !bytes.Equal(rest.Bytes(), file.Bytes()[HeaderSize+chunk*sealedChunkSize:]) {
				t.Fatalf("%d bytes: from chunk %d on, the file is another", n, chunk)
			}
		}
	}
}

func TestSealingsDiffer(t *testing.T) {
	id := newParcelIdentity(t)
	a, b := newSealingTo(t, id), newSealingTo(t, id)
	if bytes.Equal(a.fileKey, b.fileKey) || bytes.Equal(a.header, b.header) || bytes.Equal(a.fileKey, make([]byte, fileKeySize)) {
		t.Error("two sealings have something in common")
	}
}

func TestParseSealingRefuses(t *testing.T) {
	b := newSealingTo(t, newParcelIdentity(t)).Marshal()
	for at := 0; at < len(b)-nonceSize; at++ {
		changed := bytes.Clone(b)
		changed[at] ^= 1
		if _, err := ParseSealing(changed); err == nil {
			t.Fatalf("byte %d doesn't matter", at)
		}
	}
	for _, n := range []int{0, 1, fileKeySize, len(b) - 1} {
		if _, err := ParseSealing(b[:n]); err == nil {
			t.Errorf("%d bytes are enough", n)
		}
	}
	if _, err := ParseSealing(append(b, 0)); err == nil {
		t.Error("more is fine")
	}
}

func TestSealingNeverPrintsItself(t *testing.T) {
	s := newSealingTo(t, newParcelIdentity(t))
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		for _, text := range []string{fmt.Sprintf(format, s), fmt.Sprintf(format, *s)} {
			if strings.Trim(text, "&") != "[sealing]" {
				t.Errorf("%s: %s", format, text)
			}
		}
	}
}

func TestSealingEnds(t *testing.T) {
	s := newSealingTo(t, newParcelIdentity(t))
	w := s.Writer(io.Discard)
	writeIn(t, w, random(10), 10)
	if _, err := w.Write([]byte{1}); err == nil {
		t.Error("it goes on after its end")
	}
	if err := w.Close(); err == nil {
		t.Error("it ends twice")
	}
	for after := range 3 {
		w := s.Writer(&failingAfter{after})
		_, err := w.Write(random(3 * batch * ChunkSize))
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, errCable) || !errors.Is(w.Close(), errCable) {
			t.Errorf("failing after %d: %v", after, err)
		}
	}
}

// failingAfter fails after so many writes.
type failingAfter struct{ writes int }

func (f *failingAfter) Write(p []byte) (int, error) {
	if f.writes--; f.writes < 0 {
		return 0, errCable
	}
	return len(p), nil
}
