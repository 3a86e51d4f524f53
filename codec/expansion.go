package codec

import (
	"fmt"
)

// Expansion is an encoded blob, from which metadata and slivers can be taken.
// It is safe for concurrent use. Slivers share memory with it and with the
// blob: they are for reading only.
type Expansion struct {
	matrix   *matrix
	want     Want
	shares   []*Share // all columns, in order
	metadata *Metadata
}

// columns is how many there are in the shares.
func (x *Expansion) columns() int {
	if len(x.shares) == 0 {
		return 0
	}
	return x.shares[len(x.shares)-1].end
}

// Metadata is the blob's metadata, nil if it wasn't wanted.
func (x *Expansion) Metadata() *Metadata { return x.metadata }

// Params are the dimensions the blob was encoded with.
func (x *Expansion) Params() Params { return x.matrix.p }

// Pair returns a sliver pair. An index that no pair has panics, as a slice's
// would, and so does asking where only metadata was wanted.
func (x *Expansion) Pair(pair int) SliverPair {
	return SliverPair{Primary: x.Sliver(Primary, pair), Secondary: x.Sliver(Secondary, pair)}
}

// Sliver returns one sliver of a pair, as Pair does. Some are gathered anew each
// time: secondary ones mostly, and where several shares were joined those
// primary ones that aren't a part of the blob.
func (x *Expansion) Sliver(kind Kind, pair int) *Sliver {
	p := x.matrix.p
	s := &Sliver{Kind: kind, Index: uint16(IndexOf(kind, pair, p.NShards)), SymbolSize: uint16(x.matrix.symbolSize)}
	switch index := int(s.Index); {
	case kind == Secondary:
		s.Data = x.column(index)
	case index < p.Primary:
		s.Data = x.matrix.row(index)
	default:
		s.Data = x.recovery(index - p.Primary)
	}
	return s
}

// Slivers yields sliver pairs in the order asked, those of one node say. An
// error of yield ends it and is returned.
func (x *Expansion) Slivers(pairs []int, yield func(pair int, primary, secondary *Sliver) error) error {
	if err := x.matrix.p.checkPairs(pairs); err != nil {
		return err
	}
	if x.want&WantSlivers == 0 {
		return fmt.Errorf("%w: slivers of an expansion to metadata alone", ErrMalformed)
	}
	for _, pair := range pairs {
		p := x.Pair(pair)
		if err := yield(pair, p.Primary, p.Secondary); err != nil {
			return err
		}
	}
	return nil
}

func (p Params) checkPairs(pairs []int) error {
	for _, pair := range pairs {
		if pair < 0 || pair >= p.NShards {
			return fmt.Errorf("%w: sliver pair %d of %d shards", ErrMalformed, pair, p.NShards)
		}
	}
	return nil
}

// recovery is the primary sliver of row k1+i.
func (x *Expansion) recovery(i int) []byte {
	if first := x.shares[0]; first.source() == x.matrix.p.Secondary {
		return first.row(i)
	}
	return x.appendRecovery(make([]byte, 0, x.matrix.p.SliverSize(Primary, x.matrix.symbolSize)), i)
}

func (x *Expansion) appendRecovery(dst []byte, i int) []byte {
	for _, s := range x.shares {
		dst = append(dst, s.row(i)...)
	}
	return dst
}

// row is what the share has of row k1+i.
func (s *Share) row(i int) []byte {
	if s.kept != nil {
		i = s.kept[i]
	}
	size := s.source() * s.symbolSize
	return s.recovery[i*size:][:size:size]
}

// column is a secondary sliver's symbols.
func (x *Expansion) column(c int) []byte {
	p, s := x.matrix.p, x.matrix.symbolSize
	size := p.SliverSize(Secondary, s)
	if c < p.Secondary {
		all := make([]byte, size)
		x.gather(all, 0, c, c+1)
		return all
	}
	for _, share := range x.shares {
		if c < share.end {
			return share.parity[(c-share.first-share.source())*size:][:size:size]
		}
	}
	panic("internal error: shares without all columns")
}
