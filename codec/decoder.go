package codec

import (
	"fmt"
	"sync"
)

// Decoder gathers a blob's slivers and rebuilds the blob. It is safe for
// concurrent use.
//
// Any k1 primary slivers suffice, and any k2 secondary slivers do. A mixture
// that has neither never does: p primary and s secondary slivers leave
// (k1−p)·(k2−s) symbols undetermined.
type Decoder struct {
	verifier *Verifier
	size     uint64

	mu    sync.Mutex
	have  [2][]*Sliver // by kind and index; nil are those missing
	count [2]int
}

// NewDecoder returns a decoder of the blob. It verifies the metadata against
// the blob ID: ErrMismatch is the fault of whoever gave the metadata.
func NewDecoder(id BlobID, m *Metadata) (*Decoder, error) {
	if err := m.Verify(id, len(m.Hashes)); err != nil {
		return nil, err
	}
	v, err := NewVerifier(m)
	if err != nil {
		return nil, err
	}
	d := &Decoder{verifier: v, size: m.Size}
	for kind := range d.have {
		d.have[kind] = make([]*Sliver, v.p.NShards)
	}
	return d, nil
}

// Add verifies a sliver and keeps it, data and all, which must not change any
// more. Errors are those of [Metadata.VerifySliver]. A sliver that is there
// already is welcome and not looked at: [Decoder.Sliver] has what was verified.
func (d *Decoder) Add(s *Sliver) error {
	if err := d.verifier.checkShape(s); err != nil {
		return err
	}
	if d.Has(s.Kind, int(s.Index)) {
		return nil
	}
	if err := d.verifier.Verify(s); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.have[s.Kind][s.Index] == nil {
		d.have[s.Kind][s.Index] = s
		d.count[s.Kind]++
	}
	return nil
}

// Has tells whether the sliver of that index was added.
func (d *Decoder) Has(kind Kind, index int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.have[kind][index] != nil
}

// Sliver returns the sliver of that index, verified, or nil if none was added. It
// isn't the one given to Add last where one was there already.
func (d *Decoder) Sliver(kind Kind, index int) *Sliver {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.have[kind][index]
}

// Ready tells whether Decode has enough slivers.
func (d *Decoder) Ready() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.verifier.p
	return d.count[Primary] >= p.Primary || d.count[Secondary] >= p.Secondary
}

// Decode returns the blob. ErrTooFewSlivers says to get more. ErrInconsistent
// says that no reader can ever get this blob: rows that weren't received are
// expanded again and compared with the metadata, so that every reader comes to
// the same blob or to none.
func (d *Decoder) Decode() ([]byte, error) {
	rows, err := d.rows(0, d.verifier.p.Primary)
	if err != nil {
		return nil, err
	}
	return rows[:d.size:d.size], nil
}

// Range returns the n bytes at off of the blob. The primary slivers that
// [CoverRange] names suffice, as does whatever suffices for Decode, whose
// errors it returns; a range beyond the blob is ErrMalformed.
func (d *Decoder) Range(off, n uint64) ([]byte, error) {
	first, end, err := CoverRange(d.verifier.p, d.size, off, n)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return []byte{}, nil
	}
	rows, err := d.rows(first, end)
	if err != nil {
		return nil, err
	}
	off -= uint64(first * d.rowSize())
	return rows[off : off+n : off+n], nil
}

func (d *Decoder) rowSize() int {
	return d.verifier.p.SliverSize(Primary, d.verifier.symbolSize)
}

// rows returns the matrix' rows first ≤ r < end ≤ k1, each of them verified.
func (d *Decoder) rows(first, end int) ([]byte, error) {
	size := d.rowSize()
	out := make([]byte, (end-first)*size)
	var missing []int
	received, columns := d.snapshot()
	for r := first; r < end; r++ {
		if received[r] == nil {
			missing = append(missing, r)
			continue
		}
		copy(out[(r-first)*size:], received[r].Data)
	}
	if len(missing) > 0 {
		row := func(r int) []byte { return out[(r-first)*size:] }
		if err := d.restore(received, columns, missing, row); err != nil {
			return nil, err
		}
		if err := d.checkRows(missing, row); err != nil {
			return nil, err
		}
	}
	if begin := uint64(first * size); begin+uint64(len(out)) > d.size {
		for _, b := range out[max(d.size, begin)-begin:] {
			if b != 0 {
				return nil, fmt.Errorf("%w: its padding isn't zero", ErrInconsistent)
			}
		}
	}
	return out, nil
}

// snapshot returns the slivers there are, by index.
func (d *Decoder) snapshot() (primary, secondary []*Sliver) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]*Sliver(nil), d.have[Primary]...), append([]*Sliver(nil), d.have[Secondary]...)
}

// restore computes the missing rows from whichever kind of slivers suffices. row
// returns where a row goes; the next ones follow it.
func (d *Decoder) restore(primary, secondary []*Sliver, missing []int, row func(int) []byte) error {
	p := d.verifier.p
	haveRows, haveColumns := indices(primary, p.Primary), indices(secondary, p.Secondary)
	switch {
	case len(haveRows) == p.Primary:
		return d.restoreRows(primary, haveRows, missing, row)
	case len(haveColumns) == p.Secondary:
		return d.restoreColumns(secondary, haveColumns, missing, row)
	}
	return fmt.Errorf("%w: %d of %d primary and %d of %d secondary slivers are there, and one kind must be complete",
		ErrTooFewSlivers, len(haveRows), p.Primary, len(haveColumns), p.Secondary)
}

// indices lists the slivers there are, at most limit, lowest first: those need
// no decoding.
func indices(slivers []*Sliver, limit int) []int {
	var have []int
	for i, s := range slivers {
		if s != nil && len(have) < limit {
			have = append(have, i)
		}
	}
	return have
}

// checkRows expands rows that were restored and compares their hashes.
func (d *Decoder) checkRows(rows []int, row func(int) []byte) error {
	for len(rows) > 0 {
		n := run(rows)
		hashes, err := d.verifier.hashes(Primary, row(rows[0]), n)
		if err != nil {
			return err
		}
		for i, r := range rows[:n] {
			if want := d.verifier.metadata.Hash(Primary, r); hashes[i] != want {
				return fmt.Errorf("%w: restored row %d has hash %v, metadata says %v", ErrInconsistent, r, hashes[i], want)
			}
		}
		rows = rows[n:]
	}
	return nil
}

// run is how many of the rows follow each other from the first one on.
func run(rows []int) int {
	n := 1
	for n < len(rows) && rows[n] == rows[0]+n {
		n++
	}
	return n
}
