package codec

import "fmt"

// Bounds of the format.
const (
	MinShards     = 4
	MaxShards     = 1001
	MaxSymbolSize = 65534
)

// Params are the dimensions of the matrix for a number of shards.
type Params struct {
	NShards   int // n
	Primary   int // k1 = n−2f: source rows, and how many primary slivers decode
	Secondary int // k2 = n−f: source columns, and how many secondary slivers decode
}

// NewParams returns the dimensions for n shards, MinShards to MaxShards.
func NewParams(nShards int) (Params, error) {
	if nShards < MinShards || nShards > MaxShards {
		return Params{}, fmt.Errorf("%w: %d shards, want %d to %d", ErrMalformed, nShards, MinShards, MaxShards)
	}
	f := (nShards - 1) / 3
	return Params{NShards: nShards, Primary: nShards - 2*f, Secondary: nShards - f}, nil
}

// MaxBlobSize is the largest blob that n shards can hold.
func (p Params) MaxBlobSize() uint64 {
	return MaxSymbolSize * uint64(p.Primary) * uint64(p.Secondary)
}

// SymbolSize is S for a blob of the given size: even and at least 2. A blob
// over MaxBlobSize is ErrTooLarge.
func (p Params) SymbolSize(size uint64) (int, error) {
	if size > p.MaxBlobSize() {
		return 0, fmt.Errorf("%w: %d bytes, %d shards hold %d", ErrTooLarge, size, p.NShards, p.MaxBlobSize())
	}
	symbols := uint64(p.Primary) * uint64(p.Secondary)
	s := (max(size, 1) + symbols - 1) / symbols
	return int(s + s&1), nil
}

// SliverSize is the number of bytes of one sliver's symbols.
func (p Params) SliverSize(kind Kind, symbolSize int) int {
	return p.symbols(kind) * symbolSize
}

// symbols is how many symbols a sliver has: as many as slivers of the other
// kind are needed.
func (p Params) symbols(kind Kind) int {
	if kind == Primary {
		return p.Secondary
	}
	return p.Primary
}

// needed is how many slivers of one kind decode.
func (p Params) needed(kind Kind) int {
	if kind == Primary {
		return p.Primary
	}
	return p.Secondary
}

// EncodedSize is what storing a blob costs: all slivers, and on every shard the
// hashes of all slivers and the blob ID. Prices on chain count it.
func (p Params) EncodedSize(size uint64) (uint64, error) {
	s, err := p.SymbolSize(size)
	if err != nil {
		return 0, err
	}
	n := uint64(p.NShards)
	return n * (uint64(p.Primary+p.Secondary)*uint64(s) + 64*n + 32), nil
}

// CoverRange returns which primary slivers, first ≤ i < end, hold the n bytes
// at off of a blob of the given size. A range that isn't within the blob is
// ErrMalformed; an empty one is covered by none (first = end).
func CoverRange(p Params, size, off, n uint64) (first, end int, err error) {
	s, err := p.SymbolSize(size)
	if err != nil {
		return 0, 0, err
	}
	if off > size || n > size-off {
		return 0, 0, fmt.Errorf("%w: %d bytes at %d reach beyond the blob's %d", ErrMalformed, n, off, size)
	}
	row := uint64(p.Secondary) * uint64(s)
	if n == 0 {
		return int(off / row), int(off / row), nil
	}
	return int(off / row), int((off+n-1)/row) + 1, nil
}
