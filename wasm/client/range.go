package client

import (
	"context"
	"fmt"
	"io"
)

// ReadFileAt reads from one file at off and fetches no more than the slivers
// that cover it. As io.ReaderAt does, it returns io.EOF where the file ends.
func (p *Parcel) ReadFileAt(ctx context.Context, index int, b []byte, off int64, req ReadRequest) (int, error) {
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
// Closing it ends the reading.
func (p *Parcel) OpenFile(ctx context.Context, index int, off, length int64, req ReadRequest) (io.ReadCloser, error) {
	if index < 0 || index >= len(p.Files) || off < 0 || length < 0 {
		return nil, explain(fmt.Errorf("the parcel has no %d bytes at %d of file %d", length, off, index))
	}
	length = max(0, min(length, p.Files[index].Size-off))
	w := p.watch(req, length)
	plain, _, _, err := p.unseal(ctx, w)
	if err != nil {
		return nil, explain(opened(err))
	}
	begin := p.archive.Files[index].Data() + off
	return io.NopCloser(io.NewSectionReader(plain, begin, length)), nil
}

// ZipSize is how long the ZIP is that WriteZip writes.
func (p *Parcel) ZipSize() int64 { return p.plainSize() }

// OpenZip returns the bytes of that ZIP from off on, at most length of them.
func (p *Parcel) OpenZip(ctx context.Context, off, length int64, req ReadRequest) (io.ReadCloser, error) {
	if off < 0 || length < 0 {
		return nil, explain(fmt.Errorf("the parcel has no %d bytes at %d", length, off))
	}
	length = max(0, min(length, p.ZipSize()-off))
	plain, _, _, err := p.unseal(ctx, p.watch(req, length))
	if err != nil {
		return nil, explain(opened(err))
	}
	return io.NopCloser(io.NewSectionReader(plain, off, length)), nil
}
