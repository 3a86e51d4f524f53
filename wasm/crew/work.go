package crew

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"floe/codec"
)

// job is a share to make: columns first ≤ c < end.
type job struct{ first, end int }

// work is one blob being encoded.
type work struct {
	hall    Hall
	encoder *codec.Encoder
	blob    []byte
	want    codec.Want
	mates   []Mate
	outcome chan outcome
	shares  []*codec.Share

	mu   sync.Mutex
	open []job // that nobody has begun, in order
}

// outcome is a mate's share, or why there is none.
type outcome struct {
	job   job
	mate  Mate
	share *codec.Share
	err   error
}

func newWork(hall Hall, e *codec.Encoder, blob []byte, want codec.Want) *work {
	w := &work{hall: hall, encoder: e, blob: blob, want: want}
	w.open = jobs(e, int64(len(blob)), want, hall.Size())
	w.outcome = make(chan outcome, len(w.open)) // nobody who finishes late waits for a reader
	return w
}

// jobs cuts the columns. What needs the row code's symbols is cut as the encoder
// would split it, since each part of it expands the rows anew; the others go into
// jobs so short that all end at about the same time, and that the network needn't
// wait long.
func jobs(e *codec.Encoder, size int64, want codec.Want, workers int) (all []job) {
	unit := e.Unit(size)
	if unit == 0 {
		return []job{{0, e.Params().NShards}} // which says what is wrong with it
	}
	repair := e.Params().Secondary / unit * unit
	for c := 0; c < repair; c += unit {
		all = append(all, job{c, c + unit})
	}
	first := repair
	for _, end := range e.Split(size, want, workers) {
		if end > first {
			all = append(all, job{first, end})
			first = end
		}
	}
	return all
}

// do has everybody work until the blob is done.
func (w *work) do(ctx context.Context, mates <-chan Mate) (*codec.Expansion, error) {
	begun := time.Now()
	for left := len(w.open); left > 0; {
		done, err := w.step(ctx, mates, begun)
		if err != nil {
			return nil, err
		}
		left -= done
	}
	return w.encoder.Join(w.blob, w.want, w.shares...)
}

// welcome has one more mate help.
func (w *work) welcome(ctx context.Context, m Mate) {
	w.mates = append(w.mates, m)
	m.Load(w.encoder.Params().NShards, w.want, w.blob)
	busy := new(int)
	for range ahead {
		go w.serve(ctx, m, busy)
	}
	runtime.Gosched() // it is told its first jobs before this worker begins one
}

// ahead is how many jobs a mate has at a time: while it makes one share, it is
// told the next. The last ones nobody has ahead, or others would wait for them.
const ahead = 2

// serve has a mate take jobs from the end until there are none or it fails. busy
// counts those it has at the moment.
func (w *work) serve(ctx context.Context, m Mate, busy *int) {
	for {
		j, ok := w.takeLast(busy)
		if !ok {
			return
		}
		o := outcome{job: j, mate: m}
		var b []byte
		if b, o.err = m.Share(ctx, j.first, j.end); o.err == nil {
			o.share, o.err = w.encoder.ParseShare(int64(len(w.blob)), w.want, b)
		}
		w.outcome <- o
		w.mu.Lock()
		*busy--
		w.mu.Unlock()
		if o.err != nil {
			return
		}
	}
}

// step takes in who comes to help and what mates have done, or else does a job
// itself, or else waits for them. It returns how many jobs are done by that.
func (w *work) step(ctx context.Context, mates <-chan Mate, begun time.Time) (int, error) {
	select {
	case m := <-mates:
		w.welcome(ctx, m)
		return 0, nil
	case o := <-w.outcome:
		return w.takeIn(o), nil
	default:
	}
	if j, ok := w.takeFirst(); ok {
		s, err := w.encoder.NewShare(w.blob, j.first, j.end, w.want)
		if err != nil {
			return 0, err
		}
		w.shares = append(w.shares, s)
		for w.hall.Breathe(ctx) && ctx.Err() == nil {
		}
		return 1, context.Cause(ctx)
	}
	// A mate is about as fast as this worker, and has begun with it.
	patience := time.NewTimer(5*time.Second + 4*time.Since(begun))
	defer patience.Stop()
	select {
	case o := <-w.outcome:
		return w.takeIn(o), nil
	case <-patience.C:
		for _, m := range w.mates {
			m.End() // what it had comes back as an error
		}
		return 0, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

func (w *work) takeIn(o outcome) int {
	if o.err != nil {
		o.mate.End()
		w.mu.Lock()
		defer w.mu.Unlock()
		w.open = append(w.open, o.job)
		return 0
	}
	w.shares = append(w.shares, o.share)
	return 1
}

// takeFirst takes a job from the beginning.
func (w *work) takeFirst() (job, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.open) == 0 {
		return job{}, false
	}
	return w.remove(0), true
}

// takeLast takes one from the end, for a mate that is busy with so many.
func (w *work) takeLast(busy *int) (job, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.open)
	if n == 0 || *busy > 0 && n <= w.hall.Size() {
		return job{}, false
	}
	*busy++
	return w.remove(n - 1), true
}

func (w *work) remove(i int) job {
	j := w.open[i]
	w.open = slices.Delete(w.open, i, i+1)
	return j
}
