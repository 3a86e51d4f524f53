package crew

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floe/codec"
)

// hall has so many fake mates; rested counts what was begun and is over.
type hall struct {
	mates  []Mate
	late   bool // they come when the work has begun
	others int  // how often others wait when the worker breathes
	breath int
	rested atomic.Int32
}

func (h *hall) Size() int { return len(h.mates) + 1 }
func (h *hall) Rest()     { h.rested.Add(1) }
func (h *hall) Breathe(context.Context) bool {
	runtime.Gosched()
	h.breath++
	return h.breath <= h.others
}

func (h *hall) Begin(ctx context.Context) <-chan Mate {
	mates := make(chan Mate, len(h.mates))
	for _, m := range h.mates {
		if !h.late {
			mates <- m
			continue
		}
		time.AfterFunc(time.Millisecond, func() { mates <- m })
	}
	return mates
}

// fake is a mate in a goroutine's place.
type fake struct {
	t      *testing.T
	dies   int // after so many shares; 0: never
	hangs  bool
	spoils bool

	mu      sync.Mutex
	encoder *codec.Encoder
	want    codec.Want
	blob    []byte
	made    int
	ended   bool
}

func (f *fake) Load(n int, want codec.Want, blob []byte) {
	e, err := codec.NewEncoder(n)
	if err != nil {
		f.t.Error(err)
	}
	f.encoder, f.want, f.blob = e, want, bytes.Clone(blob)
}

func (f *fake) Share(ctx context.Context, first, end int) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended || f.dies > 0 && f.made == f.dies {
		return nil, errors.New("the worker stopped")
	}
	if f.hangs {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	f.made++
	s, err := f.encoder.NewShare(f.blob, first, end, f.want)
	if err != nil {
		return nil, err
	}
	if f.spoils {
		return s.Bytes()[1:], nil
	}
	return s.Bytes(), nil
}

func (f *fake) End() {
	go func() { // whatever it is doing
		f.mu.Lock()
		defer f.mu.Unlock()
		f.ended = true
	}()
}

