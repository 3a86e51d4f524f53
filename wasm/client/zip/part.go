package zip

import (
	"fmt"
	"io"
)

// FileFunc writes the bytes of file i from an offset on, to its end.
type FileFunc func(dst io.Writer, i int, off int64) error

// WriteFrom writes the archive from offset on. The checksums of all files from
// there on must be known.
func (l *Layout) WriteFrom(dst io.Writer, offset int64, file FileFunc) error {
	return (&part{Layout: l, dst: dst, skip: offset}).write(file)
}

// SumFrom writes the archive from what begin says on, and learns the checksums
// on the way. It sets those of marks, which ascend from there.
func (l *Layout) SumFrom(dst io.Writer, begin Sum, marks []*Sum, file FileFunc) error {
	return (&part{Layout: l, dst: dst, skip: begin.Offset, learn: true, crc: begin.CRC, marks: marks}).write(file)
}

// part is the end of an archive being written.
type part struct {
	*Layout
	dst   io.Writer
	at    int64 // offset in the archive of what comes next …
	skip  int64 // … of which everything before this isn't wanted
	learn bool  // the checksums
	crc   uint32
	marks []*Sum
}

func (p *part) write(file FileFunc) error {
	first := p.Layout.at(p.skip)
	if first < len(p.headers) {
		p.at = p.headers[first].offset
	} else {
		p.at = p.all.offset
	}
	for i := first; i < len(p.headers); i++ {
		if err := p.entry(i, file); err != nil {
			return err
		}
	}
	if err := p.zeros(p.padding); err != nil {
		return err
	}
	return p.directory()
}

// bytes writes what of b is wanted.
func (p *part) bytes(b []byte) error {
	at := p.at
	p.at += int64(len(b))
	if p.at <= p.skip {
		return nil
	}
	if at < p.skip {
		b = b[p.skip-at:]
	}
	if len(b) == 0 {
		return nil
	}
	if _, err := p.dst.Write(b); err != nil {
		return fmt.Errorf("couldn't write the archive: %w", err)
	}
	return nil
}

func (p *part) entry(i int, file FileFunc) error {
	h := &p.headers[i]
	if err := p.bytes(h.appendLocal(nil)); err != nil {
		return err
	}
	if err := p.data(i, h, file); err != nil {
		return err
	}
	return p.bytes(p.header(i).appendDescriptor(nil))
}

// data writes what of a file's bytes is wanted.
func (p *part) data(i int, h *header, file FileFunc) error {
	off := min(max(p.skip-p.at, 0), h.Size)
	if off == 0 {
		p.crc = 0
	}
	p.at += off
	if off == h.Size && off > 0 {
		p.sum(i, h)
		return nil
	}
	d := &data{part: p, left: h.Size - off}
	if err := file(d, i, off); err != nil {
		return err
	}
	if d.left > 0 {
		return fmt.Errorf("%w: %d bytes are missing", ErrLength, d.left)
	}
	p.sum(i, h)
	return nil
}

// sum keeps the checksum of a file that is done, also for marks behind its bytes.
func (p *part) sum(i int, h *header) {
	if !p.learn {
		return
	}
	p.Layout.sums[i].Store(p.crc)
	for len(p.marks) > 0 && p.marks[0].Offset < h.offset+h.length() {
		if p.marks[0].Offset >= p.at {
			p.marks[0].CRC = p.crc
		}
		p.marks = p.marks[1:]
	}
}

// data takes the bytes of one file.
type data struct {
	*part
	left int64
}

func (d *data) Write(b []byte) (int, error) {
	if int64(len(b)) > d.left {
		return 0, fmt.Errorf("%w: there is more of it", ErrLength)
	}
	if d.learn {
		d.add(b)
	}
	d.left -= int64(len(b))
	d.at += int64(len(b))
	if _, err := d.dst.Write(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// add takes b, which stands at d.at, into the checksum and sets the marks in it.
func (d *data) add(b []byte) {
	at := d.at
	for len(d.marks) > 0 && d.marks[0].Offset < at+int64(len(b)) {
		if n := d.marks[0].Offset - at; n >= 0 {
			d.crc = updateCRC(d.crc, b[:n])
			d.marks[0].CRC = d.crc
			b, at = b[n:], at+n
		}
		d.marks = d.marks[1:]
	}
	d.crc = updateCRC(d.crc, b)
}

func (p *part) zeros(n int64) error {
	if skipped := min(max(p.skip-p.at, 0), n); skipped > 0 {
		p.at, n = p.at+skipped, n-skipped
	}
	zeros := make([]byte, min(n, 256<<10))
	for n > 0 {
		some := zeros[:min(n, int64(len(zeros)))]
		if err := p.bytes(some); err != nil {
			return err
		}
		n -= int64(len(some))
	}
	return nil
}

// directory writes the list of files and the end.
func (p *part) directory() error {
	b := make([]byte, 0, 64<<10)
	for i := range p.headers {
		if b = p.header(i).appendCentral(b); len(b) >= 32<<10 {
			if err := p.bytes(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	e := end{p.all.entries, p.all.directory, p.all.offset + p.padding}
	return p.bytes(e.append(b))
}
