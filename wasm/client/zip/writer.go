package zip

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Writer writes an archive from its beginning to its end, holding nothing but
// the directory in memory. After an error it returns that error for ever.
type Writer struct {
	dst     io.Writer
	at      measure
	names   *nameSet
	headers []header
	left    int64 // bytes the last entry still wants
	padding int64
	padded  bool
	err     error
}

// NewWriter returns a Writer that writes to dst.
func NewWriter(dst io.Writer) *Writer {
	return &Writer{dst: dst, names: newNameSet()}
}

var errOrder = errors.New("archive written in the wrong order")

// Add begins the next entry. Exactly size bytes must be written to what it
// returns before the next call of Add, Pad or Close.
func (w *Writer) Add(name string, modified time.Time, size int64) (io.Writer, error) {
	if err := w.finish(); err != nil {
		return nil, err
	}
	if w.padded {
		return nil, w.fail(errOrder)
	}
	h := header{Entry: Entry{name, modified, size}}
	err := CheckName(name)
	if err == nil {
		err = w.names.add(name)
	}
	if err == nil {
		err = w.at.add(&h)
	}
	if err != nil {
		return nil, w.fail(fmt.Errorf("couldn't add file %d: %w", len(w.headers), err))
	}
	if err := w.write(h.appendLocal(nil)); err != nil {
		return nil, err
	}
	w.headers = append(w.headers, h)
	w.left = size
	return &entryWriter{w, len(w.headers) - 1}, nil
}

// Pad writes n zeros behind the last entry.
func (w *Writer) Pad(n int64) error {
	if err := w.finish(); err != nil {
		return err
	}
	if w.padded || n < 0 || n > maxArchive {
		return w.fail(errOrder)
	}
	w.padded, w.padding = true, n
	zeros := make([]byte, min(n, 32<<10))
	for n > 0 {
		part := zeros[:min(n, int64(len(zeros)))]
		if err := w.write(part); err != nil {
			return err
		}
		n -= int64(len(part))
	}
	return nil
}

// Close writes the directory. It doesn't close what the archive is written to.
func (w *Writer) Close() error {
	if err := w.finish(); err != nil {
		return err
	}
	var b []byte
	for i := range w.headers {
		if b = w.headers[i].appendCentral(b); len(b) >= 32<<10 {
			if err := w.write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	e := end{w.at.entries, w.at.directory, w.at.offset + w.padding}
	if err := w.write(e.append(b)); err != nil {
		return err
	}
	w.err = errOrder
	return nil
}

// finish ends the last entry, once.
func (w *Writer) finish() error {
	if w.err != nil {
		return w.err
	}
	if w.left > 0 {
		return w.fail(fmt.Errorf("%w: %d bytes are missing", ErrLength, w.left))
	}
	if n := len(w.headers); n > 0 && w.left == 0 {
		w.left = -1
		return w.write(w.headers[n-1].appendDescriptor(nil))
	}
	return nil
}

func (w *Writer) write(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if _, err := w.dst.Write(b); err != nil {
		return w.fail(fmt.Errorf("couldn't write the archive: %w", err))
	}
	return nil
}

func (w *Writer) fail(err error) error {
	w.err = err
	return err
}

// entryWriter takes the data of one entry.
type entryWriter struct {
	w     *Writer
	index int
}

func (e *entryWriter) Write(p []byte) (int, error) {
	w := e.w
	switch {
	case w.err != nil:
		return 0, w.err
	case e.index != len(w.headers)-1 || w.left < 0 || w.padded:
		return 0, w.fail(errOrder)
	case int64(len(p)) > w.left:
		return 0, w.fail(fmt.Errorf("%w: there is more of it", ErrLength))
	}
	h := &w.headers[e.index]
	h.crc = updateCRC(h.crc, p)
	w.left -= int64(len(p))
	if err := w.write(p); err != nil {
		return 0, err
	}
	return len(p), nil
}
