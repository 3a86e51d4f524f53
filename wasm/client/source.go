package client

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"floe/codec"
	"floe/server/api"
)

// source reads a parcel's ciphertext in any order out of its blobs, which it
// gets from the relay and verifies. What was read last is kept for a while, so
// that neighbouring reads fetch nothing twice.
type source struct {
	client *Client
	net    *network
	blobs  []sourceBlob
	size   int64

	mu     sync.Mutex // taken before a segment's
	recent []*segment // last used first

	hearing sync.Mutex        // taken after a segment's
	silent  map[int]time.Time // nodes that gave no answer, and when

	rebuilds chan struct{} // holds as many as may be rebuilt at a time
	bounds   bounds
}

// bounds say how much is in memory. Tests make them smaller.
type bounds struct {
	kept  int   // bytes of blobs that nobody is reading
	ahead int64 // bytes that a stream fetches ahead …
	unit  int64 // … and asks for at a time, unless a row is larger
	shelf int64 // bytes that a read must have for the shelf to be worth the trouble
}

var usualBounds = bounds{kept: 16 << 20, ahead: 16 << 20, unit: 4 << 20, shelf: 64 << 20}

// sourceBlob is one blob of the statement and where its bytes stand.
type sourceBlob struct {
	api.StatementBlob
	offset int64
}

func (b *sourceBlob) end() int64 { return b.offset + int64(b.Size) }

const (
	keptSegments = 16               // that nobody is reading: few rows, but metadata too
	rebuildBytes = 64 << 20         // that rebuilding may take at a time, twice a blob each
	silenceKept  = 10 * time.Second // how long a silent node isn't asked first
)

func newSource(c *Client, net *network, blobs []api.StatementBlob) *source {
	src := &source{client: c, net: net, silent: make(map[int]time.Time), bounds: usualBounds}
	largest := uint64(1)
	for _, b := range blobs {
		src.blobs = append(src.blobs, sourceBlob{b, src.size})
		src.size += int64(b.Size)
		largest = max(largest, b.Size)
	}
	src.rebuilds = make(chan struct{}, min(max(1, rebuildBytes/(2*largest)), 2))
	return src
}

// at returns a ReaderAt whose reads end with ctx and are told to w.
func (s *source) at(ctx context.Context, w *watch) *sourceReader {
	return &sourceReader{source: s, ctx: ctx, watch: w}
}

// sourceReader reads from a source for one purpose.
type sourceReader struct {
	*source
	ctx   context.Context
	watch *watch
	ahead *ahead // nil: nothing is fetched but what is read
	shelf Shelf  // nil: there is none
}

// ReadAt gives out verified bytes only.
func (r *sourceReader) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fmt.Errorf("couldn't read at %d", off)
	}
	if r.ahead != nil && len(p) > 0 {
		r.ahead.move(off, off+int64(len(p)))
	}
	for n < len(p) {
		at := off + int64(n)
		if at >= r.size {
			return n, io.EOF
		}
		part := r.span(at, off+int64(len(p)))
		rows, row, err := r.rows(part, true)
		if err != nil {
			return n, err
		}
		n += copyRows(p[n:], rows, int(at-part.begin), row, int(part.end-part.begin))
	}
	return n, nil
}

// copyRows copies bytes off to end of what the rows hold together.
func copyRows(p []byte, rows [][]byte, off, row, end int) (n int) {
	for n < len(p) && off+n < end {
		at := off + n
		data := rows[at/row]
		n += copy(p[n:], data[at%row:min(row, end-at/row*row)])
	}
	return n
}

// rows returns the rows of a span, and how long one is. If it persists, it goes
// on until they are there, ctx ends or nothing can help.
func (r *sourceReader) rows(s span, persist bool) ([][]byte, int, error) {
	g := r.take(s.blob)
	defer r.release(g)
	if r.shelf != nil {
		g.unshelve(r.ctx, r.shelf)
	}
	get := g.try
	if persist {
		get = g.want
	}
	rows, err := get(r.ctx, r.watch, s.first, s.until)
	if err == nil && r.shelf != nil {
		g.keepOn(r.ctx, r.shelf)
	}
	return rows, g.row, err
}

// span is what rows of one blob hold of the ciphertext.
type span struct {
	blob         int
	first, until int   // rows
	begin, end   int64 // of the ciphertext, where the rows begin and end
}

// span returns the rows of one blob that hold the byte at and what follows up to
// upto, as far as it is in that blob.
func (s *source) span(at, upto int64) span {
	i := s.find(at)
	b := &s.blobs[i]
	row := int64(s.rowSize(b.Size))
	out := span{blob: i}
	out.first = int((at - b.offset) / row)
	out.until = int((min(upto, b.end())-b.offset-1)/row) + 1
	out.begin = b.offset + int64(out.first)*row
	out.end = min(b.offset+int64(out.until)*row, b.end())
	return out
}

// spans returns all rows that hold the bytes from one place to another, as far
// as there are any.
func (s *source) spans(from, upto int64) (out []span) {
	upto = min(upto, s.size)
	for from = max(from, 0); from < upto; {
		part := s.span(from, upto)
		out, from = append(out, part), part.end
	}
	return out
}

// rowSize is how many bytes of a blob a primary sliver holds; sizes were checked
// when the statement was.
func (s *source) rowSize(blob uint64) int {
	symbol, err := s.net.params.SymbolSize(blob)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return s.net.params.SliverSize(codec.Primary, symbol)
}

// find returns the blob that holds the byte at.
func (s *source) find(at int64) int {
	i, found := slices.BinarySearchFunc(s.blobs, at, func(b sourceBlob, at int64) int {
		switch {
		case b.end() <= at:
			return -1
		case b.offset > at:
			return 1
		}
		return 0
	})
	if !found {
		panic("internal error: no blob holds the byte")
	}
	return i
}

// take returns blob i to somebody who calls release when done with it.
func (s *source) take(i int) *segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.recent, func(g *segment) bool { return g.index == i })
	var g *segment
	if at >= 0 {
		g = s.recent[at]
		s.recent = slices.Delete(s.recent, at, at+1)
	} else {
		g = newSegment(s, i)
	}
	g.users++
	s.recent = slices.Insert(s.recent, 0, g)
	return g
}

// release lets go of a segment, and of those that nobody reads and that were
// used longest ago.
func (s *source) release(g *segment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g.users--
	held, idle := 0, 0
	s.recent = slices.DeleteFunc(s.recent, func(g *segment) bool {
		if g.users > 0 {
			return false
		}
		held += g.held()
		idle++
		return idle > 1 && held > s.bounds.kept || idle > keptSegments
	})
}

// heard notes whether a node answered.
func (s *source) heard(node int, answered bool) {
	s.hearing.Lock()
	defer s.hearing.Unlock()
	if answered {
		delete(s.silent, node)
	} else {
		s.silent[node] = time.Now()
	}
}

// silentNodes are those that gave no answer a moment ago.
func (s *source) silentNodes() map[int]bool {
	s.hearing.Lock()
	defer s.hearing.Unlock()
	out := make(map[int]bool, len(s.silent))
	for node, at := range s.silent {
		if time.Since(at) < silenceKept {
			out[node] = true
		}
	}
	return out
}
