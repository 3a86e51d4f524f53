package node

import (
	"bytes"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/crypto/blake2b"

	"floe/codec"
)

func newTestSlivers(t *testing.T) *slivers {
	t.Helper()
	dir := t.TempDir()
	rec, err := openRecords(filepath.Join(dir, "records"), 3<<20, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rec.db.Close() })
	s, err := newSlivers(filepath.Join(dir, "slivers"), rec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Slivers that come at once, large enough to be let go, are read again as they
// were; bytes aren't touched after put said that they are written.
func TestSliversAtOnce(t *testing.T) {
	s, id := newTestSlivers(t), codec.BlobID{1}
	const n, size = 24, 300_000
	want := make([][]byte, n)
	var all sync.WaitGroup
	for i := range n {
		want[i] = make([]byte, size)
		rand.Read(want[i])
		all.Go(func() {
			b := bytes.Clone(want[i])
			if err := s.put(id, codec.Primary, i, b, func() { clear(b) }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i := range n {
		if got, err := s.get(id, codec.Primary, i, nil); err != nil || !bytes.Equal(got, want[i]) {
			t.Errorf("sliver %d: %d bytes, %v", i, len(got), err)
		}
	}
}

// What was stored when checksums were BLAKE2b's stays readable, and damage to it
// is still found.
func TestChecksumsOfBefore(t *testing.T) {
	s, id := newTestSlivers(t), codec.BlobID{2}
	b := []byte("a sliver of last year")
	if err := s.put(id, codec.Secondary, 7, b, func() {}); err != nil {
		t.Fatal(err)
	}
	key := sliverKey(id, codec.Secondary, 7)
	v, err := s.rec.get(key)
	if err != nil {
		t.Fatal(err)
	}
	sum := blake2b.Sum256(b)
	if err := s.rec.db.Set(key, append(v[:12], sum[:]...), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	if got, err := s.get(id, codec.Secondary, 7, nil); err != nil || !bytes.Equal(got, b) {
		t.Fatalf("%q, %v", got, err)
	}
	f, err := os.OpenFile(s.path(id), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("b"), 0); err != nil {
		t.Fatal(err)
	}
	if got, err := s.get(id, codec.Secondary, 7, nil); !errors.Is(err, errDamaged) {
		t.Errorf("%q, %v", got, err)
	}
}
