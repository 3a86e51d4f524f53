package node

import (
	"encoding/json"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec"
	"floe/server/api"
)

// A blob is invalid once the ledger has a certificate of nodes that its slivers
// don't fit together: whoever encoded it was dishonest, and readers could be
// given different bytes. It stays invalid for good, whatever is registered, is
// taken from nobody and confirmed to nobody, and its bytes go at once.

// invalidate takes the event in that a blob is invalid. The file goes before the
// records; after a crash between, the event comes again.
func (n *Node) invalidate(e api.BlobEvent) error {
	n.life.Lock()
	defer n.life.Unlock()
	if err := n.slivers.remove(e.BlobID); err != nil {
		return fmt.Errorf("couldn't delete invalid blob %s: %w", e.BlobID, err)
	}
	b := n.rec.db.NewBatch()
	defer b.Close()
	if err := forget(b, e.BlobID, keyMetadata, keySliver); err != nil {
		return err
	}
	if err := putJSON(b, blobKey(keyInvalid, e.BlobID), statusEvent{e.TxDigest, e.Sequence}); err != nil {
		return err
	}
	if err := b.Set([]byte{keyCursor}, cursorValue(e.Checkpoint), nil); err != nil {
		return err
	}
	if err := b.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("couldn't record that %s is invalid: %w", e.BlobID, err)
	}
	n.verifier.Drop(e.BlobID)
	n.seen(e)
	return nil
}

// invalid returns the event by which a blob became invalid, nil if it isn't.
func (n *Node) invalid(id codec.BlobID) (*statusEvent, error) {
	b, err := n.rec.get(blobKey(keyInvalid, id))
	if err != nil || b == nil {
		return nil, err
	}
	e := &statusEvent{}
	if err := json.Unmarshal(b, e); err != nil {
		return nil, fmt.Errorf("couldn't read why %s is invalid: %w", id, err)
	}
	return e, nil
}

func (n *Node) demandValid(id codec.BlobID) error {
	event, err := n.invalid(id)
	if err == nil && event != nil {
		err = failedPrecondition("INVALID_BLOB", "blob %s is invalid: its slivers don't fit together", id)
	}
	return err
}
