package codec

import (
	"encoding/binary"
	"fmt"
	"slices"
	"unsafe"
)

// Want says what encoding is to give.
type Want uint8

// What can be wanted, one or both.
const (
	WantMetadata Want = 1 << iota
	WantSlivers

	wantBoth = WantMetadata | WantSlivers
)

// Share is the part of encoding a blob that concerns some columns, first ≤ c <
// end. Shares don't need each other, so that workers can make them side by side:
// [Encoder.Split] says of which columns, [Encoder.Join] takes what they made.
//
// In memory and between workers it is the same bytes:
//
//	first u16 ‖ end u16
//	‖ root hash of every column                      if metadata is wanted
//	‖ n nodes of the rows' trees for every unit of columns
//	‖ of every row from k1 on the symbols in the columns below k2     if slivers are
//	‖ the columns from k2 on, rows below k1
type Share struct {
	p          Params
	symbolSize int
	size       int // of the blob
	want       Want
	first, end int

	b        []byte
	columns  []Hash
	nodes    []Hash
	recovery []byte
	parity   []byte

	kept []int // where row k1+i is among those in recovery, or −1; nil if all are
}

const shareHead = 4

// shape checks which columns a share is to have, and returns it without bytes.
func (e *Encoder) shape(size int64, first, end int, want Want) (*Share, error) {
	if size < 0 || want == 0 || want > wantBoth {
		return nil, fmt.Errorf("%w: a share of %d bytes that is to give %d", ErrMalformed, size, want)
	}
	symbolSize, err := e.p.SymbolSize(uint64(size))
	if err != nil {
		return nil, err
	}
	span := unitSpan(e.p.NShards, symbolSize)
	if first < 0 || first >= end || end > e.p.NShards || first%span != 0 || end%span != 0 && end != e.p.NShards {
		return nil, fmt.Errorf("%w: a share of columns %d to %d of %d, which come in units of %d", ErrMalformed, first, end, e.p.NShards, span)
	}
	return &Share{p: e.p, symbolSize: symbolSize, size: int(size), want: want, first: first, end: end}, nil
}

// Unit is how many columns of a blob of that size come together: shares begin
// and end at multiples of it. 0 where there is no such blob.
func (e *Encoder) Unit(size int64) int {
	symbolSize, err := e.p.SymbolSize(uint64(max(size, 0)))
	if err != nil {
		return 0
	}
	return unitSpan(e.p.NShards, symbolSize)
}

// source and repair are how many of the share's columns are below k2 and not.
func (s *Share) source() int { return max(min(s.end, s.p.Secondary)-s.first, 0) }
func (s *Share) repair() int { return s.end - s.first - s.source() }

func (s *Share) units() int {
	span := unitSpan(s.p.NShards, s.symbolSize)
	return (s.end - s.first + span - 1) / span
}

// sizes are how long the parts are.
func (s *Share) sizes() (columns, nodes, recovery, parity int) {
	if s.want&WantMetadata != 0 {
		columns, nodes = (s.end-s.first)*len(Hash{}), s.units()*s.p.NShards*len(Hash{})
	}
	if s.want&WantSlivers != 0 {
		rows := s.p.NShards - s.p.Primary
		if s.kept != nil {
			rows = 0
			for _, at := range s.kept {
				rows = max(rows, at+1)
			}
		}
		recovery, parity = rows*s.source()*s.symbolSize, s.repair()*s.p.Primary*s.symbolSize
	}
	return columns, nodes, recovery, parity
}

func (s *Share) length() int {
	columns, nodes, recovery, parity := s.sizes()
	return shareHead + columns + nodes + recovery + parity
}

// use makes b, which is as long as it must be, the share's bytes.
func (s *Share) use(b []byte) {
	columns, nodes, recovery, parity := s.sizes()
	s.b = b
	rest := b[shareHead:]
	s.columns, rest = hashesIn(rest[:columns]), rest[columns:]
	s.nodes, rest = hashesIn(rest[:nodes]), rest[nodes:]
	s.recovery, s.parity = rest[:recovery], rest[recovery:recovery+parity]
}

