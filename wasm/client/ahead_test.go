package client

import (
	"bytes"
	"context"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"floe/codec"
	"floe/server/api"
)

// writerFunc is an io.Writer.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// heldBytes is how much a source has in memory of blobs.
func (s *source) heldBytes() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.recent {
		n += g.held()
	}
	return n
}

// TestSavingReadsAhead: several requests are under way, nothing is fetched twice,
// and what is in memory is bounded.
func TestSavingReadsAhead(t *testing.T) {
	data := noise("a", 8<<20)
	c, sent := sentLarge(t, map[string][]byte{"a": data})
	p := openLarge(t, c, sent)
	c.reset()
	c.delay = 5 * time.Millisecond
	var got bytes.Buffer
	most := 0
	dst := writerFunc(func(b []byte) (int, error) {
		most = max(most, p.source.heldBytes())
		return got.Write(b)
	})
	if err := p.WriteFile(context.Background(), 0, dst, ReadRequest{}); err != nil || !bytes.Equal(got.Bytes(), data) {
		t.Fatalf("saved wrongly: %v", err)
	}
	if c.most < 3 || c.most > aheadUnits+1 {
		t.Errorf("%d requests were under way at a time", c.most)
	}
	if twice := c.twice(); len(twice) > 0 {
		t.Errorf("rows of %d blobs were asked for twice", len(twice))
	}
	// The blob being read, as much again ahead and in what was read last; rows
	// are longer than what of them is asked for.
	if limit := 7 * largeSegment / 2; most > limit {
		t.Errorf("%d bytes were in memory, at most %d should be", most, limit)
	}
	if held := p.source.heldBytes(); held > 2*largeSegment {
		t.Errorf("%d bytes stayed in memory", held)
	}
}

// TestSlowWriterHoldsBack: who doesn't take what was read has nothing more
// fetched than the window.
func TestSlowWriterHoldsBack(t *testing.T) {
	c, sent := sentLarge(t, map[string][]byte{"a": noise("a", 8<<20)})
	p := openLarge(t, c, sent)
	c.reset()
	ctx, cancel := context.WithCancel(context.Background())
	var stuck sync.Once
	stopped := make(chan bool)
	dst := writerFunc(func(b []byte) (int, error) {
		stuck.Do(func() { close(stopped) })
		<-ctx.Done()
		return 0, ctx.Err()
	})
	done := make(chan error)
	go func() { done <- p.WriteFile(ctx, 0, dst, ReadRequest{}) }()
	<-stopped
	time.Sleep(100 * time.Millisecond)
	rows, _ := c.rows()
	if fetched := rows * p.source.rowSize(largeSegment); fetched > 3*largeSegment/2+maxBlock {
		t.Errorf("%d bytes were fetched for a writer that takes nothing", fetched)
	}
	cancel()
	if err := <-done; CodeOf(err) != CodeCancelled {
		t.Errorf("got %v", err)
	}
}

// TestSeekDoesNotWait: while a save waits for its rows, a read elsewhere goes
// on, in the same blob too.
func TestSeekDoesNotWait(t *testing.T) {
	data := noise("a", 4<<20)
	c, sent := sentLarge(t, map[string][]byte{"a": data})
	p := openLarge(t, c, sent)
	gate := make(chan bool)
	c.gate = func(ctx context.Context, ask api.ReadRequest) {
		if ask.BlobID == codec.BlobID(sent.Blobs[1].BlobID).String() && slices.Contains(ask.Primary, 20) { // and what is asked along with it
			select {
			case <-gate:
			case <-ctx.Done():
			}
		}
	}
	saved := make(chan error)
	var got bytes.Buffer
	go func() { saved <- p.WriteFile(context.Background(), 0, &got, ReadRequest{}) }()
	time.Sleep(50 * time.Millisecond)
	b := make([]byte, 1000)
	for _, off := range []int64{3 << 20, largeSegment + 10*1000, 2*largeSegment - 100_000} {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		if _, err := p.ReadFileAt(ctx, 0, b, off, ReadRequest{}); err != nil || !bytes.Equal(b, data[off:][:len(b)]) {
			t.Errorf("at %d: %v", off, err)
		}
		cancel()
	}
	close(gate)
	if err := <-saved; err != nil || !bytes.Equal(got.Bytes(), data) {
		t.Errorf("saved wrongly: %v", err)
	}
}

