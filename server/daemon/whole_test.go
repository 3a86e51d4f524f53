package daemon

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"floe/codec"
)

// sourceOf is a stored blob's.
func sourceOf(t *testing.T, n *network, size int) *source {
	t.Helper()
	id := n.put(t, random(size))
	p, err := codec.NewParams(shards)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSource(id, n.blobs[id].Metadata(), p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWholesShareMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		first, second := sourceOf(t, n, 28_000), sourceOf(t, n, 27_999)
		w := newWholes(n, 60_000) // one is decoded at a time, two don't fit
		get := func(ctx context.Context, s *source) (func(), error) {
			blob, free, err := w.get(ctx, s)
			if err == nil && uint64(len(blob)) != s.metadata.Size {
				t.Errorf("%d bytes", len(blob))
			}
			return free, err
		}
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				free, err := get(t.Context(), first)
				if err != nil {
					t.Error(err)
					return
				}
				time.Sleep(time.Second)
				free()
			})
		}
		all.Wait()
		if n.whole != 1 {
			t.Errorf("decoded %d times for five at once", n.whole)
		}
		free, err := get(t.Context(), second) // the first makes room
		if err != nil || n.whole != 2 {
			t.Fatalf("%v; decoded %d times", err, n.whole)
		}
		short, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := get(short, first); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the second is in use, yet the first was decoded: %v", err)
		}
		free()
		if free, err = get(t.Context(), first); err != nil || n.whole != 3 {
			t.Fatalf("%v; decoded %d times", err, n.whole)
		}
		free()
		time.Sleep(wholeKept + time.Second)
		synctest.Wait()
		if len(w.kept) > 0 || !w.room.TryAcquire(60_000) {
			t.Errorf("%d blobs are kept that nobody uses", len(w.kept))
		}
		w.room.Release(60_000)
	})
}

func TestWholesThatFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		s := sourceOf(t, n, 28_000)
		w := newWholes(n, 60_000)
		n.down = fmt.Errorf("away: %w", ErrUnavailable)
		if _, _, err := w.get(t.Context(), s); !errors.Is(err, ErrUnavailable) {
			t.Fatal(err)
		}
		n.down = nil
		if _, free, err := w.get(t.Context(), s); err != nil {
			t.Errorf("once they are back: %v", err)
		} else {
			free()
		}
		time.Sleep(2 * wholeKept)
		synctest.Wait()
		if !w.room.TryAcquire(60_000) {
			t.Error("memory was lost")
		}
	})
}

// slow takes its time to decode.
type slow struct{ *network }

func (n slow) Blob(ctx context.Context, id codec.BlobID, m *codec.Metadata) ([]byte, error) {
	time.Sleep(2 * time.Minute)
	return n.network.Blob(ctx, id, m)
}

// A blob that is decoded once who asked has gone doesn't stay for ever.
func TestWholesThatNobodyAwaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		s := sourceOf(t, n, 28_000)
		w := newWholes(slow{n}, 60_000)
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := w.get(short, s); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		time.Sleep(3*time.Minute + wholeKept)
		synctest.Wait()
		if n.whole != 1 || len(w.kept) > 0 || !w.room.TryAcquire(60_000) {
			t.Errorf("decoded %d times, %d blobs are kept", n.whole, len(w.kept))
		}
	})
}