// hashesIn is b, a multiple of a hash long, as hashes.
func hashesIn(b []byte) []Hash {
	return unsafe.Slice((*Hash)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/len(Hash{}))
}

// NewShare makes the share of columns first ≤ c < end. Of a share that gives
// metadata alone little is kept; one that has columns from k2 on is made of the
// expanded rows and so costs a part more.
func (e *Encoder) NewShare(blob []byte, first, end int, want Want) (*Share, error) {
	return e.NewShareIn(nil, blob, first, end, want)
}

// NewShareIn is NewShare in the memory of a share that nobody needs any more, if
// that suffices: no other need be made and cleared.
func (e *Encoder) NewShareIn(memory, blob []byte, first, end int, want Want) (*Share, error) {
	m := e.matrices.Get().(*matrix)
	defer e.matrices.Put(m)
	if err := m.use(blob); err != nil {
		return nil, err
	}
	defer func() { m.blob = nil }()
	return e.newShare(memory, m, first, end, want, nil)
}

func (e *Encoder) newShare(memory []byte, m *matrix, first, end int, want Want, kept []int) (*Share, error) {
	s, err := e.shape(int64(len(m.blob)), first, end, want)
	if err != nil {
		return nil, err
	}
	s.kept = kept
	n := s.length()
	if cap(memory) < n+overread {
		memory = make([]byte, n, n+overread)
	}
	s.use(memory[:n])
	binary.LittleEndian.PutUint16(s.b, uint16(first))
	binary.LittleEndian.PutUint16(s.b[2:], uint16(end))
	return s, e.fill(s, m)
}

// Bytes is the share as ParseShare takes it. It is the share's own memory.
func (s *Share) Bytes() []byte { return s.b }

// ParseShare takes what Bytes returned for a share of a blob of that size. The
// bytes become the share's own. What isn't the shape of one is ErrMalformed; a
// share says nothing by which its content could be verified.
func (e *Encoder) ParseShare(size int64, want Want, b []byte) (*Share, error) {
	if len(b) < shareHead {
		return nil, fmt.Errorf("%w: a share of %d bytes", ErrMalformed, len(b))
	}
	s, err := e.shape(size, int(binary.LittleEndian.Uint16(b)), int(binary.LittleEndian.Uint16(b[2:])), want)
	if err != nil {
		return nil, err
	}
	if n := s.length(); len(b) != n {
		return nil, fmt.Errorf("%w: the share of columns %d to %d has %d bytes, want %d", ErrMalformed, s.first, s.end, len(b), n)
	}
	s.use(b)
	return s, nil
}

// Join makes of the shares of all columns, each of them once, what Expand makes
// of the blob: it keeps the shares' bytes, and copies none of their slivers. The
// result has metadata and slivers if those were wanted.
func (e *Encoder) Join(blob []byte, want Want, shares ...*Share) (*Expansion, error) {
	m, err := newMatrix(e.p, blob)
	if err != nil {
		return nil, err
	}
	return e.join(m, want, shares)
}

func (e *Encoder) join(m *matrix, want Want, shares []*Share) (*Expansion, error) {
	x := &Expansion{matrix: m, want: want}
	for len(x.shares) < len(shares) {
		next := x.columns()
		for _, s := range shares {
			if s.first == next && s.p == e.p && s.size == len(m.blob) && s.want == want {
				x.shares = append(x.shares, s)
				break
			}
		}
		if x.columns() == next {
			break
		}
	}
	if x.columns() != e.p.NShards || len(x.shares) != len(shares) {
		return nil, fmt.Errorf("%w: %d shares that aren't all columns once", ErrMalformed, len(shares))
	}
	if want&WantMetadata != 0 {
		var columns, nodes [][]Hash
		for _, s := range x.shares {
			columns, nodes = append(columns, s.columns), append(nodes, s.nodes)
		}
		x.metadata = newMetadata(uint64(len(m.blob)), slices.Concat(columns...), slices.Concat(nodes...))
	}
	return x, nil
}
