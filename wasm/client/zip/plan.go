package zip

import (
	"fmt"
	"math"
	"time"
)

// Entry is one file of an archive.
type Entry struct {
	Name     string
	Modified time.Time // kept in seconds
	Size     int64
}

const (
	// MaxEntries is how many files an archive can have.
	MaxEntries = 100_000
	// maxDirectory keeps a reader's memory in bounds, and so does maxParts: of
	// all names together, since each may be a folder of its own.
	maxDirectory = 32 << 20
	maxParts     = 1_000_000
	// maxArchive is the longest archive, so that no sum overflows.
	maxArchive = math.MaxInt64 / 4
)

// measure adds up an archive: where its next entry begins, how long its
// directory is, how many entries it has and how many parts their names.
type measure struct {
	offset, directory, entries, parts int64
}

// add takes in the entry of h, whose offset it sets, or refuses it.
func (m *measure) add(h *header) error {
	if h.Size < 0 || h.Size > maxArchive-m.offset {
		return fmt.Errorf("%w: %d bytes", ErrTooMany, h.Size)
	}
	h.offset = m.offset
	next := measure{
		offset:    m.offset + h.length(),
		directory: m.directory + int64(len(h.appendCentral(nil))),
		entries:   m.entries + 1,
		parts:     m.parts + int64(countParts(h.Name)),
	}
	if next.entries > MaxEntries || next.directory > maxDirectory || next.parts > maxParts {
		return ErrTooMany
	}
	*m = next
	return nil
}

// length is how many bytes the entry takes, from local header to descriptor.
func (h *header) length() int64 {
	return int64(len(h.appendLocal(nil))) + h.Size + int64(len(h.appendDescriptor(nil)))
}

// total is how long the archive is with padding.
func (m *measure) total(padding int64) int64 {
	e := end{m.entries, m.directory, m.offset + padding}
	return e.offset + e.size + int64(len(e.append(nil)))
}

// Size returns how long the archive of entries with padding is, to the byte, or
// why there can't be one.
func Size(entries []Entry, padding int64) (int64, error) {
	m, err := measureAll(entries)
	if err != nil {
		return 0, err
	}
	if padding < 0 || padding > maxArchive {
		return 0, fmt.Errorf("%w: padding of %d bytes", ErrTooMany, padding)
	}
	return m.total(padding), nil
}

// Plan returns the padding with which the archive of entries is as long as grid
// wants it, and that length. grid maps a length to the smallest allowed one that
// isn't shorter, as crypto.PaddedSize does.
func Plan(entries []Entry, grid func(int64) int64) (padding, total int64, err error) {
	m, err := measureAll(entries)
	if err != nil {
		return 0, 0, err
	}
	least := m.total(0)
	// Where padding pushes the directory over 4 GiB, the end grows; so some
	// lengths can't be met, and then the next one can.
	for total = grid(least); ; total = grid(total + 1) {
		for _, grown := range []int64{0, end64Size} {
			if padding = total - least - grown; padding >= 0 && m.total(padding) == total {
				return padding, total, nil
			}
		}
	}
}

func measureAll(entries []Entry) (*measure, error) {
	var m measure
	names := newNameSet()
	for i, e := range entries {
		if err := CheckName(e.Name); err != nil {
			return nil, fmt.Errorf("couldn't plan file %d: %w", i, err)
		}
		if err := names.add(e.Name); err != nil {
			return nil, fmt.Errorf("couldn't plan file %d: %w", i, err)
		}
		if err := m.add(&header{Entry: e}); err != nil {
			return nil, fmt.Errorf("couldn't plan file %d: %w", i, err)
		}
	}
	return &m, nil
}
