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
		directory: m.directory + h.centralLength(),
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
	return h.localLength() + h.Size + h.descriptorLength()
}

// total is how long the archive is with padding.
func (m *measure) total(padding int64) int64 {
	e := end{m.entries, m.directory, m.offset + padding}
	return e.offset + e.size + int64(len(e.append(nil)))
}

// padTo returns the padding with which the archive is as long as grid wants it.
func (m *measure) padTo(grid func(int64) int64) (padding int64) {
	least := m.total(0)
	// Where padding pushes the directory over 4 GiB, the end grows; so some
	// lengths can't be met, and then the next one can.
	for total := grid(least); ; total = grid(total + 1) {
		for _, grown := range []int64{0, end64Size} {
			if padding = total - least - grown; padding >= 0 && m.total(padding) == total {
				return padding
			}
		}
	}
}
