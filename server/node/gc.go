package node

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec"
)

// collect deletes what no registration keeps any more. It runs at the start
// and when an epoch ends, as Walrus' nodes do: a blob that was deleted on the
// ledger is refused at once, and its bytes go at the next epoch.
func (n *Node) collect(ctx context.Context) error {
	ended, err := n.ended()
	if err != nil {
		return err
	}
	for _, id := range ended {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := n.discard(id); err != nil {
			return fmt.Errorf("couldn't delete %s: %w", id, err)
		}
	}
	if len(ended) > 0 {
		n.log.Info("deleted ended blobs", "count", len(ended))
	}
	return nil
}

// ended lists the blobs none of whose registrations is live.
func (n *Node) ended() ([]codec.BlobID, error) {
	var list []codec.BlobID
	var last codec.BlobID
	live, any := false, false
	flush := func() {
		if any && !live {
			list = append(list, last)
		}
	}
	epoch := n.view().Epoch
	err := n.rec.each([]byte{keyRegistration}, func(key, value []byte) error {
		var r registration
		if err := json.Unmarshal(value, &r); err != nil {
			return fmt.Errorf("couldn't read registration %x: %w", key, err)
		}
		if id := codec.BlobID(key[1:33]); !any || id != last {
			flush()
			last, live, any = id, false, true
		}
		live = live || r.live(epoch)
		return nil
	})
	flush()
	return list, err
}

// discard deletes all of one blob, unless it was registered anew meanwhile. The
// file goes first: a crash between leaves records, by which it is tried again.
func (n *Node) discard(id codec.BlobID) error {
	n.life.Lock()
	defer n.life.Unlock()
	if live, err := n.registered(id); live || err != nil {
		return err
	}
	if err := n.slivers.remove(id); err != nil {
		return err
	}
	b := n.rec.db.NewBatch()
	defer b.Close()
	if err := forget(b, id, keyMetadata, keySliver, keyRegistration); err != nil {
		return err
	}
	if err := b.Commit(pebble.Sync); err != nil {
		return err
	}
	n.verifier.Drop(id)
	return nil
}

// forget deletes a blob's records of some kinds.
func forget(b *pebble.Batch, id codec.BlobID, kinds ...byte) error {
	for _, kind := range kinds {
		prefix := blobKey(kind, id)
		if err := b.DeleteRange(prefix, after(prefix), nil); err != nil {
			return err
		}
	}
	return nil
}
