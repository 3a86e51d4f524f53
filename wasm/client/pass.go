package client

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/blake2b"

	"floe/wasm/client/zip"
)

// mark is where the ciphertext can be gone on with: before a segment.
type mark struct {
	segment int
	sum     zip.Sum  // at the beginning of the chunk that the segment begins in
	head    [32]byte // hash of that chunk's bytes before the segment
}

// sealSegments seals the segments first ≤ i < end, one after the other, and
// hands each to yield, which may keep it. With a begin, checksums are learnt on
// the way, and where the next segment goes on is returned; without, they must be
// known from before.
func (s *sending) sealSegments(ctx context.Context, first, end int, begin *mark, yield func(i int, sealed []byte) error) (next mark, err error) {
	from, to := s.plan.offset(first), s.plan.offset(end)
	chunk, at := chunkOf(from)
	c := &cutter{plan: s.plan, from: from, to: to, segment: first, buffer: s.buffer, yield: yield}
	w := s.sealing.Writer(c)
	if chunk > 0 {
		c.at, w = at, s.sealing.WriterFrom(c, chunk)
	}
	files := newFilesReader(ctx, s.archive)
	defer files.close()
	if begin != nil {
		c.head = &begin.head
		next = mark{segment: end, sum: zip.Sum{Offset: plainAt(to)}}
		err = s.archive.SumFrom(w, begin.sum, []*zip.Sum{&next.sum}, files.write)
	} else {
		err = s.archive.WriteFrom(w, plainAt(from), files.write)
	}
	if err == nil {
		err = w.Close()
	}
	switch {
	case errors.Is(err, errHeadChanged):
		return next, s.archive.changedBetween(plainAt(from), plainOf(from), err)
	case errors.Is(err, errEnough):
		err = nil
	case err == nil && c.at != s.plan.sealed:
		err = fmt.Errorf("%d bytes were sealed, %d were planned", c.at, s.plan.sealed)
	}
	next.head = c.tail
	return next, err
}

// cutter takes a ciphertext, whole chunks at a time, and cuts it into segments.
type cutter struct {
	plan     *plan
	at       int64 // offset of what comes next
	from, to int64 // what is wanted
	head     *[32]byte
	tail     [32]byte // hash of the last chunk's bytes before to
	segment  int
	sealed   []byte // of it, so far
	buffer   func(size int64) []byte
	yield    func(i int, sealed []byte) error
}

var (
	errEnough      = errors.New("all that was wanted is sealed")
	errHeadChanged = errors.New("a chunk was sealed differently before")
)

func (c *cutter) Write(p []byte) (int, error) {
	at := c.at
	c.at += int64(len(p))
	if _, begin := chunkOf(c.from); begin == at && at < c.from && c.head != nil {
		if blake2b.Sum256(p[:c.from-at]) != *c.head {
			return 0, errHeadChanged
		}
	}
	for off := max(at, c.from); off < min(c.at, c.to); {
		n, err := c.take(p[off-at : min(c.at, c.to)-at])
		if err != nil {
			return 0, err
		}
		off += int64(n)
	}
	if c.at < c.to || c.to == c.plan.sealed {
		return len(p), nil
	}
	_, begin := chunkOf(c.to)
	if begin < at {
		return 0, errors.New("age's chunks don't come whole")
	}
	c.tail = blake2b.Sum256(p[begin-at : c.to-at])
	return 0, errEnough
}

// take puts some of b into the segment at hand, which it hands on once it is
// whole.
func (c *cutter) take(b []byte) (int, error) {
	size := c.plan.length(c.segment)
	if c.sealed == nil {
		c.sealed = c.buffer(size)
	}
	n := min(len(b), int(size)-len(c.sealed))
	c.sealed = append(c.sealed, b[:n]...)
	if int64(len(c.sealed)) < size {
		return n, nil
	}
	whole := c.sealed
	c.sealed = nil
	c.segment++
	return n, c.yield(c.segment-1, whole)
}

var _ io.Writer = (*cutter)(nil)
