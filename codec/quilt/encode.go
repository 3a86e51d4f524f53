package quilt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"floe/codec"
	"floe/codec/bcs"
)

// Encode makes the blob of a quilt, and the index in the order of the blob. The
// files aren't changed. What can't be a quilt is ErrMalformed or ErrTooLarge.
func Encode(files []File, p codec.Params) (blob []byte, index []Patch, err error) {
	if len(files) == 0 {
		return nil, nil, fmt.Errorf("%w: it has no files", ErrMalformed)
	}
	if len(files) >= p.Secondary {
		return nil, nil, fmt.Errorf("%w: %d files, at most %d go into a quilt here", ErrTooLarge, len(files), p.Secondary-1)
	}
	files = sorted(files)
	headers, index, sizes, err := describe(files)
	if err != nil {
		return nil, nil, err
	}
	symbol, err := symbolSize(sizes, p)
	if err != nil {
		return nil, nil, err
	}
	w := &weaver{p: p, symbol: symbol, blob: make([]byte, symbol*p.Primary*p.Secondary)}
	column := w.columns(sizes[0])
	for i, f := range files {
		index[i].Start = uint16(column)
		w.write(column, headers[i], f.Data)
		column += w.columns(sizes[i+1])
		index[i].End = uint16(column)
	}
	entries := marshalIndex(index)
	prefix := binary.LittleEndian.AppendUint32([]byte{version}, uint32(len(entries)))
	w.write(0, prefix, entries)
	return w.blob, index, nil
}

// Size is how many bytes the blob of Encode has, whose errors it returns.
func Size(files []File, p codec.Params) (int, error) {
	if len(files) == 0 || len(files) >= p.Secondary {
		return 0, fmt.Errorf("%w: %d files, 1 to %d go into a quilt here", ErrTooLarge, len(files), p.Secondary-1)
	}
	_, _, sizes, err := describe(sorted(files))
	if err != nil {
		return 0, err
	}
	symbol, err := symbolSize(sizes, p)
	return symbol * p.Primary * p.Secondary, err
}

// describe makes the headers of sorted files, their entries in the index
// without places, and the sizes of all, the index first.
func describe(files []File) (headers [][]byte, index []Patch, sizes []int, err error) {
	headers, index = make([][]byte, len(files)), make([]Patch, len(files))
	for i, f := range files {
		if i > 0 && f.Identifier == files[i-1].Identifier {
			return nil, nil, nil, fmt.Errorf("%w: identifier %q is given twice", ErrMalformed, f.Identifier)
		}
		if headers[i], err = header(f); err != nil {
			return nil, nil, nil, err
		}
		index[i] = Patch{Identifier: f.Identifier, Tags: f.Tags}
	}
	sizes = []int{indexPrefix + len(marshalIndex(index))}
	for i, f := range files {
		sizes = append(sizes, len(headers[i])+len(f.Data))
	}
	return headers, index, sizes, nil
}

// sorted orders files by identifier as @mysten/walrus does, by UTF-16 units.
// That differs from the order of bytes only between characters beyond U+FFFF
// and those from U+E000 on; no reader depends on it.
func sorted(files []File) []File {
	units := make(map[string][]uint16, len(files))
	for _, f := range files {
		units[f.Identifier] = utf16.Encode([]rune(f.Identifier))
	}
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return slices.Compare(units[a.Identifier], units[b.Identifier]) })
	return files
}

// header is what stands before a file's data.
func header(f File) ([]byte, error) {
	if err := CheckIdentifier(f.Identifier); err != nil {
		return nil, err
	}
	identifier := marshalString(f.Identifier)
	rest := append(binary.LittleEndian.AppendUint16(nil, uint16(len(identifier))), identifier...)
	mask := byte(0)
	if len(f.Tags) > 0 {
		for k, v := range f.Tags {
			if !utf8.ValidString(k) || !utf8.ValidString(v) {
				return nil, fmt.Errorf("%w: a tag of %q isn't UTF-8", ErrMalformed, f.Identifier)
			}
		}
		var w bcs.Writer
		writeTags(&w, f.Tags)
		if len(w.Data()) > maxSize {
			return nil, fmt.Errorf("%w: the tags of %q have %d bytes, at most %d are allowed", ErrMalformed, f.Identifier, len(w.Data()), maxSize)
		}
		mask = hasTags
		rest = append(binary.LittleEndian.AppendUint16(rest, uint16(len(w.Data()))), w.Data()...)
	}
	length := uint64(len(rest)) + uint64(len(f.Data))
	if length > math.MaxUint32 {
		return nil, fmt.Errorf("%w: %q has %d bytes", ErrTooLarge, f.Identifier, len(f.Data))
	}
	head := binary.LittleEndian.AppendUint32([]byte{version}, uint32(length))
	return append(append(head, mask), rest...), nil
}

