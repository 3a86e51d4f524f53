package node

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec"
	"floe/server/lru"
)

// blobInfo is a blob's metadata, verified against its ID, and what checks slivers by it.
type blobInfo struct {
	metadata *codec.Metadata
	verifier *codec.Verifier
}

// verifiers remembers the blobs used last: those that are written or read now
// are few.
type verifiers = lru.Cache[codec.BlobID, *blobInfo]

func newVerifiers(most int64) *verifiers { return lru.New[codec.BlobID, *blobInfo](int(most)) }

// info returns what is known of a blob: nil if its metadata isn't stored,
// errDamaged if what is stored isn't its metadata.
func (n *Node) info(id codec.BlobID) (*blobInfo, error) {
	if i, ok := n.verifier.Get(id); ok {
		return i, nil
	}
	b, err := n.rec.get(blobKey(keyMetadata, id))
	if err != nil || b == nil {
		return nil, err
	}
	i, err := newBlobInfo(id, b, n.view().NShards)
	if err != nil {
		return nil, fmt.Errorf("%w: metadata of %s: %v", errDamaged, id, err)
	}
	n.verifier.Put(id, i, i.metadata.InMemory())
	return i, nil
}

// newBlobInfo reads metadata and verifies it.
func newBlobInfo(id codec.BlobID, b []byte, nShards int) (*blobInfo, error) {
	m, err := codec.UnmarshalMetadata(b)
	if err != nil {
		return nil, err
	}
	if err := m.Verify(id, nShards); err != nil {
		return nil, err
	}
	v, err := codec.NewVerifier(m)
	if err != nil {
		return nil, err
	}
	return &blobInfo{m, v}, nil
}

// storeMetadata stores verified metadata durably.
func (n *Node) storeMetadata(id codec.BlobID, i *blobInfo) error {
	if err := n.rec.db.Set(blobKey(keyMetadata, id), i.metadata.MarshalBCS(), pebble.Sync); err != nil {
		return fmt.Errorf("couldn't store metadata of %s: %w", id, err)
	}
	n.verifier.Put(id, i, i.metadata.InMemory())
	return nil
}
