package codec

import (
	"encoding/binary"
	"slices"
)

// Source returns the expansion of a blob as far as it needs no encoding: what
// [Params.Systematic] says may be asked of it, and nothing else. It is there at
// once, for who has slivers to move while others are still being made.
func Source(nShards int, blob []byte) (*Expansion, error) {
	p, err := NewParams(nShards)
	if err != nil {
		return nil, err
	}
	m, err := newMatrix(p, blob)
	if err != nil {
		return nil, err
	}
	return &Expansion{matrix: m}, nil
}

// Systematic returns the pairs, first ≤ i < end, whose slivers of that kind are
// parts of the blob as it is.
func (p Params) Systematic(kind Kind) (first, end int) {
	if kind == Primary {
		return 0, p.Primary
	}
	return p.NShards - p.Secondary, p.NShards
}

// AppendBCS appends what MarshalBCS gives for a sliver, gathered straight into
// dst.
func (x *Expansion) AppendBCS(dst []byte, kind Kind, pair int) []byte {
	return x.AppendAllBCS(dst, kind, pair, pair+1)
}

// SizeBCS is how long a sliver of that kind is in BCS.
func (x *Expansion) SizeBCS(kind Kind) int {
	size := x.matrix.p.SliverSize(kind, x.matrix.symbolSize)
	return len(binary.AppendUvarint(nil, uint64(size))) + size + 4
}

// AppendAllBCS appends what MarshalBCS gives for the slivers of pairs first ≤ i <
// end, one behind the other: they are equally long. What must be gathered from
// all over the blob is gathered for all of them together, which takes far less
// time than for one after the other.
func (x *Expansion) AppendAllBCS(dst []byte, kind Kind, first, end int) []byte {
	if first >= end {
		return dst
	}
	p, s := x.matrix.p, x.matrix.symbolSize
	size := p.SliverSize(kind, s)
	head := binary.AppendUvarint(nil, uint64(size))
	length := x.SizeBCS(kind)
	at := len(dst)
	dst = slices.Grow(dst, (end-first)*length)[:at+(end-first)*length]
	all := dst[at:]
	if kind == Primary {
		for pair := first; pair < end; pair++ {
			x.putRow(all[(pair-first)*length+len(head):][:0:size], pair)
		}
	} else {
		// The columns of these pairs run backwards.
		low, high := p.NShards-end, p.NShards-first
		known := max(min(high, p.Secondary), low)
		if low < known {
			x.gather(all[(high-known)*length+len(head):], -length, low, known)
		}
		for c := known; c < high; c++ {
			copy(all[(high-1-c)*length+len(head):], x.column(c))
		}
	}
	for pair := first; pair < end; pair++ {
		sliver := all[(pair-first)*length:][:length]
		copy(sliver, head)
		tail := sliver[length-4:]
		binary.LittleEndian.PutUint16(tail, uint16(s))
		binary.LittleEndian.PutUint16(tail[2:], uint16(IndexOf(kind, pair, p.NShards)))
	}
	return dst
}

// putRow appends row i to dst.
func (x *Expansion) putRow(dst []byte, i int) {
	if k := x.matrix.p.Primary; i >= k {
		x.appendRecovery(dst, i-k)
	} else {
		_ = append(dst, x.matrix.row(i)...)
	}
}

// gather stores the columns first ≤ c < end, all below k2, in dst: they begin
// stride bytes after each other, or before, where the last one is the first in
// dst. Of what stands between them the next four bytes lose their content.
func (x *Expansion) gather(dst []byte, stride, first, end int) {
	s, rows := x.matrix.symbolSize, x.matrix.p.Primary
	begin := 0
	if stride < 0 {
		begin = (first - end + 1) * stride
	}
	for r := range rows {
		row, at := x.matrix.row(r)[first*s:end*s], begin+r*s
		if s <= 8 && r < rows-1 { // what is written too much comes to where the next row goes
			for ; len(row) >= 8; row, at = row[s:], at+stride {
				binary.LittleEndian.PutUint64(dst[at:], binary.LittleEndian.Uint64(row))
			}
		}
		for ; len(row) > 0; row, at = row[s:], at+stride {
			move(dst[at:at+s], row[:s])
		}
	}
}
