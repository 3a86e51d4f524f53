package codec

import (
	"encoding/binary"
	"fmt"
)

// Wire values of metadata. Do not reorder.
const (
	metadataV1  = 0 // enum tag of BlobMetadata
	encodingRS2 = 1
	nodeDigest  = 1 // enum tag of a Merkle node that isn't empty
)

// PairHash holds the hashes of one sliver pair.
type PairHash struct {
	Primary, Secondary Hash
}

// Metadata is what a blob ID commits to: size and the hash of every sliver.
type Metadata struct {
	Size   uint64     // of the blob, before encoding
	Hashes []PairHash // by pair: Hashes[i] holds primary i and secondary n−1−i
}

// InMemory is about how many bytes it takes with what points to it: for who keeps
// some of them.
func (m *Metadata) InMemory() int { return 2*len(Hash{})*len(m.Hashes) + 512 }

// MarshalBCS returns BlobMetadata, as PUT to a storage node.
//
//	00 ‖ 01 ‖ size u64 ‖ n ULEB128 ‖ n × (01 ‖ primary hash ‖ 01 ‖ secondary hash)
func (m *Metadata) MarshalBCS() []byte { return m.appendBCS(nil) }

// MarshalWithID returns BlobMetadataWithId, as a storage node answers: the blob
// ID before what MarshalBCS returns.
func (m *Metadata) MarshalWithID() []byte {
	id := m.BlobID()
	return m.appendBCS(id[:])
}

func (m *Metadata) appendBCS(b []byte) []byte {
	b = append(b, metadataV1, encodingRS2)
	b = binary.LittleEndian.AppendUint64(b, m.Size)
	b = binary.AppendUvarint(b, uint64(len(m.Hashes)))
	for _, h := range m.Hashes {
		b = append(append(b, nodeDigest), h.Primary[:]...)
		b = append(append(b, nodeDigest), h.Secondary[:]...)
	}
	return b
}

// UnmarshalMetadata reads what MarshalBCS writes. Only [Metadata.Verify] tells
// whether it belongs to a blob ID.
func UnmarshalMetadata(b []byte) (*Metadata, error) {
	if len(b) < 10 || b[0] != metadataV1 || b[1] != encodingRS2 {
		return nil, fmt.Errorf("%w: no metadata V1 of encoding RS2", ErrMalformed)
	}
	size := binary.LittleEndian.Uint64(b[2:])
	n, rest, err := cutUleb(b[10:])
	if err != nil {
		return nil, fmt.Errorf("couldn't read metadata's length: %w", err)
	}
	if n > MaxShards || len(rest) != int(n)*66 {
		return nil, fmt.Errorf("%w: metadata announces %d sliver pairs, %d bytes follow", ErrMalformed, n, len(rest))
	}
	m := &Metadata{Size: size, Hashes: make([]PairHash, n)}
	for i := range m.Hashes {
		h := rest[i*66:]
		if h[0] != nodeDigest || h[33] != nodeDigest {
			return nil, fmt.Errorf("%w: sliver pair %d has no hash", ErrMalformed, i)
		}
		m.Hashes[i] = PairHash{Primary: Hash(h[1:33]), Secondary: Hash(h[34:66])}
	}
	if _, _, err := m.params(); err != nil {
		return nil, fmt.Errorf("couldn't accept metadata: %w", err)
	}
	return m, nil
}

// UnmarshalMetadataWithID reads what MarshalWithID writes, and verifies the
// metadata against the ID in it.
func UnmarshalMetadataWithID(b []byte) (BlobID, *Metadata, error) {
	if len(b) < len(BlobID{}) {
		return BlobID{}, nil, fmt.Errorf("%w: metadata of %d bytes has no blob ID", ErrMalformed, len(b))
	}
	id := BlobID(b[:32])
	m, err := UnmarshalMetadata(b[32:])
	if err != nil {
		return BlobID{}, nil, err
	}
	if err := m.Verify(id, len(m.Hashes)); err != nil {
		return BlobID{}, nil, err
	}
	return id, m, nil
}

// params returns dimensions and symbol size of the blob described.
func (m *Metadata) params() (Params, int, error) {
	p, err := NewParams(len(m.Hashes))
	if err != nil {
		return Params{}, 0, err
	}
	s, err := p.SymbolSize(m.Size)
	return p, s, err
}

// Hash returns the hash of one sliver.
func (m *Metadata) Hash(kind Kind, index int) Hash {
	if kind == Primary {
		return m.Hashes[index].Primary
	}
	return m.Hashes[len(m.Hashes)-1-index].Secondary
}

// RootHash is the Merkle root over all slivers' hashes, as registered on chain.
func (m *Metadata) RootHash() Hash {
	var h hasher
	leaves := make([]Hash, len(m.Hashes))
	var both [64]byte
	for i, pair := range m.Hashes {
		copy(both[:32], pair.Primary[:])
		copy(both[32:], pair.Secondary[:])
		leaves[i] = h.leaf(both[:])
	}
	return h.root(leaves)
}

// BlobID is H(encoding ‖ size ‖ root hash).
func (m *Metadata) BlobID() BlobID {
	var b [40]byte
	binary.LittleEndian.PutUint64(b[:], m.Size)
	root := m.RootHash()
	copy(b[8:], root[:])
	return BlobID(sum(encodingRS2, b[:]))
}

// Verify checks that the metadata is what the blob ID commits to: ErrMismatch
// when it isn't, ErrMalformed when it isn't for nShards.
func (m *Metadata) Verify(id BlobID, nShards int) error {
	if len(m.Hashes) != nShards {
		return fmt.Errorf("%w: metadata for %d shards, want %d", ErrMalformed, len(m.Hashes), nShards)
	}
	if _, _, err := m.params(); err != nil {
		return fmt.Errorf("couldn't accept metadata: %w", err)
	}
	if got := m.BlobID(); got != id {
		return fmt.Errorf("%w: metadata is of blob %v, want %v", ErrMismatch, got, id)
	}
	return nil
}
