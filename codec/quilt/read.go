package quilt

import (
	"encoding/binary"
	"fmt"

	"floe/codec"
	"floe/codec/bcs"
)

// Column returns a column of a quilt: the data of the secondary sliver of that
// index. All columns of a quilt have one length. What it returns may be kept
// and isn't changed.
type Column func(c int) ([]byte, error)

// Header is what a file's columns begin with.
type Header struct {
	Identifier string
	Tags       map[string]string
	Offset     int    // of the data, from the top of the first column
	Size       uint64 // of the data
}

// reach reads along the columns from the top of one. It keeps one column.
type reach struct {
	column     Column
	start, end int // columns
	length     int // of each, in bytes
	held       int // column that have is
	have       []byte
}

func newReach(column Column, start, end int) (*reach, error) {
	first, err := column(start)
	if err != nil {
		return nil, err
	}
	if len(first) == 0 {
		return nil, fmt.Errorf("%w: column %d is empty", ErrMalformed, start)
	}
	return &reach{column: column, start: start, end: end, length: len(first), held: start, have: first}, nil
}

// bytes is how many bytes there are at most.
func (r *reach) bytes() uint64 { return uint64(r.length) * uint64(r.end-r.start) }

// at returns n bytes at an offset.
func (r *reach) at(off, n int) ([]byte, error) {
	out := make([]byte, 0, min(n, 1<<20))
	for n > 0 {
		c, err := r.get(r.start + off/r.length)
		if err != nil {
			return nil, err
		}
		c = c[off%r.length:]
		c = c[:min(n, len(c))]
		out = append(out, c...)
		off, n = off+len(c), n-len(c)
	}
	return out, nil
}

func (r *reach) get(c int) ([]byte, error) {
	if c == r.held {
		return r.have, nil
	}
	if c >= r.end {
		return nil, fmt.Errorf("%w: it ends before column %d", ErrMalformed, c)
	}
	b, err := r.column(c)
	if err != nil {
		return nil, err
	}
	if len(b) != r.length {
		return nil, fmt.Errorf("%w: column %d has %d bytes, those before have %d", ErrMalformed, c, len(b), r.length)
	}
	r.held, r.have = c, b
	return b, nil
}

// IndexSize is how many bytes a quilt's index has. It asks for the first column.
// Whoever made the quilt chose the size: look at it before calling ReadIndex,
// which takes several times as much memory.
func IndexSize(p codec.Params, column Column) (int, error) {
	r, err := newReach(column, 0, min(maxIndexColumn, p.Secondary))
	if err != nil {
		return 0, fmt.Errorf("couldn't read the index: %w", err)
	}
	return indexSize(r)
}

func indexSize(r *reach) (int, error) {
	prefix, err := r.at(0, indexPrefix)
	if err != nil {
		return 0, fmt.Errorf("couldn't read the index: %w", err)
	}
	if prefix[0] != version {
		return 0, fmt.Errorf("%w: its version is %d", ErrMalformed, prefix[0])
	}
	size := uint64(binary.LittleEndian.Uint32(prefix[1:]))
	if size+indexPrefix > r.bytes() {
		return 0, fmt.Errorf("%w: an index of %d bytes", ErrMalformed, size)
	}
	return int(size), nil
}

// ReadIndex reads which files a quilt has. It asks for the columns that hold
// the index, and for no others. Files stand in the order of their columns.
func ReadIndex(p codec.Params, column Column) ([]Patch, error) {
	r, err := newReach(column, 0, min(maxIndexColumn, p.Secondary))
	if err != nil {
		return nil, fmt.Errorf("couldn't read the index: %w", err)
	}
	size, err := indexSize(r)
	if err != nil {
		return nil, err
	}
	b, err := r.at(indexPrefix, size)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the index: %w", err)
	}
	start := (size + indexPrefix + r.length - 1) / r.length
	return readEntries(b, start, p)
}