// TestNodesDieWhileSaving: eight of thirteen go while it is read, and one that
// comes back lets it go on.
func TestNodesDieWhileSaving(t *testing.T) {
	data := noise("a", 6<<20)
	c, sent := sentLarge(t, map[string][]byte{"a": data})
	p := openLarge(t, c, sent)
	var got bytes.Buffer
	most := 0
	dst := writerFunc(func(b []byte) (int, error) {
		most = max(most, p.source.heldBytes())
		switch at := got.Len(); {
		case at < 1<<20 && at+len(b) >= 1<<20:
			c.fake.stop(0, 1, 2, 3)
		case at < 2<<20 && at+len(b) >= 2<<20:
			c.fake.stop(4, 5, 6, 7, 8)
		}
		return got.Write(b)
	})
	var waited sync.Once
	note := func(p Progress) {
		if p.Phase == PhaseWaiting {
			waited.Do(func() { go c.fake.start(2) })
		}
	}
	if err := p.WriteFile(context.Background(), 0, dst, ReadRequest{Progress: note}); err != nil || !bytes.Equal(got.Bytes(), data) {
		t.Fatalf("saved wrongly: %v", err)
	}
	if limit := 4 * largeSegment; most > limit {
		t.Errorf("%d bytes were in memory, at most %d should be", most, limit)
	}
	// One request for each blob, more or less: who is silent isn't asked each time.
	c.reset()
	if err := openLarge(t, c, sent).WriteFile(context.Background(), 0, io.Discard, ReadRequest{}); err != nil {
		t.Fatal(err)
	}
	if rows, _ := c.rows(); c.bytes > 3*len(data) {
		t.Errorf("%d bytes in %d rows were fetched for %d", c.bytes, rows, len(data))
	}
}

// TestLieInRange: ranges are checked like everything, whoever gives them.
func TestLieInRange(t *testing.T) {
	data := noise("a", 3<<20)
	c, sent := sentLarge(t, map[string][]byte{"a": data})
	p := openLarge(t, c, sent)
	c.fake.lieFrame = func(f api.Frame) (api.Frame, bool) {
		if f.Kind == api.FramePrimary && f.Node < 4 && f.Status == 200 {
			f.Body = flip(f.Body, 100+len(f.Body)/2)
		}
		return f, true
	}
	b := make([]byte, 300_000)
	if _, err := p.ReadFileAt(context.Background(), 0, b, 1<<20, ReadRequest{}); err != nil || !bytes.Equal(b, data[1<<20:][:len(b)]) {
		t.Errorf("four lying nodes weren't survived: %v", err)
	}
	c.fake.lieFrame = func(f api.Frame) (api.Frame, bool) {
		if f.Kind != api.FrameMetadata && f.Status == 200 {
			f.Body = flip(f.Body, 100+len(f.Body)/2)
		}
		return f, true
	}
	if n, err := p.ReadFileAt(context.Background(), 0, b, 2<<20+200_000, ReadRequest{}); CodeOf(err) != CodeLiar || n > 0 {
		t.Errorf("got %d bytes, %v, want a liar", n, err)
	}
}

// TestManyReadersAtOnce: whatever they read, and whoever leaves early.
func TestManyReadersAtOnce(t *testing.T) {
	data := noise("a", 5<<20)
	c, sent := sentLarge(t, map[string][]byte{"a": data})
	c.fake.stop(3)
	p := openLarge(t, c, sent)
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			rnd := rand.New(rand.NewPCG(1, uint64(i)))
			for range 6 {
				off := rnd.Int64N(int64(len(data)))
				r, err := p.OpenFile(context.Background(), 0, off, math.MaxInt64, ReadRequest{Whole: i%2 == 0})
				if err != nil {
					t.Error(err)
					return
				}
				b := make([]byte, min(rnd.Int64N(1<<20), int64(len(data))-off))
				if _, err := io.ReadFull(r, b); err != nil || !bytes.Equal(b, data[off:][:len(b)]) {
					t.Errorf("%d bytes at %d: %v", len(b), off, err)
				}
				r.Close()
			}
		})
	}
	all.Wait()
	for begun := time.Now(); p.source.busy(); time.Sleep(time.Millisecond) { // with what was on its way
		if time.Since(begun) > 10*time.Second {
			t.Fatal("something is still used by nobody")
		}
	}
}

// busy says whether anything of a source is in use.
func (s *source) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.recent, func(g *segment) bool {
		return g.users != 0 || len(g.rebuilding) > 0 || len(g.shelving) > 0
	})
}
