package crypto

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"filippo.io/age"
)

// Seal writes an age file to dst: what is written to the returned writer, sealed
// to a parcel's recipient alone. The file is complete only once Close has
// returned without an error; Close doesn't close dst.
func Seal(dst io.Writer, to *age.HybridRecipient) (io.WriteCloser, error) {
	s, err := NewSealing(to)
	if err != nil {
		return nil, err
	}
	w := s.Writer(dst).(*sealer)
	if err := w.begin(); err != nil {
		return nil, err
	}
	return w, nil
}

// Sealing is one age file in the making: its header, file key and nonce. Under
// one Sealing the same plaintext always gives the same ciphertext, so that parts
// of it can be made again.
//
// Two plaintexts that differ must never be sealed under one Sealing: where both
// become known, so does what they differ in, and chunks can be forged. Whoever
// seals a part again has to make sure, before anything leaves the device, that
// it reads what it read before.
type Sealing struct {
	fileKey []byte
	header  []byte // all of the file before its first chunk
	chunks  *chunks
}

const (
	fileKeySize = 16
	nonceSize   = 16
)

// NewSealing begins an age file sealed to a parcel's recipient alone.
func NewSealing(to *age.HybridRecipient) (*Sealing, error) {
	var header bytes.Buffer
	r := &keptKey{to: to}
	if _, err := age.Encrypt(&header, r); err != nil {
		return nil, fmt.Errorf("couldn't begin to seal: %w", err)
	}
	return newSealing(r.fileKey, header.Bytes())
}

func newSealing(fileKey, header []byte) (*Sealing, error) {
	if len(fileKey) != fileKeySize || len(header) != HeaderSize {
		return nil, errMalformedSealing
	}
	return &Sealing{fileKey, header, newChunks(fileKey, header[HeaderSize-nonceSize:])}, nil
}

// keptKey is a recipient that keeps the file key that age made.
type keptKey struct {
	to      *age.HybridRecipient
	fileKey []byte
}

func (k *keptKey) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	k.fileKey = slices.Clone(fileKey)
	return k.to.Wrap(fileKey)
}

func (k *keptKey) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	k.fileKey = slices.Clone(fileKey)
	return k.to.WrapWithLabels(fileKey)
}

// Writer writes the whole file to dst, as Seal does.
func (s *Sealing) Writer(dst io.Writer) io.WriteCloser {
	return &sealer{dst: dst, chunks: s.chunks, header: s.header}
}

// WriterFrom goes on with the file at its chunk number chunk, counted from 0:
// what is written to it are the bytes of the plaintext from chunk · ChunkSize
// on, at least one unless the plaintext is empty. It writes no header.
func (s *Sealing) WriterFrom(dst io.Writer, chunk int64) io.WriteCloser {
	return &sealer{dst: dst, chunks: s.chunks, index: chunk}
}

// Marshal returns s for ParseSealing. It contains the file key, which opens
// what is sealed: whoever keeps it must wrap it.
func (s *Sealing) Marshal() []byte { return slices.Concat(s.fileKey, s.header) }

var errMalformedSealing = errors.New("malformed sealing")

// ParseSealing reads what Marshal wrote.
func ParseSealing(b []byte) (*Sealing, error) {
	if len(b) != fileKeySize+HeaderSize {
		return nil, errMalformedSealing
	}
	b = slices.Clone(b)
	fileKey, header := b[:fileKeySize], b[fileKeySize:]
	// This checks the header's MAC: it belongs to the file key.
	if _, err := age.DecryptHeader(header, age.NewInjectedFileKeyIdentity(fileKey)); err != nil {
		return nil, errMalformedSealing
	}
	return newSealing(fileKey, header)
}

// Format keeps the file key out of logs and errors whatever the verb.
func (s Sealing) Format(f fmt.State, _ rune) { f.Write([]byte("[sealing]")) }
