package codec

import "fmt"

// Expansion is an encoded blob, from which metadata and slivers can be taken.
// It is safe for concurrent use. Slivers share memory with it and with the
// blob: they are for reading only.
type Expansion struct {
	p          Params
	symbolSize int
	blob       []byte
	edge       []byte   // the symbol in which the blob ends, padded with zeros
	zero       []byte   // a symbol of zeros
	emptyLeaf  Hash     // that symbol's
	parity     [][]byte // secondary slivers from column k2 on
	recovery   [][]byte // primary slivers from row k1 on; nil are those not kept
	metadata   *Metadata
}

func (e *Encoder) newExpansion(blob []byte) (*Expansion, error) {
	s, err := e.p.SymbolSize(uint64(len(blob)))
	if err != nil {
		return nil, err
	}
	x := &Expansion{
		p:          e.p,
		symbolSize: s,
		blob:       blob,
		edge:       make([]byte, s),
		zero:       make([]byte, s),
		parity:     make([][]byte, e.p.NShards-e.p.Secondary),
		recovery:   make([][]byte, e.p.NShards-e.p.Primary),
	}
	x.emptyLeaf = sum(leafPrefix, x.zero)
	copy(x.edge, blob[len(blob)/s*s:])
	for i := range x.parity {
		x.parity[i] = make([]byte, e.p.Primary*s, e.p.Primary*s+overread)
	}
	return x, nil
}

// keepRecovery makes room for primary sliver k1+i, so that it is kept.
func (x *Expansion) keepRecovery(i int) {
	x.recovery[i] = make([]byte, x.p.Secondary*x.symbolSize)
}

// symbol returns the symbol of row r < k1 in any column.
func (x *Expansion) symbol(r, c int) []byte {
	s := x.symbolSize
	if c >= x.p.Secondary {
		return x.parity[c-x.p.Secondary][r*s:][:s]
	}
	index, end := r*x.p.Secondary+c, len(x.blob)/s
	switch {
	case index < end:
		return x.blob[index*s:][:s]
	case index == end:
		return x.edge
	}
	return x.zero
}

// hashColumn hashes the source symbols of any column, rows r < k1.
func (x *Expansion) hashColumn(into []Hash, c int, h *hasher) {
	s, k2 := x.symbolSize, x.p.Secondary
	if c >= k2 {
		h.leaves(into, x.parity[c-k2], s, s)
		return
	}
	whole := 0 // rows whose symbol lies in the blob altogether
	if end := len(x.blob) / s; c < end {
		whole = (end - c + k2 - 1) / k2
		h.leaves(into[:whole], x.blob[c*s:], k2*s, s)
	}
	for r := whole; r < len(into); r++ {
		into[r] = x.emptyLeaf
	}
	if end := len(x.blob) / s; end%k2 == c && end/k2 < len(into) {
		into[end/k2] = h.leaf(x.edge)
	}
}

// Metadata is the blob's metadata.
func (x *Expansion) Metadata() *Metadata { return x.metadata }

// Params are the dimensions the blob was encoded with.
func (x *Expansion) Params() Params { return x.p }

// Pair returns a sliver pair. An index that no pair has panics, as a slice's would.
func (x *Expansion) Pair(pair int) SliverPair {
	return SliverPair{Primary: x.Sliver(Primary, pair), Secondary: x.Sliver(Secondary, pair)}
}

// Sliver returns one sliver of a pair. Secondary ones are partly gathered anew
// each time.
func (x *Expansion) Sliver(kind Kind, pair int) *Sliver {
	s := &Sliver{Kind: kind, Index: uint16(IndexOf(kind, pair, x.p.NShards)), SymbolSize: uint16(x.symbolSize)}
	if kind == Primary {
		s.Data = x.rowData(pair)
	} else {
		s.Data = x.columnData(int(s.Index))
	}
	return s
}

// Slivers yields sliver pairs in the order asked, those of one node say. An
// error of yield ends it and is returned.
func (x *Expansion) Slivers(pairs []int, yield func(pair int, primary, secondary *Sliver) error) error {
	if err := x.checkPairs(pairs); err != nil {
		return err
	}
	for _, pair := range pairs {
		p := x.Pair(pair)
		if err := yield(pair, p.Primary, p.Secondary); err != nil {
			return err
		}
	}
	return nil
}

func (x *Expansion) checkPairs(pairs []int) error {
	for _, pair := range pairs {
		if pair < 0 || pair >= x.p.NShards {
			return fmt.Errorf("%w: sliver pair %d of %d shards", ErrMalformed, pair, x.p.NShards)
		}
	}
	return nil
}

// rowData is a primary sliver's symbols: a part of the blob where that suffices.
func (x *Expansion) rowData(r int) []byte {
	if r >= x.p.Primary {
		return x.recovery[r-x.p.Primary]
	}
	size := x.p.Secondary * x.symbolSize
	if end := (r + 1) * size; end <= len(x.blob) {
		return x.blob[r*size : end : end]
	}
	data := make([]byte, size)
	if r*size < len(x.blob) {
		copy(data, x.blob[r*size:])
	}
	return data
}

// columnData is a secondary sliver's symbols, gathered where it must be.
func (x *Expansion) columnData(c int) []byte {
	if c >= x.p.Secondary {
		return x.parity[c-x.p.Secondary]
	}
	data := make([]byte, 0, x.p.Primary*x.symbolSize)
	for r := range x.p.Primary {
		data = append(data, x.symbol(r, c)...)
	}
	return data
}
