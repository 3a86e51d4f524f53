package crypto

import (
	"bytes"
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
	src = source{src}
	var read bytes.Buffer
	header, err := age.ExtractHeader(io.TeeReader(src, &read))
	if err != nil {
		return nil, openError(err)
	}
	// A header has one form, so that its length here is its length there.
	read.Next(len(header))
	src = io.MultiReader(&read, src)
	c, err := openHeader(header, src, ids)
	if err != nil {
		return nil, openError(err)
	}
	return &opener{src: src, chunks: c}, nil
}

// openHeader reads the nonce behind a header whose MAC it has age check.
func openHeader(header []byte, src io.Reader, ids []age.Identity) (*chunks, error) {
	fileKey, err := age.DecryptHeader(header, ids...)
	if err != nil {
		return nil, err
	}
	var nonce [nonceSize]byte
	if _, err := io.ReadFull(src, nonce[:]); err != nil {
		return nil, fmt.Errorf("couldn't read the nonce: %w", noEOF(err))
	}
	return newChunks(fileKey, nonce[:]), nil
}

// OpenAt is Open for a file of size bytes read in any order, as a ZIP's
// directory wants it. It returns the length of the plaintext, which is
// authentic: the file's last 64 KiB are read at once. The ReaderAt can be used
// concurrently. Only what was read is checked. Long reads ask src for several
// chunks at once.
func OpenAt(src io.ReaderAt, size int64, ids ...age.Identity) (io.ReaderAt, int64, error) {
	r, err := openAt(sourceAt{src}, size, ids)
	if err != nil {
		return nil, 0, openError(err)
	}
	return r, r.size, nil
}

func openAt(src io.ReaderAt, size int64, ids []age.Identity) (*openerAt, error) {
	header, err := age.ExtractHeader(io.NewSectionReader(src, 0, size))
	if err != nil {
		return nil, err
	}
	begin := int64(len(header))
	c, err := openHeader(header, io.NewSectionReader(src, begin, size-begin), ids)
	if err != nil {
		return nil, err
	}
	begin += nonceSize
	return newOpenerAt(c, io.NewSectionReader(src, begin, size-begin))
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

// noEOF is err where an end comes too early.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
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
