package codec

import (
	"fmt"
	"slices"
	"sync"
)

// Encoder encodes blobs for one number of shards. It is safe for concurrent
// use.
type Encoder struct {
	p           Params
	row, column encodeFunc

	matrices sync.Pool // what NewShare needs beside the blob
	scratch  sync.Pool // what a unit of columns needs
}

// NewEncoder returns an encoder for n shards, MinShards to MaxShards.
func NewEncoder(nShards int) (*Encoder, error) {
	return newEncoder(nShards, defaultEngine)
}

func newEncoder(nShards int, on engine) (*Encoder, error) {
	p, err := NewParams(nShards)
	if err != nil {
		return nil, err
	}
	row, err := on.encoder(p.rowCode())
	if err != nil {
		return nil, fmt.Errorf("couldn't make row code for %d shards: %w", nShards, err)
	}
	column, err := on.encoder(p.columnCode())
	if err != nil {
		return nil, fmt.Errorf("couldn't make column code for %d shards: %w", nShards, err)
	}
	e := &Encoder{p: p, row: row, column: column}
	e.matrices.New = func() any { return &matrix{p: p} }
	e.scratch.New = func() any { return &scratch{} }
	return e, nil
}

// Params are the dimensions the encoder works with.
func (e *Encoder) Params() Params { return e.p }

// Metadata computes a blob's metadata, and by it the blob ID, without keeping
// slivers.
func (e *Encoder) Metadata(blob []byte) (*Metadata, error) {
	x, err := e.expand(blob, WantMetadata)
	if err != nil {
		return nil, err
	}
	return x.metadata, nil
}

// Expand encodes a blob once and keeps what metadata and all slivers are made
// of: about 2.5 times the blob's size besides the blob itself, which it refers
// to and which must not change while the expansion is used.
func (e *Encoder) Expand(blob []byte) (*Expansion, error) {
	return e.expand(blob, wantBoth)
}

// ExpandOnly is Expand without hashing, for whoever has the metadata already:
// that of its result is nil.
func (e *Encoder) ExpandOnly(blob []byte) (*Expansion, error) {
	return e.expand(blob, WantSlivers)
}

func (e *Encoder) expand(blob []byte, want Want) (*Expansion, error) {
	m, err := newMatrix(e.p, blob)
	if err != nil {
		return nil, err
	}
	all, err := e.newShare(nil, m, 0, e.p.NShards, want, nil)
	if err != nil {
		return nil, err
	}
	return e.join(m, want, []*Share{all})
}

// Slivers computes the slivers of some pairs, without metadata and so without
// hashing, and yields them in the order asked. An error of yield ends it and is
// returned. Whoever needs the pairs of many nodes one after the other calls
// ExpandOnly instead: this does most of the work anew each time.
func (e *Encoder) Slivers(blob []byte, pairs []int, yield func(pair int, primary, secondary *Sliver) error) error {
	m, err := newMatrix(e.p, blob)
	if err != nil {
		return err
	}
	if err := e.p.checkPairs(pairs); err != nil {
		return err
	}
	kept, rows := slices.Repeat([]int{-1}, e.p.NShards-e.p.Primary), 0
	for _, pair := range pairs {
		if i := pair - e.p.Primary; i >= 0 && kept[i] < 0 {
			kept[i] = rows
			rows++
		}
	}
	some, err := e.newShare(nil, m, 0, e.p.NShards, WantSlivers, kept)
	if err != nil {
		return err
	}
	x, err := e.join(m, WantSlivers, []*Share{some})
	if err != nil {
		return err
	}
	return x.Slivers(pairs, yield)
}

// Encode returns a blob's metadata and all its sliver pairs, by pair index.
func (e *Encoder) Encode(blob []byte) (*Metadata, []SliverPair, error) {
	x, err := e.Expand(blob)
	if err != nil {
		return nil, nil, err
	}
	pairs := make([]SliverPair, e.p.NShards)
	for i := range pairs {
		pairs[i] = x.Pair(i)
	}
	return x.metadata, pairs, nil
}
