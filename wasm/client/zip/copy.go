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
	return io.CopyBuffer(dst, r.From(0), make([]byte, 256<<10))
}

// Size is how long the archive is.
func (r *Reader) Size() int64 { return r.len }

// From returns the archive's bytes from off on, as they are, checked as by
// WriteTo; but of a file in whose middle off is, the checksum says nothing. It
// reads src forward alone.
func (r *Reader) From(off int64) io.Reader {
	c := &copier{r: r, at: off}
	for c.next < len(r.Files) && r.Files[c.next].offset < off {
		c.next++ // the files before it, and the one it is in
	}
	if c.next > 0 {
		if _, c.end = r.Files[c.next-1].Span(); c.end > off {
			c.part = io.NewSectionReader(r.src, off, c.end-off)
		}
	}
	return c
}

// copier gives out an archive part by part.
type copier struct {
	r    *Reader
	at   int64     // how far it has come
	next int       // the entry after the part
	part io.Reader // being given out; nil: none
	end  int64     // of the part
}

func (c *copier) Read(p []byte) (int, error) {
	for {
		if c.part == nil {
			if err := c.open(); err != nil {
				return 0, err
			}
		}
		n, err := c.part.Read(p)
		c.at += int64(n)
		if err == io.EOF {
			if c.part, err = nil, nil; c.at < c.end {
				err = fmt.Errorf("couldn't read the archive: %w", io.ErrUnexpectedEOF)
			}
		}
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
}

// open begins the next part.
func (c *copier) open() (err error) {
	r := c.r
	switch {
	case c.next < len(r.Files):
		f := r.Files[c.next].In(r.src)
		c.part, err = f.all()
		_, c.end = f.Span()
		c.next++
	case c.at < r.end.offset:
		c.part, c.end = &zeros{io.NewSectionReader(r.src, c.at, r.end.offset-c.at)}, r.end.offset
	case c.at < r.len:
		list := &lister{files: r.Files, end: r.end.append(nil)}
		if _, err := io.CopyN(io.Discard, list, c.at-r.end.offset); err != nil {
			return err
		}
		c.part, c.end = list, r.len
	default:
		return io.EOF
	}
	return err
}

// all returns all of an entry's bytes.
func (f *File) all() (io.Reader, error) {
	data, err := f.Open()
	if err != nil {
		return nil, err
	}
	return io.MultiReader(bytes.NewReader(f.appendLocal(nil)), data, bytes.NewReader(f.appendDescriptor(nil))), nil
}

// zeros reads zeros and refuses anything else.
type zeros struct{ src *io.SectionReader }

func (z *zeros) Read(p []byte) (int, error) {
	n, err := z.src.Read(p)
	if !isZero(p[:n]) {
		return 0, fmt.Errorf("%w: something hides behind the last file", ErrMalformed)
	}
	return n, err
}

// isZero compares p with itself moved by one, which the machine does fast.
func isZero(p []byte) bool {
	return len(p) == 0 || p[0] == 0 && bytes.Equal(p[1:], p[:len(p)-1])
}

// lister writes the directory again, which is the one that was read, and the end.
type lister struct {
	files []*File
	end   []byte
	buf   []byte
	rest  []byte // of buf
}

func (l *lister) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		l.buf = l.buf[:0]
		for len(l.files) > 0 && len(l.buf) < 32<<10 {
			l.buf = l.files[0].appendCentral(l.buf)
			l.files = l.files[1:]
		}
		if len(l.files) == 0 {
			l.buf, l.end = append(l.buf, l.end...), nil
		}
		if len(l.buf) == 0 {
			return 0, io.EOF
		}
		l.rest = l.buf
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}
