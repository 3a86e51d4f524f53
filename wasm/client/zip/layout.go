package zip

import (
	"fmt"
	"sort"
	"sync/atomic"
)

// Layout is an archive planned to the byte. Any part of it can be written, as
// often as one likes, once the checksums of the files that end there are known:
// [Layout.SumFrom] learns them while it writes. Parts may be written at the same
// time.
type Layout struct {
	headers []header        // without checksums
	sums    []atomic.Uint32 // of the files
	all     measure
	padding int64
	size    int64
}

// NewLayout plans the archive of entries, as long as grid wants it: it maps a
// length to the smallest allowed one that isn't shorter, as crypto.PaddedSize
// does.
func NewLayout(entries []Entry, grid func(int64) int64) (*Layout, error) {
	l, err := layOut(entries)
	if err == nil {
		l.pad(l.all.padTo(grid))
	}
	return l, err
}

// layOut plans an archive without padding.
func layOut(entries []Entry) (*Layout, error) {
	l := &Layout{headers: make([]header, len(entries)), sums: make([]atomic.Uint32, len(entries))}
	names := newNameSet()
	for i, e := range entries {
		l.headers[i].Entry = e
		err := CheckName(e.Name)
		if err == nil {
			err = names.add(e.Name)
		}
		if err == nil {
			err = l.all.add(&l.headers[i])
		}
		if err != nil {
			return nil, fmt.Errorf("couldn't plan file %d: %w", i, err)
		}
	}
	l.pad(0)
	return l, nil
}

func (l *Layout) pad(padding int64) { l.padding, l.size = padding, l.all.total(padding) }

// Size is how long the archive is.
func (l *Layout) Size() int64 { return l.size }

// Len is how many files there are.
func (l *Layout) Len() int { return len(l.headers) }

// Entry is file i.
func (l *Layout) Entry(i int) Entry { return l.headers[i].Entry }

// Span returns which files, first ≤ i < end, have bytes between two offsets.
func (l *Layout) Span(from, to int64) (first, end int) {
	end = sort.Search(len(l.headers), func(i int) bool { return l.headers[i].offset >= to })
	return min(l.at(from), end), end
}

// header is that of file i, with its checksum as far as it is known.
func (l *Layout) header(i int) *header {
	h := l.headers[i]
	h.crc = l.sums[i].Load()
	return &h
}

// at returns the first file that doesn't end before offset.
func (l *Layout) at(offset int64) int {
	return sort.Search(len(l.headers), func(i int) bool {
		h := &l.headers[i]
		return h.offset+h.length() > offset
	})
}

// Sums returns the checksums of the files that begin before offset, as far as
// SumFrom has learnt them: what parts before offset are written with.
func (l *Layout) Sums(offset int64) []uint32 {
	_, end := l.Span(0, offset)
	sums := make([]uint32, end)
	for i := range sums {
		sums[i] = l.sums[i].Load()
	}
	return sums
}

// SetSums tells what Sums returned.
func (l *Layout) SetSums(sums []uint32) error {
	if len(sums) > len(l.headers) {
		return fmt.Errorf("%w: %d sums of %d files", ErrMalformed, len(sums), len(l.headers))
	}
	for i, crc := range sums {
		l.sums[i].Store(crc)
	}
	return nil
}

// Sum is the checksum of what comes before Offset of the file that stands
// there; 0 where none does.
type Sum struct {
	Offset int64
	CRC    uint32
}
