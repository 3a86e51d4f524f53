package codec

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Kind tells the two dimensions of slivers apart. The values are Walrus' wire
// values.
type Kind uint8

// Kinds of slivers. Do not reorder.
const (
	Primary   Kind = 0 // a row
	Secondary Kind = 1 // a column
)

// String is the word that paths use.
func (k Kind) String() string {
	switch k {
	case Primary:
		return "primary"
	case Secondary:
		return "secondary"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Sliver is the part of a row or column that a shard holds.
type Sliver struct {
	Kind       Kind
	Index      uint16 // primary: row = pair; secondary: column = n−1−pair
	SymbolSize uint16
	Data       []byte // the symbols side by side
}

// SliverPair is what one shard holds of a blob.
type SliverPair struct {
	Primary, Secondary *Sliver
}

// Pair is the index of the sliver pair that the sliver belongs to.
func (s *Sliver) Pair(nShards int) int {
	if s.Kind == Primary {
		return int(s.Index)
	}
	return nShards - 1 - int(s.Index)
}

// IndexOf is the sliver index that a pair's sliver of one kind carries.
func IndexOf(kind Kind, pair, nShards int) int {
	if kind == Primary {
		return pair
	}
	return nShards - 1 - pair
}

// MarshalBCS returns the sliver as Walrus' nodes take it. The kind isn't in it.
//
//	length ULEB128 ‖ symbols ‖ symbol size u16 ‖ index u16
func (s *Sliver) MarshalBCS() []byte {
	head, tail := s.AroundBCS()
	return slices.Concat(head, s.Data, tail)
}

// AroundBCS returns what stands before and behind Data in MarshalBCS, for those
// who send it without a copy.
func (s *Sliver) AroundBCS() (head, tail []byte) {
	head = binary.AppendUvarint(nil, uint64(len(s.Data)))
	tail = binary.LittleEndian.AppendUint16(nil, s.SymbolSize)
	return head, binary.LittleEndian.AppendUint16(tail, s.Index)
}

// UnmarshalSliver reads what MarshalBCS writes. Data is a part of b, not a
// copy. Whether the sliver fits a blob is for [Metadata.VerifySliver] to say.
func UnmarshalSliver(kind Kind, b []byte) (*Sliver, error) {
	if kind > Secondary {
		return nil, fmt.Errorf("%w: sliver of unknown %v", ErrMalformed, kind)
	}
	length, rest, err := cutUleb(b)
	if err != nil {
		return nil, fmt.Errorf("couldn't read sliver's length: %w", err)
	}
	if uint64(len(rest)) != uint64(length)+4 {
		return nil, fmt.Errorf("%w: sliver announces %d bytes of symbols, %d bytes follow", ErrMalformed, length, len(rest))
	}
	tail := rest[length:]
	s := &Sliver{
		Kind:       kind,
		Data:       rest[:length:length],
		SymbolSize: binary.LittleEndian.Uint16(tail),
		Index:      binary.LittleEndian.Uint16(tail[2:]),
	}
	if s.SymbolSize == 0 || s.SymbolSize%2 != 0 {
		return nil, fmt.Errorf("%w: symbol size %d, want an even number over 0", ErrMalformed, s.SymbolSize)
	}
	if len(s.Data) == 0 || len(s.Data)%int(s.SymbolSize) != 0 {
		return nil, fmt.Errorf("%w: %d bytes aren't symbols of %d", ErrMalformed, len(s.Data), s.SymbolSize)
	}
	return s, nil
}

// cutUleb takes a canonical ULEB128 number of at most 32 bits off b.
func cutUleb(b []byte) (uint32, []byte, error) {
	v, n := binary.Uvarint(b)
	if n <= 0 || v > 1<<32-1 || n > 1 && b[n-1] == 0 {
		return 0, nil, fmt.Errorf("%w: no canonical ULEB128 of 32 bits", ErrMalformed)
	}
	return uint32(v), b[n:], nil
}
