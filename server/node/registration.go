package node

import (
	"encoding/json"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// registration is what the ledger said of one Blob object. It stays until the
// garbage collection after its end, deleted or not.
type registration struct {
	Epoch     uint32 // of registration
	EndEpoch  uint32 // the first in which it isn't kept
	Deletable bool
	Deleted   bool
	Certified *uint32       // epoch of certification
	TxDigest  suitx.Digest  // of the last event
	Sequence  uint64        // of the last event within its transaction
	Object    suitx.Address `json:"-"` // in the key
}

// live says whether the blob is to be kept for this object's sake.
func (r *registration) live(epoch uint32) bool { return !r.Deleted && epoch < r.EndEpoch }

// registrations returns all that is known of a blob's objects.
func (n *Node) registrations(id codec.BlobID) ([]registration, error) {
	var list []registration
	prefix := blobKey(keyRegistration, id)
	err := n.rec.each(prefix, func(key, value []byte) error {
		var r registration
		if err := json.Unmarshal(value, &r); err != nil {
			return fmt.Errorf("couldn't read registration of %s: %w", id, err)
		}
		r.Object = suitx.Address(key[len(prefix):])
		list = append(list, r)
		return nil
	})
	return list, err
}

// registered says whether any object keeps the blob now.
func (n *Node) registered(id codec.BlobID) (bool, error) {
	list, err := n.registrations(id)
	epoch := n.view().Epoch
	for i := range list {
		if list[i].live(epoch) {
			return true, err
		}
	}
	return false, err
}

// apply takes one event of the ledger in. Events may come again after a
// restart, from the beginning of their checkpoint; they change nothing then.
func (n *Node) apply(e api.BlobEvent) error {
	if e.Kind == api.BlobInvalid {
		return n.invalidate(e)
	}
	n.life.RLock()
	defer n.life.RUnlock()
	key := registrationKey(e.BlobID, e.ObjectID)
	var r registration
	value, err := n.rec.get(key)
	if err != nil {
		return err
	}
	known := value != nil
	if known {
		if err := json.Unmarshal(value, &r); err != nil {
			return fmt.Errorf("couldn't read registration of %s: %w", e.BlobID, err)
		}
	}
	b := n.rec.db.NewBatch()
	defer b.Close()
	if r.take(e, known) {
		if err := putJSON(b, key, r); err != nil {
			return err
		}
	}
	if err := b.Set([]byte{keyCursor}, cursorValue(e.Checkpoint), nil); err != nil {
		return err
	}
	// Not synced: what is lost comes again, since the cursor is lost with it.
	if err := b.Commit(pebble.NoSync); err != nil {
		return fmt.Errorf("couldn't record event of %s: %w", e.BlobID, err)
	}
	n.seen(e)
	return nil
}

// take changes r as e says; false if it knew already.
func (r *registration) take(e api.BlobEvent, known bool) bool {
	switch e.Kind {
	case api.BlobRegistered:
		if known {
			return false
		}
		*r = registration{Epoch: e.Epoch, EndEpoch: e.EndEpoch, Deletable: e.Deletable}
	case api.BlobCertified:
		if r.Deleted {
			return false
		}
		if !known { // registered before the node began to listen
			*r = registration{Epoch: e.Epoch, EndEpoch: e.EndEpoch, Deletable: e.Deletable}
		}
		if r.Certified == nil {
			r.Certified = &e.Epoch
		}
		r.EndEpoch = max(r.EndEpoch, e.EndEpoch) // certified again means extended
	case api.BlobDeleted:
		if !known || r.Deleted {
			return false
		}
		r.Deleted = true
	default:
		return false
	}
	r.TxDigest, r.Sequence = e.TxDigest, e.Sequence
	return true
}

func cursorValue(checkpoint uint64) []byte {
	v := make([]byte, 8)
	for i := range v {
		v[i] = byte(checkpoint >> (56 - 8*i))
	}
	return v
}
