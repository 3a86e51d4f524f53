package client

import (
	"context"
	"fmt"
	"io"

	"floe/codec"
)

// ReadFiles reads files in one go: those of the indices, which ascend. Each is
// handed to take, that reads it to its end: only io.EOF says that it was all and
// as the sender sealed it. An error of take's ends it, and is returned as it is.
func (p *Parcel) ReadFiles(ctx context.Context, indices []int, req ReadRequest, take func(f FileInfo, data io.Reader) error) error {
	req.Whole = true
	total, last := int64(0), -1
	for _, i := range indices {
		if i <= last || i >= len(p.Files) {
			return explain(fmt.Errorf("the parcel has no file %d after file %d", i, last))
		}
		total, last = total+p.Files[i].Size, i
	}
	w := p.watch(req, total)
	for len(indices) > 0 {
		n := 1
		for n < len(indices) && indices[n] == indices[n-1]+1 {
			n++
		}
		if err := p.readRun(ctx, w, indices[:n], &req, take); err != nil {
			return err
		}
		indices = indices[n:]
	}
	return nil
}

// readRun reads files that follow each other.
func (p *Parcel) readRun(ctx context.Context, w *watch, indices []int, req *ReadRequest, take func(FileInfo, io.Reader) error) error {
	begin, _ := p.archive.Files[indices[0]].Span()
	_, end := p.archive.Files[indices[len(indices)-1]].Span()
	s, err := p.stream(ctx, w, begin, end, req)
	if err != nil {
		return explain(opened(err))
	}
	defer s.close()
	for _, i := range indices {
		data, err := p.archive.Files[i].In(s.plain).Open()
		if err != nil {
			return explain(opened(err))
		}
		if err := take(p.Files[i], &meteredReader{data, w.meter}); err != nil {
			return err
		}
	}
	return nil
}

// meteredReader counts what was opened and checked.
type meteredReader struct {
	src   io.Reader
	meter *meter
}

func (m *meteredReader) Read(b []byte) (int, error) {
	n, err := m.src.Read(b)
	m.meter.update(func(now *Progress) { now.Acked += int64(n) })
	if err != nil && err != io.EOF {
		err = explain(opened(err))
	}
	return n, err
}

// Blobs lists the parcel's blobs, in order.
func (p *Parcel) Blobs() []codec.BlobID {
	ids := make([]codec.BlobID, len(p.source.blobs))
	for i, b := range p.source.blobs {
		ids[i] = b.BlobID
	}
	return ids
}

// BlobsBefore is how many of them nothing but the files before an index needs:
// once those are saved, a shelf may drop them.
func (p *Parcel) BlobsBefore(index int) int {
	if index >= len(p.archive.Files) {
		return len(p.source.blobs)
	}
	begin, _ := p.archive.Files[index].Span()
	return p.source.find(p.sealedAt(begin))
}
