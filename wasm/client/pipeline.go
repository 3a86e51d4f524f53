package client

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"floe/server/api"
)

// How much is under way at a time. It bounds memory: expansions, a segment or two
// that each pass reads ahead, and the bodies of the POSTs.
const (
	expansionsAtOnce   = 2        // or one: where memory is spared, and of segments that are
	bulkySegment       = 20 << 20 // large
	postsAtOnce        = 6        // what browsers allow per host
	certificatesAtOnce = 4
)

// crew is goroutines that end together: the first error stops all of them.
type crew struct {
	ctx  context.Context
	stop context.CancelCauseFunc
	all  sync.WaitGroup
}

func newCrew(ctx context.Context) *crew {
	c := &crew{}
	c.ctx, c.stop = context.WithCancelCause(ctx)
	return c
}

func (c *crew) do(f func(ctx context.Context) error) {
	c.all.Go(func() {
		if err := f(c.ctx); err != nil {
			c.stop(err)
		}
	})
}

// wait returns the first error, once all have ended.
func (c *crew) wait() error {
	c.all.Wait()
	err := context.Cause(c.ctx)
	c.stop(errDone)
	return err
}

var errDone = errors.New("done")

// window is segments first ≤ i < end.
type window struct{ first, end int }

// bringAll brings what isn't there yet onto the nodes: while one window is
// stored, the next is read and registered.
func (s *sending) bringAll(ctx context.Context) error {
	c := newCrew(ctx)
	windows := make(chan window)
	c.do(func(ctx context.Context) error {
		defer close(windows)
		return s.readAhead(ctx, windows)
	})
	c.do(func(ctx context.Context) error {
		for w := range windows {
			if err := s.bring(ctx, c, w); err != nil {
				return err
			}
		}
		return nil
	})
	return c.wait()
}

// readAhead is the first pass: it registers window after window and tells of
// each, one ahead of what is being stored.
func (s *sending) readAhead(ctx context.Context, windows chan<- window) error {
	next := 0
	for next < len(s.blobs) && s.blobs[next].state >= blobRegistered {
		next++
	}
	w := window{0, next}
	for {
		if w.first < w.end {
			select {
			case windows <- w:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if w = (window{w.end, s.plan.window(w.end)}); w.first == len(s.blobs) {
			return nil
		}
		next, err := s.measureAll(ctx, w)
		if err != nil {
			return err
		}
		if err := s.register(ctx, s.blobs[w.first:w.end], next); err != nil {
			return err
		}
		if err := s.tell(); err != nil {
			return err
		}
	}
}

// measureAll seals a window's segments and computes what they are registered by.
func (s *sending) measureAll(ctx context.Context, w window) (next mark, err error) {
	begin := s.next
	return s.each(ctx, w, &begin, nil, func(b *blob, sealed []byte) error { return s.measure(ctx, b, sealed) })
}

// each has use work on one segment of a window while the next is sealed, but for
// the first pass where memory is spared. Before it takes one, it
// waits until ready lets it; nil: at once.
func (s *sending) each(ctx context.Context, w window, begin *mark, ready func() error, use func(b *blob, sealed []byte) error) (next mark, err error) {
	if begin != nil && s.client.sparing {
		return s.sealSegments(ctx, w.first, w.end, begin, func(i int, sealed []byte) error { return use(s.blobs[i], sealed) })
	}
	c := newCrew(ctx)
	sealed := make(chan []byte)
	c.do(func(ctx context.Context) (err error) {
		next, err = s.sealSegments(ctx, w.first, w.end, begin, func(_ int, segment []byte) error {
			select {
			case sealed <- segment:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
		return err
	})
	c.do(func(ctx context.Context) error {
		for _, b := range s.blobs[w.first:w.end] {
			if ready != nil {
				if err := ready(); err != nil {
					return err
				}
			}
			select {
			case segment := <-sealed:
				if err := use(b, segment); err != nil {
					return err
				}
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
	err = c.wait()
	return next, err
}

// bring is the second pass over a window: it seals again what isn't stored, and
// has it stored while it goes on.
func (s *sending) bring(ctx context.Context, c *crew, w window) error {
	for first := w.first; first < w.end; {
		b := s.blobs[first]
		if b.state >= blobStored || b.sealed != nil {
			if b.sealed != nil {
				s.launch(ctx, c, b, func() {})
			}
			first++
			continue
		}
		end := first + 1
		for end < w.end && s.blobs[end].state < blobStored {
			end++
		}
		var leave func()
		ready := func() (err error) {
			leave, err = enter(ctx, s.room)
			return err
		}
		_, err := s.each(ctx, window{first, end}, nil, ready, func(b *blob, sealed []byte) error {
			if err := s.prepare(ctx, b, sealed); err != nil {
				return err
			}
			s.launch(ctx, c, b, leave)
			return nil
		})
		if err != nil {
			return err
		}
		first = end
	}
	return nil
}

// enter takes one of a channel's places, and returns what gives it back.
func enter(ctx context.Context, places chan struct{}) (leave func(), err error) {
	select {
	case places <- struct{}{}:
		return sync.OnceFunc(func() { <-places }), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// launch has a blob stored and confirmed.
func (s *sending) launch(ctx context.Context, c *crew, b *blob, freed func()) {
	s.meter.phase(PhaseSending, "")
	c.do(func(context.Context) error {
		err := s.store(ctx, b)
		s.release(b)
		collect(b.size)
		freed()
		if err != nil {
			return err
		}
		leave, err := enter(ctx, s.confirming)
		if err != nil {
			return err
		}
		defer leave()
		if err := s.certificates(ctx, []*blob{b}); err != nil {
			return err
		}
		if err := s.tell(); err != nil {
			return err
		}
		return s.certifyEarly(ctx)
	})
}

// collect has what was freed collected at once where it is much: left to itself,
// the collector would let memory grow by a quarter or more first, and a page's
// memory never shrinks again.
func collect(size int64) {
	if size >= 1<<20 {
		runtime.GC()
	}
}

// certifyEarly certifies as many blobs as one transaction can, once there are as
// many; the last ones are left to the transaction that creates the parcel.
func (s *sending) certifyEarly(ctx context.Context) error {
	if s.owner != s.address { // a wallet's are certified, and handed over, in the end
		return nil
	}
	s.certifying.Lock()
	defer s.certifying.Unlock()
	some := s.stored()
	if len(some) < api.MaxBlobsPerTx {
		return nil
	}
	return s.certifySome(ctx, some[:api.MaxBlobsPerTx])
}

// stored lists the blobs that a quorum has confirmed and that aren't certified.
func (s *sending) stored() (some []*blob) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.blobs {
		if b.state == blobStored {
			some = append(some, b)
		}
	}
	return some
}
