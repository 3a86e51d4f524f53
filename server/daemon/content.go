package daemon

import (
	"context"
	"fmt"
	"io"

	"floe/codec"
)

const linesAtOnce = 16 // slivers fetched ahead for one reader, at most

// content is what an address names: bytes that lie one behind the other in the
// lines of a blob. A blob lies in its rows, a file of a quilt in its columns.
type content struct {
	*reading
	kind   codec.Kind
	first  int    // line
	offset uint64 // within that line
	size   uint64
	entire bool // reads of all of it must find the padding as it should be
}

// blob is the content of a whole blob.
func (r *reading) blob() *content {
	return &content{reading: r, kind: codec.Primary, size: r.metadata.Size, entire: true}
}

// stream fetches the lines of n bytes at an offset, the next ones while earlier
// ones are used.
type stream struct {
	c      *content
	ctx    context.Context
	cancel context.CancelFunc
	skip   int // bytes of the first line
	left   uint64
	queue  chan chan line
	ready  [][]byte // lines that came before the first byte was sent
}

type line struct {
	data []byte
	err  error
}

// open starts to fetch, and returns once the first lines are there and
// verified: as many as may be held, which is all where there are few. Until
// then nothing is promised to the caller. Who gets a stream closes it.
func (c *content) open(ctx context.Context, off, n uint64) (*stream, error) {
	ctx, cancel := context.WithCancel(ctx)
	s := &stream{c: c, ctx: ctx, cancel: cancel, left: n}
	if n == 0 {
		return s, nil
	}
	length := uint64(c.length(c.kind))
	begin := c.offset + off
	first, end := c.first+int(begin/length), c.first+int((begin+n-1)/length)+1
	s.skip = int(begin % length)
	window := max(1, min(linesAtOnce, c.d.cfg.ReadAhead/int(length))/2)
	s.queue = make(chan chan line, window-1)
	go s.fetch(first, end)
	for range min(window, end-first) {
		b, err := s.next()
		if err != nil {
			s.close()
			return nil, err
		}
		s.ready = append(s.ready, b)
	}
	return s, nil
}

// fetch hands out lines in order; as many are fetched as the queue holds.
func (s *stream) fetch(first, end int) {
	defer close(s.queue)
	for i := first; i < end; i++ {
		one := make(chan line, 1)
		select {
		case s.queue <- one:
		case <-s.ctx.Done():
			return
		}
		if b, ok := s.c.kept[i]; ok {
			one <- line{b, nil}
			continue
		}
		go func() { one <- s.get(i) }()
	}
}

func (s *stream) get(i int) (l line) {
	defer caught(&l.err)
	l.data, l.err = s.c.line(s.ctx, s.c.kind, i)
	return l
}

func (s *stream) next() ([]byte, error) {
	select {
	case one, ok := <-s.queue:
		if !ok {
			return nil, s.ctx.Err()
		}
		select {
		case l := <-one:
			return l.data, l.err
		case <-s.ctx.Done():
			return nil, s.ctx.Err()
		}
	case <-s.ctx.Done():
		return nil, s.ctx.Err()
	}
}

// copyTo sends what was opened.
func (s *stream) copyTo(to io.Writer) error {
	for s.left > 0 {
		var b []byte
		var err error
		if len(s.ready) > 0 {
			b, s.ready = s.ready[0], s.ready[1:]
		} else if b, err = s.next(); err != nil {
			return err
		}
		b = b[s.skip:]
		b = b[:min(uint64(len(b)), s.left)]
		s.skip, s.left = 0, s.left-uint64(len(b))
		if _, err := to.Write(b); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) close() { s.cancel() }

// check is the consistency check of reads of a whole blob: rows that were
// fetched are verified, so that only the padding is left to look at. In the last
// row with data it is looked at before the first byte is sent.
func (c *content) check(ctx context.Context) error {
	if !c.entire {
		return nil
	}
	if err := c.padded(); err != nil {
		return err
	}
	row := uint64(c.length(codec.Primary))
	within := c.size % row
	if within == 0 {
		return nil
	}
	last, err := c.line(ctx, codec.Primary, int(c.size/row))
	if err != nil {
		return err
	}
	c.kept[int(c.size/row)] = last
	for _, b := range last[within:] {
		if b != 0 {
			return fmt.Errorf("%w: its padding isn't zero", codec.ErrInconsistent)
		}
	}
	return nil
}
