package crypto

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// Open returns the plaintext of the age file read from src. Whatever it gives
// out is authentic, but only io.EOF says that it was all. Errors are
// ErrWrongIdentity, ErrDamaged, or src's own.
//
// Only binary age files are opened. Identities needn't be Floe's own; an
// age.ScryptIdentity brings its own limit of work.
func Open(src io.Reader, ids ...age.Identity) (io.Reader, error) {
	r, err := age.Decrypt(source{src}, ids...)
	if err != nil {
		return nil, openError(err)
	}
	return opened{r}, nil
}

// OpenAt is Open for a file of size bytes read in any order, as a ZIP's
// directory wants it. It returns the length of the plaintext, which is
// authentic: the file's last 64 KiB are read at once. The ReaderAt can be used
// concurrently. Only what was read is checked.
func OpenAt(src io.ReaderAt, size int64, ids ...age.Identity) (io.ReaderAt, int64, error) {
	r, n, err := age.DecryptReaderAt(sourceAt{src}, size, ids...)
	if err != nil {
		return nil, 0, openError(err)
	}
	return openedAt{r}, n, nil
}

// openError tells a wrong identity from a failing source from damage.
func openError(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	var failed *sourceError
	if errors.As(err, &failed) {
		return fmt.Errorf("couldn't read what is sealed: %w", failed.err)
	}
	var noMatch *age.NoIdentityMatchError
	if errors.As(err, &noMatch) {
		return ErrWrongIdentity
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

type opened struct{ r io.Reader }

func (o opened) Read(p []byte) (int, error) {
	n, err := o.r.Read(p)
	return n, openError(err)
}

type openedAt struct{ r io.ReaderAt }

func (o openedAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := o.r.ReadAt(p, off)
	return n, openError(err)
}

// sourceError marks an error of the source, so that it isn't taken for damage.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

func markSource(err error) error {
	if err == nil || err == io.EOF || err == io.ErrUnexpectedEOF {
		return err
	}
	return &sourceError{err}
}

type source struct{ r io.Reader }

func (s source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	return n, markSource(err)
}

type sourceAt struct{ r io.ReaderAt }

func (s sourceAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.r.ReadAt(p, off)
	return n, markSource(err)
}
