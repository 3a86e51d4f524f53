package client

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// ReadFileAt reads from one file at off and fetches no more than the slivers
// that cover it. As io.ReaderAt does, it returns io.EOF where the file ends.
func (p *Parcel) ReadFileAt(ctx context.Context, index int, b []byte, off int64, req ReadRequest) (int, error) {
	req.Whole = true
	r, err := p.OpenFile(ctx, index, off, int64(len(b)), req)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	n, err := io.ReadFull(r, b)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}

// OpenFile returns the bytes of one file from off on, at most length of them.
// Closing it ends the reading. Whatever it gives out is as the sender sealed it;
// io.EOF says that it was all and, where the whole file was asked for, that its
// checksum fits too.
func (p *Parcel) OpenFile(ctx context.Context, index int, off, length int64, req ReadRequest) (io.ReadCloser, error) {
	if index < 0 || index >= len(p.Files) || off < 0 || length < 0 {
		return nil, explain(fmt.Errorf("the parcel has no %d bytes at %d of file %d", length, off, index))
	}
	f := p.archive.Files[index]
	length = max(0, min(length, f.Size-off))
	begin, end := f.Span()
	if length < f.Size {
		begin = f.Data() + off
		end = begin + length
	}
	return p.open(ctx, begin, end, length, &req, func(plain io.ReaderAt) (io.Reader, error) {
		if length < f.Size {
			return io.NewSectionReader(plain, begin, length), nil
		}
		return f.In(plain).Open()
	})
}

// ZipSize is how long the ZIP is that WriteZip writes.
func (p *Parcel) ZipSize() int64 { return p.archive.Size() }

// OpenZip returns the bytes of that ZIP from off on, at most length of them, on
// the terms of OpenFile; so one can be gone on with that was broken off.
func (p *Parcel) OpenZip(ctx context.Context, off, length int64, req ReadRequest) (io.ReadCloser, error) {
	if off < 0 || length < 0 {
		return nil, explain(fmt.Errorf("the parcel has no %d bytes at %d", length, off))
	}
	length = max(0, min(length, p.ZipSize()-off))
	return p.open(ctx, off, off+length, length, &req, func(plain io.ReaderAt) (io.Reader, error) {
		all := p.archive.In(plain).From(off)
		if off+length < p.ZipSize() {
			all = io.LimitReader(all, length)
		}
		return all, nil
	})
}

// open returns what read makes of the archive from begin to end, total bytes.
func (p *Parcel) open(ctx context.Context, begin, end, total int64, req *ReadRequest, read func(io.ReaderAt) (io.Reader, error)) (io.ReadCloser, error) {
	w := p.watch(*req, total)
	s, err := p.stream(ctx, w, begin, end, req)
	if err != nil {
		return nil, explain(opened(err))
	}
	data, err := read(s.plain)
	if err != nil {
		s.close()
		return nil, explain(opened(err))
	}
	return &opening{stream: s, data: &meteredReader{data, w.meter}}, nil
}

// opening is a part of a parcel being read.
type opening struct {
	stream *stream

	mu   sync.Mutex // held while it is read
	data io.Reader  // nil: closed
}

func (o *opening) Read(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.data == nil {
		return 0, explain(context.Canceled)
	}
	return o.data.Read(b)
}

// Close ends the reading at once, from anywhere.
func (o *opening) Close() error {
	o.stream.cancel()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.data != nil {
		o.data = nil
		o.stream.close()
	}
	return nil
}
