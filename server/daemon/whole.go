package daemon

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"floe/codec"
)

const (
	decodeTime = 5 * time.Minute
	wholeKept  = 30 * time.Second // once nobody uses it
	perBlob    = 2                // bytes that decoding takes for each of a blob, slivers and blob
)

// wholes are blobs that were decoded whole because a sliver couldn't be had.
// They are kept for a moment if there is memory, as a player that jumps about in a film
// asks again and again. Each is decoded once at a time.
type wholes struct {
	nodes Nodes
	most  int64
	keep  time.Duration
	room  *semaphore.Weighted // bytes

	mu   sync.Mutex
	kept map[codec.BlobID]*whole
	tick int64
}

type whole struct {
	done  chan struct{}
	blob  []byte
	err   error
	size  int64 // bytes of memory once it is done
	users int
	used  int64 // when, by tick
}

func newWholes(nodes Nodes, most int64) *wholes {
	return &wholes{nodes: nodes, most: most, keep: wholeKept, room: semaphore.NewWeighted(most), kept: make(map[codec.BlobID]*whole)}
}

// get returns a blob. The caller calls free when it isn't used any more.
func (w *wholes) get(ctx context.Context, s *source) (blob []byte, free func(), err error) {
	size := int64(s.params.Primary) * int64(s.length(codec.Primary))
	if size > w.most/perBlob {
		return nil, nil, blobTooLarge(uint64(w.most / perBlob))
	}
	w.mu.Lock()
	e := w.kept[s.id]
	if e == nil {
		e = &whole{done: make(chan struct{}), size: size}
		w.kept[s.id] = e
		go w.decode(e, s, size)
	}
	e.users++
	w.mu.Unlock()
	free = func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		e.users--
		w.tick++
		e.used = w.tick
		w.expireLater(s.id, e)
	}
	select {
	case <-e.done:
	case <-ctx.Done():
		free()
		return nil, nil, ctx.Err()
	}
	if e.err != nil {
		free()
		return nil, nil, e.err
	}
	return e.blob, free, nil
}

// borrow takes memory for something else, no more than there is. The caller
// calls free.
func (w *wholes) borrow(ctx context.Context, n int64) (free func(), err error) {
	if err := w.acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { w.room.Release(n) }, nil
}

// decode fills an entry. It goes on when who asked has gone: others may wait.
func (w *wholes) decode(e *whole, s *source, size int64) {
	ctx, cancel := context.WithTimeout(context.Background(), decodeTime)
	defer cancel()
	defer close(e.done)
	if e.err = w.acquire(ctx, perBlob*size); e.err == nil {
		e.blob, e.err = w.rebuild(ctx, s)
		back := perBlob * size
		if e.err == nil {
			back -= size
		}
		w.room.Release(back)
		w.mu.Lock()
		w.expireLater(s.id, e) // who asked may have gone
		w.mu.Unlock()
	}
	if e.err != nil {
		e.err = fmt.Errorf("couldn't decode %v: %w", s.id, e.err)
		w.mu.Lock()
		delete(w.kept, s.id)
		w.mu.Unlock()
	}
}

func (w *wholes) rebuild(ctx context.Context, s *source) (blob []byte, err error) {
	defer caught(&err)
	return w.nodes.Blob(ctx, s.id, s.metadata)
}

// acquire takes memory, that of blobs nobody uses any more if there is no other.
func (w *wholes) acquire(ctx context.Context, n int64) error {
	for !w.room.TryAcquire(n) {
		if w.evict() {
			continue
		}
		short, cancel := context.WithTimeout(ctx, time.Second)
		err := w.room.Acquire(short, n)
		cancel()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
	return nil
}

// evict forgets the blob that nobody has used for longest.
func (w *wholes) evict() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	var oldest codec.BlobID
	var found *whole
	for id, e := range w.kept {
		if e.ready() && e.users == 0 && (found == nil || e.used < found.used) {
			oldest, found = id, e
		}
	}
	if found == nil {
		return false
	}
	w.forget(oldest, found)
	return true
}

// expireLater begins to wait if nobody uses a blob. The caller holds mu.
func (w *wholes) expireLater(id codec.BlobID, e *whole) {
	if used := e.used; e.users == 0 {
		time.AfterFunc(w.keep, func() { w.expire(id, e, used) })
	}
}

// expire forgets a blob that nobody has used since.
func (w *wholes) expire(id codec.BlobID, e *whole, used int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kept[id] == e && e.ready() && e.users == 0 && e.used == used {
		w.forget(id, e)
	}
}

// forget gives an entry's memory back. The caller holds mu.
func (w *wholes) forget(id codec.BlobID, e *whole) {
	delete(w.kept, id)
	w.room.Release(e.size)
}

func (e *whole) ready() bool {
	select {
	case <-e.done:
		return e.err == nil
	default:
		return false
	}
}
