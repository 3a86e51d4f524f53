package codec

import "fmt"

// Encoder encodes blobs for one number of shards. It is safe for concurrent
// use.
type Encoder struct {
	p           Params
	row, column encodeFunc
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
	return &Encoder{p: p, row: row, column: column}, nil
}

// Params are the dimensions the encoder works with.
func (e *Encoder) Params() Params { return e.p }

// Metadata computes a blob's metadata, and by it the blob ID, without keeping
// slivers.
func (e *Encoder) Metadata(blob []byte) (*Metadata, error) {
	x, err := e.newExpansion(blob)
	if err != nil {
		return nil, err
	}
	if err := x.expandRows(e.row); err != nil {
		return nil, err
	}
	if err := x.expandColumns(e.column, true); err != nil {
		return nil, err
	}
	return x.metadata, nil
}

// Expand encodes a blob once and keeps what metadata and all slivers are made
// of: about 2.5 times the blob's size besides the blob itself, which it refers
// to and which must not change while the expansion is used.
func (e *Encoder) Expand(blob []byte) (*Expansion, error) {
	x, err := e.newExpansion(blob)
	if err != nil {
		return nil, err
	}
	for i := range x.recovery {
		x.keepRecovery(i)
	}
	if err := x.expandRows(e.row); err != nil {
		return nil, err
	}
	if err := x.expandColumns(e.column, true); err != nil {
		return nil, err
	}
	return x, nil
}

// Slivers computes the slivers of some pairs, without metadata and so without
// hashing, and yields them in the order asked. An error of yield ends it and is
// returned. Whoever needs the pairs of many nodes one after the other calls
// Expand instead: this does most of the work anew each time.
func (e *Encoder) Slivers(blob []byte, pairs []int, yield func(pair int, primary, secondary *Sliver) error) error {
	x, err := e.newExpansion(blob)
	if err != nil {
		return err
	}
	if err := x.checkPairs(pairs); err != nil {
		return err
	}
	for _, pair := range pairs {
		if i := pair - e.p.Primary; i >= 0 {
			x.keepRecovery(i)
		}
	}
	if err := x.expandRows(e.row); err != nil {
		return err
	}
	if err := x.expandColumns(e.column, false); err != nil {
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