// symbolSize is the smallest even size with which everything fits, sizes[0]
// being the index. The bounds of the search are @mysten/walrus' own, fractions
// included: where the lower one isn't whole it decides the result.
func symbolSize(sizes []int, p codec.Params) (int, error) {
	rows, columns := float64(p.Primary), float64(p.Secondary)
	sum, most := 0.0, 0.0
	for _, s := range sizes {
		sum += float64(s)
		most = max(most, float64(s))
	}
	low := max(sum/(columns*rows), float64(sizes[0])/(rows*maxIndexColumn), math.Ceil(indexPrefix/rows))
	high := math.Ceil(most / (columns / float64(len(sizes))) * rows)
	for low < high {
		if mid := math.Floor((low + high) / 2); fit(sizes, p, int(mid)) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	s := int(math.Ceil(low/2)) * 2
	switch {
	case !fit(sizes, p, s):
		return 0, fmt.Errorf("%w: they don't fit into %d columns", ErrTooLarge, p.Secondary)
	case s > codec.MaxSymbolSize:
		return 0, fmt.Errorf("%w: they need symbols of %d bytes, at most %d are allowed", ErrTooLarge, s, codec.MaxSymbolSize)
	case (sizes[0]+s*p.Primary-1)/(s*p.Primary) > maxIndexColumn:
		return 0, fmt.Errorf("%w: the index needs more than %d columns", ErrTooLarge, maxIndexColumn)
	}
	return s, nil
}

func fit(sizes []int, p codec.Params, symbol int) bool {
	column := symbol * p.Primary
	if column <= 0 {
		return false
	}
	n := 0
	for _, s := range sizes {
		n += (s + column - 1) / column
	}
	return n <= p.Secondary
}

// weaver writes column by column into a blob, which is stored row by row.
type weaver struct {
	p      codec.Params
	symbol int
	blob   []byte
}

func (w *weaver) columns(size int) int {
	column := w.symbol * w.p.Primary
	return (size + column - 1) / column
}

// write writes parts one behind the other, from the top of a column on.
func (w *weaver) write(column int, parts ...[]byte) {
	at := column * w.symbol * w.p.Primary
	for _, part := range parts {
		for len(part) > 0 {
			n := copy(w.cell(at), part)
			part, at = part[n:], at+n
		}
	}
}

// cell is what is left of the symbol at an offset counted along the columns.
func (w *weaver) cell(at int) []byte {
	place, within := at/w.symbol, at%w.symbol
	row, column := place%w.p.Primary, place/w.p.Primary
	begin := (row*w.p.Secondary + column) * w.symbol
	return w.blob[begin+within : begin+w.symbol]
}

// BlobColumn is a column of a quilt whose whole blob is at hand.
func BlobColumn(blob []byte, p codec.Params, column int) ([]byte, error) {
	symbol, err := p.SymbolSize(uint64(len(blob)))
	if err != nil {
		return nil, err
	}
	if column < 0 || column >= p.Secondary || len(blob) != symbol*p.Primary*p.Secondary {
		return nil, fmt.Errorf("%w: a blob of %d bytes has no column %d", ErrMalformed, len(blob), column)
	}
	w := &weaver{p: p, symbol: symbol, blob: blob}
	out := make([]byte, 0, symbol*p.Primary)
	for at := column * symbol * p.Primary; len(out) < cap(out); at += symbol {
		out = append(out, w.cell(at)...)
	}
	return out, nil
}

func marshalIndex(index []Patch) []byte {
	var w bcs.Writer
	bcs.WriteSeq(&w, index, func(w *bcs.Writer, p Patch) {
		w.U16(p.End)
		w.String(p.Identifier)
		writeTags(w, p.Tags)
	})
	return w.Data()
}

// writeTags writes a map, whose entries stand in the order of their keys' BCS.
func writeTags(w *bcs.Writer, tags map[string]string) {
	keys := make([]string, 0, len(tags))
	for k := range tags {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return bytes.Compare(marshalString(a), marshalString(b)) })
	bcs.WriteSeq(w, keys, func(w *bcs.Writer, k string) {
		w.String(k)
		w.String(tags[k])
	})
}

func marshalString(s string) []byte {
	var w bcs.Writer
	w.String(s)
	return w.Data()
}
