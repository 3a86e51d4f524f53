package client

import (
	"context"
	"errors"
	"fmt"
	"io"

	"floe/crypto"
	"floe/wasm/client/zip"
)

// archive is the ZIP of the files to send, planned to the byte before any of
// them is read.
type archive struct {
	*zip.Layout
	files []File
}

func planArchive(files []File) (*archive, error) {
	if len(files) == 0 {
		return nil, unsupported("There is nothing to send. Choose at least one file.")
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	entries := make([]zip.Entry, len(files))
	for i, name := range zip.CleanNames(paths) {
		entries[i] = zip.Entry{Name: name, Modified: files[i].Modified, Size: files[i].Size}
	}
	layout, err := zip.NewLayout(entries, crypto.PaddedSize)
	if errors.Is(err, zip.ErrTooMany) {
		return nil, &Error{Code: CodeTooLarge, Message: "These are more files than one parcel can hold. Send them in several, or as one archive of your own.", Err: err}
	}
	return &archive{layout, files}, err
}

// copyBuffer is how much of a file is read at once: some of age's chunks, which
// are sealed faster together.
const copyBuffer = 4 * crypto.ChunkSize

// file returns what writes the files' bytes into an archive.
func (a *archive) file(ctx context.Context) zip.FileFunc {
	buffer := make([]byte, copyBuffer)
	return func(dst io.Writer, i int, off int64) error {
		src, err := a.open(ctx, i, off)
		if err != nil {
			return err
		}
		defer src.Close()
		for left := a.files[i].Size - off; ; {
			n, err := src.Read(buffer)
			left -= int64(n)
			if _, failed := dst.Write(buffer[:n]); failed != nil {
				return a.writing(i, failed)
			}
			switch {
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case errors.Is(err, io.EOF) && left > 0:
				return a.unreadable(i, fmt.Errorf("%w: %d bytes are missing", zip.ErrLength, left))
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return a.unreadable(i, err)
			}
		}
	}
}

// open opens a file to read it from an offset on.
func (a *archive) open(ctx context.Context, i int, off int64) (io.ReadCloser, error) {
	f := a.files[i]
	if off > 0 && f.OpenAt != nil {
		src, err := f.OpenAt(off)
		return src, a.unreadable(i, err)
	}
	src, err := f.Open()
	if err != nil {
		return nil, a.unreadable(i, err)
	}
	if err := skip(ctx, src, off); err != nil {
		src.Close()
		return nil, a.unreadable(i, err)
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

// writing explains an error of writing file i, if it is the file's doing.
func (a *archive) writing(i int, err error) error {
	if errors.Is(err, zip.ErrLength) {
		return a.unreadable(i, err)
	}
	return err
}

// unreadable is the error for file i: it can't be read, or has changed. err may
// be nil or an *Error already.
func (a *archive) unreadable(i int, err error) error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, zip.ErrLength):
		return altered(quoted(a.Entry(i).Name), err)
	}
	return &Error{
		Code:    CodeUnsupported,
		Message: fmt.Sprintf("%s can't be read, or changed while it was being sent. Nothing was finished; choose it again.", quoted(a.Entry(i).Name)),
		Err:     err,
	}
}

func quoted(name string) string { return "“" + zip.DisplayName(name) + "”" }

// altered is the error for files that aren't what they were when sending began.
func altered(which string, err error) error {
	return &Error{
		Code:    CodeChanged,
		Message: which + " can't be read as it was when sending began: it has changed. Nothing was finished; send anew.",
		Err:     err,
	}
}

// changedBetween is changed for some bytes of the archive.
func (a *archive) changedBetween(from, to int64, err error) error {
	first, end := a.Span(from, to)
	switch end - first {
	case 0:
		return altered("One of these files", err)
	case 1:
		return altered(quoted(a.Entry(first).Name), err)
	}
	return altered(fmt.Sprintf("%s, %s or a file between them", quoted(a.Entry(first).Name), quoted(a.Entry(end-1).Name)), err)
}
