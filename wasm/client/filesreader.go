package client

import (
	"context"
	"errors"
	"fmt"
	"io"

	"floe/crypto"
	"floe/wasm/client/zip"
)

const (
	// copyBuffer is how much of a file is read at once: some of age's chunks, which
	// are sealed faster together.
	copyBuffer = 4 * crypto.ChunkSize

	filesAhead = 16      // opened before they are read, at most …
	bytesAhead = 1 << 20 // … and so many bytes of them
)

// filesReader reads an archive's files for one pass over it. Small ones are
// opened some ahead: a browser fetches a file's first bytes when it is opened,
// which takes it longer than reading them.
type filesReader struct {
	archive *archive
	ctx     context.Context
	buffer  []byte
	ahead   []openedFile // that come next, in order, none left out
	bytes   int64        // of those
}

// openedFile is a file that was opened, or why it couldn't be.
type openedFile struct {
	index int
	src   io.ReadCloser
	err   error
}

func newFilesReader(ctx context.Context, a *archive) *filesReader {
	return &filesReader{archive: a, ctx: ctx, buffer: make([]byte, copyBuffer)}
}

// close lets go of the files that were opened ahead.
func (r *filesReader) close() {
	for _, f := range r.ahead {
		if f.err == nil {
			f.src.Close()
		}
	}
	r.ahead, r.bytes = nil, 0
}

// write writes the bytes of file i from an offset on; it is a [zip.FileFunc].
func (r *filesReader) write(dst io.Writer, i int, off int64) error {
	src, err := r.open(i, off)
	if err != nil {
		return r.archive.unreadable(i, err)
	}
	defer src.Close()
	for left := r.archive.files[i].Size - off; ; {
		n, err := src.Read(r.buffer)
		left -= int64(n)
		if _, failed := dst.Write(r.buffer[:n]); failed != nil {
			return r.archive.writing(i, failed)
		}
		switch {
		case r.ctx.Err() != nil:
			return context.Cause(r.ctx)
		case errors.Is(err, io.EOF) && left > 0:
			return r.archive.unreadable(i, fmt.Errorf("%w: %d bytes are missing", zip.ErrLength, left))
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return r.archive.unreadable(i, err)
		}
	}
}

// open opens a file to read it from an offset on, and some of those that follow.
func (r *filesReader) open(i int, off int64) (io.ReadCloser, error) {
	if off > 0 {
		return r.archive.openAt(r.ctx, i, off)
	}
	if len(r.ahead) == 0 || r.ahead[0].index != i {
		r.close()
		r.next(i)
	}
	f := r.ahead[0]
	r.ahead = r.ahead[1:]
	r.bytes -= r.archive.files[i].Size
	for n := i + 1 + len(r.ahead); r.mayOpen(n); n++ {
		r.next(n)
	}
	return f.src, f.err
}

// mayOpen says whether file i may be opened before those in front of it are read.
func (r *filesReader) mayOpen(i int) bool {
	return i < len(r.archive.files) && len(r.ahead) < filesAhead && r.bytes+r.archive.files[i].Size <= bytesAhead
}

// next opens file i, which follows what is open.
func (r *filesReader) next(i int) {
	f := openedFile{index: i}
	f.src, f.err = r.archive.files[i].Open()
	r.ahead = append(r.ahead, f)
	r.bytes += r.archive.files[i].Size
}

// openAt opens a file to read it from an offset on.
func (a *archive) openAt(ctx context.Context, i int, off int64) (io.ReadCloser, error) {
	f := a.files[i]
	if f.OpenAt != nil {
		return f.OpenAt(off)
	}
	src, err := f.Open()
	if err != nil {
		return nil, err
	}
	if err := skip(ctx, src, off); err != nil {
		src.Close()
		return nil, err
	}
	return src, nil
}

// skip reads past what isn't wanted; a file that ends before has changed.
func skip(ctx context.Context, src io.Reader, n int64) error {
	for n > 0 {
		m, err := io.CopyN(io.Discard, src, min(n, 1<<20))
		if n -= m; errors.Is(err, io.EOF) {
			return zip.ErrLength
		}
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
