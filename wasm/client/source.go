package client

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"

	"floe/codec"
	"floe/server/api"
)

// source reads a parcel's ciphertext in any order out of its blobs, which it
// gets from the relay and verifies. It keeps the few it used last.
type source struct {
	client *Client
	net    *network
	blobs  []sourceBlob
	size   int64

	mu     sync.Mutex
	recent []*segment // last used first
}

// sourceBlob is one blob of the statement and where its bytes stand.
type sourceBlob struct {
	api.StatementBlob
	offset int64
}

// keptSegments bounds the memory of a source: what is being read, and the ends
// with the header and the list of files.
const keptSegments = 3

func newSource(c *Client, net *network, s *api.Statement) *source {
	src := &source{client: c, net: net}
	for _, b := range s.Blobs {
		src.blobs = append(src.blobs, sourceBlob{b, src.size})
		src.size += int64(b.Size)
	}
	return src
}

// at returns a ReaderAt whose reads end with ctx and are told to w.
func (s *source) at(ctx context.Context, w *watch) *sourceReader {
	return &sourceReader{source: s, ctx: ctx, watch: w}
}

type sourceReader struct {
	*source
	ctx   context.Context
	watch *watch
	end   int64 // where the reads to come will end: a blob is fetched up to there at once; 0: only what is read
}

// ReadAt gives out verified bytes only.
func (r *sourceReader) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fmt.Errorf("couldn't read at %d", off)
	}
	for n < len(p) {
		at := off + int64(n)
		if at >= r.size {
			return n, io.EOF
		}
		i := r.find(at)
		b := r.blobs[i]
		begin := uint64(at - b.offset)
		length := min(uint64(len(p)-n), b.Size-begin)
		ahead := uint64(max(0, min(r.end-b.offset, int64(b.Size))))
		seg := r.segment(i)
		if err := seg.fetch(r.ctx, r.watch, begin, begin+length, max(begin+length, ahead)); err != nil {
			return n, err
		}
		n += seg.copy(p[n:n+int(length)], begin)
	}
	return n, nil
}

// find returns the blob that holds the byte at.
func (s *source) find(at int64) int {
	i, found := slices.BinarySearchFunc(s.blobs, at, func(b sourceBlob, at int64) int {
		switch {
		case b.offset+int64(b.Size) <= at:
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

// segment returns blob i and lets go of those not used for long.
func (s *source) segment(i int) *segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.recent, func(g *segment) bool { return g.index == i })
	var g *segment
	if at >= 0 {
		g = s.recent[at]
		s.recent = slices.Delete(s.recent, at, at+1)
	} else {
		g = &segment{source: s, index: i, id: codec.BlobID(s.blobs[i].BlobID), size: s.blobs[i].Size}
	}
	s.recent = slices.Insert(s.recent, 0, g)
	if len(s.recent) > keptSegments {
		s.recent = s.recent[:keptSegments]
	}
	return g
}