// readEntries reads the BCS of the index. The first file begins at column start.
func readEntries(b []byte, start int, p codec.Params) ([]Patch, error) {
	in := bcs.NewReader(b)
	n := in.Len(4)
	if n >= p.Secondary { // each file has a column, and so has the index
		return nil, fmt.Errorf("%w: %d files in %d columns", ErrMalformed, n, p.Secondary)
	}
	index := make([]Patch, 0, n)
	for range n {
		index = append(index, Patch{End: in.U16(), Identifier: in.String(), Tags: readTags(in)})
		if in.Err() != nil {
			break
		}
	}
	if err := in.Done(); err != nil {
		return nil, fmt.Errorf("%w: its index: %w", ErrMalformed, err)
	}
	for i := range index {
		index[i].Start = uint16(start)
		if end := int(index[i].End); end <= start || end > p.Secondary {
			return nil, fmt.Errorf("%w: file %d ends at column %d of %d and begins at %d", ErrMalformed, i, end, p.Secondary, start)
		}
		start = int(index[i].End)
	}
	return index, nil
}

func readTags(r *bcs.Reader) map[string]string {
	tags := make(map[string]string)
	for range r.Len(2) {
		k := r.String()
		if _, twice := tags[k]; twice {
			r.Fail("tag %q stands there twice", k)
		}
		tags[k] = r.String()
		if r.Err() != nil {
			return nil
		}
	}
	return tags
}

// ReadHeader reads what stands before a file's data, and makes sure that the
// data ends within its columns, first ≤ c < end.
func ReadHeader(first, end int, column Column) (*Header, error) {
	r, err := newReach(column, first, end)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the file at column %d: %w", first, err)
	}
	return readHeader(r)
}

func readHeader(r *reach) (*Header, error) {
	first := r.start
	head, err := r.at(0, headerSize)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the file at column %d: %w", first, err)
	}
	if head[0] != version || head[5]&^hasTags != 0 {
		return nil, fmt.Errorf("%w: no file begins at column %d", ErrMalformed, first)
	}
	length := uint64(binary.LittleEndian.Uint32(head[1:]))
	if headerSize+length > r.bytes() {
		return nil, fmt.Errorf("%w: the file at column %d has %d bytes and ends at column %d", ErrMalformed, first, length, r.end)
	}
	h := &Header{Offset: headerSize}
	if err := h.part(r, func(in *bcs.Reader) { h.Identifier = in.String() }); err != nil {
		return nil, err
	}
	if head[5]&hasTags != 0 {
		if err := h.part(r, func(in *bcs.Reader) { h.Tags = readTags(in) }); err != nil {
			return nil, err
		}
	}
	before := uint64(h.Offset - headerSize)
	if before > length {
		return nil, fmt.Errorf("%w: the file at column %d is shorter than its header", ErrMalformed, first)
	}
	h.Size = length - before
	return h, nil
}

// part reads one of a header's parts, which has its size before it.
func (h *Header) part(r *reach, read func(*bcs.Reader)) error {
	size, err := r.at(h.Offset, sizeLength)
	if err != nil {
		return err
	}
	n := int(binary.LittleEndian.Uint16(size))
	b, err := r.at(h.Offset+sizeLength, n)
	if err != nil {
		return err
	}
	in := bcs.NewReader(b)
	read(in)
	if err := in.Done(); err != nil {
		return fmt.Errorf("%w: the header of a file: %w", ErrMalformed, err)
	}
	h.Offset += sizeLength + n
	return nil
}

// ReadFile reads the file of columns first ≤ c < end, whole.
func ReadFile(first, end int, column Column) (*File, error) {
	r, err := newReach(column, first, end)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the file at column %d: %w", first, err)
	}
	h, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	data, err := r.at(h.Offset, int(h.Size))
	if err != nil {
		return nil, err
	}
	return &File{Identifier: h.Identifier, Tags: h.Tags, Data: data}, nil
}