func noise(size int) []byte {
	b, r := make([]byte, size), rand.New(rand.NewPCG(1, uint64(size)))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// TestSameBytes: whoever helps, and whatever becomes of them, the slivers and
// the metadata are those of one encoder alone.
func TestSameBytes(t *testing.T) {
	for name, mates := range map[string][]*fake{
		"alone":            nil,
		"one":              {{}},
		"three":            {{}, {}, {}},
		"one dies":         {{dies: 1}},
		"all die":          {{dies: 1}, {dies: 2}, {dies: 1}},
		"one talks stuff":  {{spoils: true}, {}},
		"one is no longer": {{ended: true}, {}},
	} {
		for _, late := range []bool{false, true} {
			h := &hall{late: late}
			for _, m := range mates {
				h.mates = append(h.mates, &fake{t: t, dies: m.dies, spoils: m.spoils, ended: m.ended})
			}
			checkSame(t, name, New(h), 104, noise(4<<20))
			if name == "one" && !late {
				checkSame(t, name, New(h), 1000, noise(300_000))
			}
		}
	}
}

func checkSame(t *testing.T, name string, c *Crew, n int, blob []byte) {
	t.Helper()
	e, err := codec.NewEncoder(n)
	if err != nil {
		t.Fatal(err)
	}
	want, err := e.Expand(blob)
	if err != nil {
		t.Fatal(err)
	}
	meta, err := c.Metadata(t.Context(), n, blob)
	if err != nil || meta.BlobID() != want.Metadata().BlobID() {
		t.Errorf("%s: metadata of %d bytes for %d shards: %v", name, len(blob), n, err)
	}
	for _, withMetadata := range []bool{false, true} {
		got, err := c.Expand(t.Context(), n, blob, withMetadata)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if (got.Metadata() != nil) != withMetadata {
			t.Errorf("%s: metadata is there or not, against the caller's wish", name)
		}
		for pair := 0; pair < n; pair += 1 + n/50 {
			a, b := got.Pair(pair), want.Pair(pair)
			if !bytes.Equal(a.Primary.Data, b.Primary.Data) || !bytes.Equal(a.Secondary.Data, b.Secondary.Data) {
				t.Errorf("%s: pair %d of %d bytes for %d shards differs", name, pair, len(blob), n)
				break
			}
		}
	}
}

// TestJobsCoverColumnsOnce, and only so many of them expand the rows as the
// encoder would have.
func TestJobsCoverColumnsOnce(t *testing.T) {
	for _, n := range []int{4, 10, 100, 104, 667, 1000, 1001} {
		e, err := codec.NewEncoder(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int64{0, 1, 100_000, 1 << 20, 1_800_000} {
			for workers := 1; workers <= 5; workers++ {
				all := jobs(e, size, codec.WantMetadata|codec.WantSlivers, workers)
				at, rows := 0, 0
				for _, j := range all {
					if j.first != at || j.end <= j.first {
						t.Fatalf("n = %d, %d bytes, %d workers: jobs %v", n, size, workers, all)
					}
					at = j.end
					if j.end > e.Params().Secondary {
						rows++
					}
				}
				if at != n || rows > workers {
					t.Errorf("n = %d, %d bytes, %d workers: columns up to %d, rows expanded %d times", n, size, workers, at, rows)
				}
			}
		}
	}
}

// TestLastJobsAreNobodysAhead: a mate that is busy leaves the last ones to whoever
// is free first.
func TestLastJobsAreNobodysAhead(t *testing.T) {
	w := &work{hall: &hall{mates: []Mate{&fake{t: t}}}, open: []job{{0, 1}, {1, 2}, {2, 3}, {3, 4}}}
	busy := 0
	for _, c := range []struct {
		takes   bool
		j       job
		endsOne bool
	}{{true, job{3, 4}, false}, {true, job{2, 3}, false}, {false, job{}, false}, {false, job{}, true}, {true, job{1, 2}, true}} {
		if c.endsOne {
			busy--
		}
		j, ok := w.takeLast(&busy)
		if ok != c.takes || j != c.j {
			t.Fatalf("with %d jobs at hand and %v left it takes %v: %v", busy, w.open, j, ok)
		}
	}
}

// TestCancelled: it ends at once, though a mate never answers, and the next blob
// is encoded as if nothing had been.
func TestCancelled(t *testing.T) {
	h := &hall{mates: []Mate{&fake{t: t, hangs: true}}}
	c := New(h)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if _, err := c.Expand(ctx, 104, noise(4<<20), true); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ended with %v", err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("cancelling took %v", took)
	}
	if h.rested.Load() != 1 {
		t.Error("the mates think that it goes on")
	}
	h.mates = nil
	checkSame(t, "after one that was cancelled", c, 104, noise(4<<20))
}

// TestOthersGoFirst: the worker does its next job when nobody else waits for it,
// and ends when it is cancelled, however many do.
func TestOthersGoFirst(t *testing.T) {
	e, err := codec.NewEncoder(104)
	if err != nil {
		t.Fatal(err)
	}
	blob, want := noise(4<<20), codec.WantMetadata
	h := &hall{others: 50}
	if _, err := New(h).Metadata(t.Context(), 104, blob); err != nil {
		t.Fatal(err)
	}
	if most := len(jobs(e, int64(len(blob)), want, 1)) + h.others; h.breath != most {
		t.Errorf("it breathed %d times, want %d", h.breath, most)
	}
	h = &hall{others: 1 << 62}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := New(h).Metadata(ctx, 104, blob); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ended with %v", err)
	}
}

// TestSmallBlobsStayHere: starting others would take longer.
func TestSmallBlobsStayHere(t *testing.T) {
	h := &hall{mates: []Mate{&fake{t: t}}}
	checkSame(t, "small", New(h), 104, noise(100_000))
	if h.rested.Load() != 0 {
		t.Error("mates were called for 100 kB")
	}
}

// TestTurns: two callers at a time get what each of them asked for.
func TestTurns(t *testing.T) {
	c := New(&hall{mates: []Mate{&fake{t: t}}})
	var all sync.WaitGroup
	ids := make([]codec.BlobID, 4)
	for i := range ids {
		all.Go(func() {
			meta, err := c.Metadata(t.Context(), 104, noise(4<<20+i%2))
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = meta.BlobID()
		})
	}
	all.Wait()
	if ids[0] != ids[2] || ids[1] != ids[3] || slices.Contains(ids[1:2], ids[0]) {
		t.Errorf("blob IDs %v", ids)
	}
}
