package zip

import (
	"errors"
	"fmt"
	"io"
)

// Reader reads an archive in any order. It can be used concurrently.
type Reader struct {
	// Files are the entries, in the archive's order.
	Files []*File

	src io.ReaderAt
	end end
	len int64
}

// File is one entry of an archive.
type File struct {
	header
	src io.ReaderAt
}

// NewReader reads the directory of an archive of size bytes and checks all that
// it tells: that a Writer would have written it so, that no names collide, that
// the entries follow each other without a gap or an overlap. What the directory
// doesn't tell, the local headers and the data, is checked when it is read; the
// padding is by WriteTo. Errors wrap ErrMalformed or are src's own.
func NewReader(src io.ReaderAt, size int64) (*Reader, error) {
	e, err := readEnd(src, size)
	if err != nil {
		return nil, err
	}
	directory := make([]byte, e.size)
	if err := readFull(src, directory, e.offset); err != nil {
		return nil, fmt.Errorf("couldn't read the list of files: %w", err)
	}
	headers, err := parseDirectory(directory, e)
	if err != nil {
		return nil, err
	}
	r := &Reader{src: src, end: e, len: size, Files: make([]*File, len(headers))}
	for i := range headers {
		r.Files[i] = &File{headers[i], src}
	}
	return r, nil
}

// In returns r as it reads from another source of the same bytes, without
// reading the directory again. Its Files stay those of r.
func (r *Reader) In(src io.ReaderAt) *Reader {
	return &Reader{src: src, end: r.end, len: r.len, Files: r.Files}
}

// In returns f as it reads from another source.
func (f *File) In(src io.ReaderAt) *File { return &File{f.header, src} }

// Span returns where in the archive f stands, from its local header to the end
// of its descriptor, for whoever fetches ahead.
func (f *File) Span() (begin, end int64) { return f.offset, f.offset + f.length() }

// Data returns where in the archive the data of f begins, going by the list of
// files alone.
func (f *File) Data() int64 { return f.offset + f.localLength() }

// Open returns the data of f from its beginning. Only io.EOF says that it is
// all there and as it was written; an error wrapping ErrMalformed says that what
// was read must be thrown away.
func (f *File) Open() (io.Reader, error) {
	want := f.appendLocal(nil)
	if err := expect(f.src, f.offset, want); err != nil {
		return nil, fmt.Errorf("couldn't open file %q: %w", DisplayName(f.Name), err)
	}
	data := io.NewSectionReader(f.src, f.offset+int64(len(want)), f.Size)
	return &fileReader{f: f, data: data}, nil
}

// fileReader holds back io.EOF until CRC and descriptor are checked.
type fileReader struct {
	f    *File
	data *io.SectionReader
	crc  uint32
	read int64
	err  error
}

func (r *fileReader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.data.Read(p)
	r.crc = updateCRC(r.crc, p[:n])
	r.read += int64(n)
	if err != nil {
		r.err = err
		if err == io.EOF {
			r.err = r.finish()
		}
	}
	return n, r.err
}

// finish returns io.EOF if all is well.
func (r *fileReader) finish() error {
	if r.read != r.f.Size {
		return fmt.Errorf("couldn't read file %q: %w", DisplayName(r.f.Name), io.ErrUnexpectedEOF)
	}
	if r.crc != r.f.crc {
		return fmt.Errorf("%w: file %q doesn't match its checksum", ErrMalformed, DisplayName(r.f.Name))
	}
	want := r.f.appendDescriptor(nil)
	if err := expect(r.f.src, r.f.offset+r.f.length()-int64(len(want)), want); err != nil {
		return fmt.Errorf("couldn't read file %q: %w", DisplayName(r.f.Name), err)
	}
	return io.EOF
}

// expect checks that the bytes at off are want.
func expect(src io.ReaderAt, off int64, want []byte) error {
	got := make([]byte, len(want))
	if err := readFull(src, got, off); err != nil {
		return err
	}
	if string(got) != string(want) {
		return fmt.Errorf("%w: what stands beside it differs from the list of files", ErrMalformed)
	}
	return nil
}

// readFull fills p from off.
func readFull(src io.ReaderAt, p []byte, off int64) error {
	n, err := src.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}
