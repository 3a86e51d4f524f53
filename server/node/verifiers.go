package node

import (
	"container/list"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec"
)

// blobInfo is a blob's metadata, verified against its ID, and what checks slivers by it.
type blobInfo struct {
	metadata *codec.Metadata
	verifier *codec.Verifier
}

// verifiers remembers the blobs used last: 66 bytes a blob and shard.
type verifiers struct {
	mu    sync.Mutex
	max   int
	byID  map[codec.BlobID]*list.Element
	order *list.List // of verifierEntry, last used first
}

type verifierEntry struct {
	id   codec.BlobID
	info *blobInfo
}

func newVerifiers(max int) *verifiers {
	return &verifiers{max: max, byID: make(map[codec.BlobID]*list.Element), order: list.New()}
}

func (v *verifiers) get(id codec.BlobID) *blobInfo {
	v.mu.Lock()
	defer v.mu.Unlock()
	e := v.byID[id]
	if e == nil {
		return nil
	}
	v.order.MoveToFront(e)
	return e.Value.(verifierEntry).info
}

func (v *verifiers) put(id codec.BlobID, info *blobInfo) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.byID[id] != nil {
		return
	}
	v.byID[id] = v.order.PushFront(verifierEntry{id, info})
	if v.order.Len() > v.max {
		last := v.order.Remove(v.order.Back()).(verifierEntry)
		delete(v.byID, last.id)
	}
}

func (v *verifiers) drop(id codec.BlobID) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if e := v.byID[id]; e != nil {
		v.order.Remove(e)
		delete(v.byID, id)
	}
}

// info returns what is known of a blob: nil if its metadata isn't stored,
// errDamaged if what is stored isn't its metadata.
func (n *Node) info(id codec.BlobID) (*blobInfo, error) {
	if i := n.verifier.get(id); i != nil {
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
	n.verifier.put(id, i)
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
	n.verifier.put(id, i)
	return nil
}
