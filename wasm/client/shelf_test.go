package client

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floe/codec"
)

// testShelf is a Shelf in memory that can fail.
type testShelf struct {
	mu      sync.Mutex
	kept    map[codec.BlobID][]byte
	broken  error
	dropped int
}

func (s *testShelf) Load(blob codec.BlobID) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.kept[blob]), s.broken
}

func (s *testShelf) Keep(blob codec.BlobID, kept Pieces) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		s.kept[blob] = kept.Bytes()
	}
	return s.broken
}

func (s *testShelf) Drop(blobs []codec.BlobID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropped++
	for _, b := range blobs {
		delete(s.kept, b)
	}
	return s.broken
}

func (s *testShelf) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.kept)
}

// brokenOff writes until so many bytes have come.
func brokenOff(after int) (writerFunc, *bytes.Buffer) {
	got := &bytes.Buffer{}
	return func(b []byte) (int, error) {
		if got.Len() >= after {
			return 0, errors.New("the disk is gone")
		}
		return got.Write(b)
	}, got
}

// TestShelfGoesOn: what was fetched before a save broke off isn't fetched again.
func TestShelfGoesOn(t *testing.T) {
	data := noise("a", 6<<20)
	c, sent := sentLarge(t, map[string][]byte{"a": data})
	shelf := &testShelf{kept: map[codec.BlobID][]byte{}}
	dst, _ := brokenOff(4 << 20)
	if err := openLarge(t, c, sent).WriteFile(context.Background(), 0, dst, ReadRequest{Shelf: shelf}); err == nil {
		t.Fatal("it didn't break off")
	}
	if n := shelf.count(); n < 3 {
		t.Fatalf("%d blobs were kept", n)
	}
	kept := maps.Clone(shelf.kept)
	p := openLarge(t, c, sent)
	c.reset()
	var got bytes.Buffer
	if err := p.WriteFile(context.Background(), 0, &got, ReadRequest{Shelf: shelf}); err != nil || !bytes.Equal(got.Bytes(), data) {
		t.Fatalf("saved wrongly: %v", err)
	}
	for _, ask := range c.reads {
		if id, err := codec.ParseBlobID(ask.BlobID); err != nil || kept[id] != nil {
			t.Errorf("%d rows were fetched again of blob %s", len(ask.Primary), ask.BlobID)
		}
	}
}

// TestShelfIsNotBelieved: what it gives is verified, and else fetched; whatever
// it does, the save succeeds.
func TestShelfIsNotBelieved(t *testing.T) {
	data := noise("a", 4<<20)
	c, sent := sentLarge(t, map[string][]byte{"a": data})
	honest := &testShelf{kept: map[codec.BlobID][]byte{}}
	save := func(s *testShelf) {
		t.Helper()
		var got bytes.Buffer
		if err := openLarge(t, c, sent).WriteFile(context.Background(), 0, &got, ReadRequest{Shelf: s}); err != nil || !bytes.Equal(got.Bytes(), data) {
			t.Errorf("saved wrongly: %v", err)
		}
	}
	save(honest)
	if honest.count() < 3 {
		t.Fatalf("%d blobs were kept", honest.count())
	}
	for name, change := range map[string]func([]byte) []byte{
		"a bit of the blob":     func(b []byte) []byte { return flip(b, len(b)-1000) },
		"a bit of the metadata": func(b []byte) []byte { return flip(b, 50) },
		"a bit of the length":   func(b []byte) []byte { return flip(b, 2) },
		"cut":                   func(b []byte) []byte { return b[:len(b)-1] },
		"longer":                func(b []byte) []byte { return append(b, 0) },
		"nothing":               func(b []byte) []byte { return []byte{} },
		"another blob": func(b []byte) []byte {
			for _, other := range honest.kept {
				if !bytes.Equal(other, b) && len(other) == len(b) {
					return bytes.Clone(other)
				}
			}
			t.Error("there is no other blob")
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			shelf := &testShelf{kept: map[codec.BlobID][]byte{}}
			for id, b := range honest.kept {
				shelf.kept[id] = change(bytes.Clone(b))
			}
			c.reset()
			save(shelf)
			if shelf.dropped < honest.count() {
				t.Errorf("%d blobs were dropped of %d that were wrong", shelf.dropped, honest.count())
			}
			for id, b := range honest.kept {
				if !bytes.Equal(shelf.kept[id], b) {
					t.Error("what was wrong wasn't kept anew")
				}
			}
		})
	}
	save(&testShelf{kept: map[codec.BlobID][]byte{}, broken: errors.New("quota")})
}

// TestSmallReadsLeaveTheShelfAlone: it is for large saves.
func TestSmallReadsLeaveTheShelfAlone(t *testing.T) {
	c, sent := sentLarge(t, map[string][]byte{"a": noise("a", 3<<20), "b": noise("b", 1000)})
	p := openLarge(t, c, sent)
	shelf := &testShelf{kept: map[codec.BlobID][]byte{}}
	if err := p.WriteFile(context.Background(), indexOf(t, p, "b"), &bytes.Buffer{}, ReadRequest{Shelf: shelf}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.ReadFileAt(context.Background(), indexOf(t, p, "a"), make([]byte, 1<<20), 0, ReadRequest{Shelf: shelf}); err != nil {
		t.Fatal(err)
	}
	if n := shelf.count(); n > 0 {
		t.Errorf("%d blobs were kept", n)
	}
}

// slowShelf takes its time to keep something.
type slowShelf struct {
	testShelf
	keeping atomic.Int32
}

func (s *slowShelf) Keep(blob codec.BlobID, kept Pieces) error {
	s.keeping.Add(1)
	defer s.keeping.Add(-1)
	time.Sleep(30 * time.Millisecond)
	return s.testShelf.Keep(blob, kept)
}

// TestShelfIsLeftAlone once a save has ended: what it was for may be thrown away.
func TestShelfIsLeftAlone(t *testing.T) {
	c, sent := sentLarge(t, map[string][]byte{"a": noise("a", 8<<20)})
	for _, after := range []int{0, 1 << 20, 3 << 20} {
		s := &slowShelf{testShelf: testShelf{kept: map[codec.BlobID][]byte{}}}
		dst, _ := brokenOff(after)
		err := openLarge(t, c, sent).WriteFile(context.Background(), 0, dst, ReadRequest{Shelf: s})
		if n := s.keeping.Load(); err == nil || n > 0 {
			t.Errorf("after %d bytes: %v, and %d blobs are being kept", after, err, n)
		}
		before := s.count()
		time.Sleep(50 * time.Millisecond)
		if n := s.count(); n != before {
			t.Errorf("after %d bytes: %d blobs were kept after the end", after, n-before)
		}
	}
}
