package client

import "sync"

// ahead fetches what a stream will read next, and holds it until it was read.
// It goes on only as the stream does, so that whoever reads slowly bounds it.
type ahead struct {
	reader     *sourceReader
	begin, end int64 // of the ciphertext that the stream reads
	whole      bool  // that all of it will be read is certain
	all        sync.WaitGroup

	mu      sync.Mutex
	next    int64      // up to where it was asked for
	limit   int64      // up to where it may be
	running int        // requests
	held    []*segment // not read past yet, in order
	closed  bool
}

const (
	aheadUnits = 4 // requests at a time

	// aheadShare is which part of what was read a stream fetches ahead that may
	// end any moment: so little is in vain where somebody only looks.
	aheadShare = 4
)

// move is told of each read before it waits.
func (a *ahead) move(off, upto int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed || upto > a.end || off < a.begin {
		return // not a part of the stream: the list of files, or the ends
	}
	last := a.reader.span(upto-1, upto)
	a.next = max(a.next, last.end)
	room := a.reader.bounds.ahead
	if !a.whole {
		room = min(room, (upto-a.begin)/aheadShare)
	}
	a.limit = min(upto+room, a.end)
	a.holdTo(last.blob)
	a.letGo(off)
	a.fill()
}

// fill asks for as much as is allowed. The lock is held.
func (a *ahead) fill() {
	for !a.closed && a.running < aheadUnits && a.next < a.limit {
		s := a.reader.span(a.next, min(a.limit, a.next+a.reader.bounds.unit))
		a.next = s.end
		a.running++
		a.holdTo(s.blob)
		a.all.Go(func() { a.fetch(s) })
	}
}

// fetch gets a span once. If that fails, the stream finds out by itself when it
// comes there.
func (a *ahead) fetch(s span) {
	err := safely(func() error {
		_, _, err := a.reader.rows(s, false)
		return err
	})
	a.mu.Lock()
	defer a.mu.Unlock()
	a.running--
	if err != nil {
		a.next = min(a.next, s.begin)
		return
	}
	a.fill()
}

// holdTo keeps what is fetched of blobs up to that one. The lock is held.
func (a *ahead) holdTo(blob int) {
	from := blob
	if n := len(a.held); n > 0 {
		from = a.held[n-1].index + 1
	}
	for i := from; i <= blob; i++ {
		a.held = append(a.held, a.reader.take(i))
	}
}

// letGo releases the blobs that end before off. The lock is held.
func (a *ahead) letGo(off int64) {
	for len(a.held) > 0 && a.reader.blobs[a.held[0].index].end() <= off {
		a.reader.release(a.held[0])
		a.held = a.held[1:]
	}
}

// close ends it, once the reader's context has ended: nothing is put on a shelf
// any more when it returns.
func (a *ahead) close() {
	a.mu.Lock()
	a.closed = true
	for _, g := range a.held {
		a.reader.release(g)
	}
	a.held = nil
	a.mu.Unlock()
	a.all.Wait()
}
