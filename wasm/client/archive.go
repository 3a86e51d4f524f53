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
	files   []File
	entries []zip.Entry
	padding int64
	size    int64
}

func planArchive(files []File) (*archive, error) {
	if len(files) == 0 {
		return nil, unsupported("There is nothing to send. Choose at least one file.")
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	a := &archive{files: files}
	for i, name := range zip.CleanNames(paths) {
		a.entries = append(a.entries, zip.Entry{Name: name, Modified: files[i].Modified, Size: files[i].Size})
	}
	var err error
	a.padding, a.size, err = zip.Plan(a.entries, crypto.PaddedSize)
	if errors.Is(err, zip.ErrTooMany) {
		return nil, &Error{Code: CodeTooLarge, Message: "These are more files than one parcel can hold. Send them in several, or as one archive of your own.", Err: err}
	}
	return a, err
}

// writeTo reads the files one after the other into w.
func (a *archive) writeTo(ctx context.Context, w io.Writer) error {
	z := zip.NewWriter(w)
	for i, e := range a.entries {
		if err := a.add(ctx, z, e, a.files[i]); err != nil {
			return err
		}
	}
	if err := z.Pad(a.padding); err != nil {
		return err
	}
	return z.Close()
}

func (a *archive) add(ctx context.Context, z *zip.Writer, e zip.Entry, f File) error {
	dst, err := z.Add(e.Name, e.Modified, e.Size)
	if err != nil {
		return err
	}
	src, err := f.Open()
	if err != nil {
		return unreadable(e.Name, err)
	}
	defer src.Close()
	n, err := io.Copy(dst, &fileReader{ctx: ctx, src: src})
	var failed *readError
	switch {
	case errors.As(err, &failed):
		return unreadable(e.Name, failed.err)
	case errors.Is(err, zip.ErrLength) || err == nil && n != e.Size:
		return unreadable(e.Name, fmt.Errorf("%w while it was sent", zip.ErrLength))
	}
	return err
}

// fileReader marks errors of a file, so that they aren't taken for others.
type fileReader struct {
	ctx context.Context
	src io.Reader
}

type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }

func (r *fileReader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	n, err := r.src.Read(p)
	if err != nil && err != io.EOF {
		err = &readError{err}
	}
	return n, err
}

func unreadable(name string, err error) error {
	return &Error{
		Code:    CodeUnsupported,
		Message: fmt.Sprintf("“%s” can't be read, or changed while it was being sent. Nothing was finished; choose it again.", zip.DisplayName(name)),
		Err:     err,
	}
}

// seal starts sealing the archive; what it returns gives the ciphertext. Closing
// it ends the sealing.
func (s *sending) seal(ctx context.Context) *io.PipeReader {
	r, w := io.Pipe()
	go func() { w.CloseWithError(s.sealTo(ctx, w)) }()
	return r
}

func (s *sending) sealTo(ctx context.Context, w io.Writer) error {
	sealed, err := crypto.Seal(w, s.parcel.Recipient())
	if err != nil {
		return err
	}
	if err := s.archive.writeTo(ctx, sealed); err != nil {
		return err
	}
	return sealed.Close()
}
