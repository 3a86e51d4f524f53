package zip

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
)

func updateCRC(crc uint32, p []byte) uint32 { return crc32.Update(crc, crc32.IEEETable, p) }

// WriteTo writes the archive to dst as it is and checks every byte of it on the
// way, the padding included. What was written counts only if there is no error.
func (r *Reader) WriteTo(dst io.Writer) (int64, error) {
	c := &counter{dst: dst}
	for _, f := range r.Files {
		if err := f.copyTo(c); err != nil {
			return c.n, err
		}
	}
	padding := io.NewSectionReader(r.src, c.n, r.end.offset-c.n)
	if _, err := io.Copy(zerosTo{c}, padding); err != nil {
		return c.n, err
	}
	if c.n != r.end.offset {
		return c.n, fmt.Errorf("couldn't read the padding: %w", io.ErrUnexpectedEOF)
	}
	var b []byte
	for _, f := range r.Files {
		b = f.appendCentral(b)
	}
	_, err := c.Write(r.end.append(b))
	return c.n, err
}

// copyTo writes all of an entry's bytes.
func (f *File) copyTo(dst io.Writer) error {
	data, err := f.Open()
	if err != nil {
		return err
	}
	if _, err := dst.Write(f.appendLocal(nil)); err != nil {
		return err
	}
	if _, err := io.Copy(dst, data); err != nil {
		return err
	}
	_, err = dst.Write(f.appendDescriptor(nil))
	return err
}

// zerosTo passes zeros on and refuses anything else.
type zerosTo struct{ dst io.Writer }

func (z zerosTo) Write(p []byte) (int, error) {
	if !isZero(p) {
		return 0, fmt.Errorf("%w: something hides behind the last file", ErrMalformed)
	}
	return z.dst.Write(p)
}

// isZero compares p with itself moved by one, which the machine does fast.
func isZero(p []byte) bool {
	return len(p) == 0 || p[0] == 0 && bytes.Equal(p[1:], p[:len(p)-1])
}

// counter counts what was written.
type counter struct {
	dst io.Writer
	n   int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.dst.Write(p)
	c.n += int64(n)
	return n, err
}
