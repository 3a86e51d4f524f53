package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec"
)

// view is what the node knows of the committee. It is kept on disk, so that a
// node serves what it has even if it starts when the ledger is away.
type view struct {
	Epoch    uint32
	NShards  int
	Shards   []int // ours; none if we aren't a member
	EpochEnd time.Time
}

// maxView bounds how old a view grows; epochs end earlier than announced only by surprise.
const maxView = 30 * time.Second

// errNoView says that the node has never heard from the ledger.
var errNoView = errors.New("node doesn't know the committee yet")

// view returns the last known view; its NShards is 0 before the first.
func (n *Node) view() *view { return n.current.Load() }

// holds says whether a shard is ours.
func (v *view) holds(shard int) bool {
	for _, s := range v.Shards {
		if s == shard {
			return true
		}
	}
	return false
}

// pairs returns the sliver pairs of a blob that our shards hold.
func (v *view) pairs(id codec.BlobID) []int {
	pairs := make([]int, len(v.Shards))
	for i, shard := range v.Shards {
		pairs[i] = codec.PairOf(id, shard, v.NShards)
	}
	return pairs
}

func (n *Node) loadView() error {
	v := &view{}
	b, err := n.rec.get([]byte{keyView})
	if err == nil && b != nil {
		err = json.Unmarshal(b, v)
	}
	n.current.Store(v)
	return err
}

// refresh asks the ledger for the committee and keeps what concerns us.
func (n *Node) refresh(ctx context.Context) error {
	c, err := n.cfg.Chain.Committee(ctx)
	if err != nil {
		return fmt.Errorf("couldn't read committee: %w", err)
	}
	v := &view{Epoch: c.Epoch, NShards: c.NShards, EpochEnd: c.EpochStart.Add(c.EpochDuration)}
	own := n.cfg.Key.Public().Compressed()
	for _, m := range c.Members {
		if bytes.Equal(m.PublicKey[:], own[:]) {
			v.Shards = m.Shards
		}
	}
	return n.setView(v)
}

func (n *Node) setView(v *view) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("couldn't encode view: %w", err)
	}
	if old, err := n.rec.get([]byte{keyView}); err == nil && bytes.Equal(old, b) {
		n.current.Store(v)
		return nil
	}
	if err := n.rec.db.Set([]byte{keyView}, b, pebble.Sync); err != nil {
		return fmt.Errorf("couldn't record view: %w", err)
	}
	n.current.Store(v)
	n.changed.announce()
	return nil
}

// follow keeps the view fresh and collects garbage when an epoch ends.
func (n *Node) follow(ctx context.Context) error {
	collected := uint32(0)
	for {
		if err := n.refresh(ctx); err != nil && ctx.Err() == nil {
			n.log.Warn("committee", "error", err)
		}
		if v := n.view(); v.NShards > 0 && v.Epoch != collected {
			if err := n.collect(ctx); err != nil {
				n.log.Error("garbage", "error", err)
			}
			collected = v.Epoch
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-n.newEpoch:
		case <-time.After(n.untilRefresh()):
		}
	}
}

func (n *Node) untilRefresh() time.Duration {
	v := n.view()
	if v.NShards == 0 {
		return 200 * time.Millisecond
	}
	return min(maxView, max(time.Until(v.EpochEnd)+50*time.Millisecond, 500*time.Millisecond))
}

// bell wakes all who wait for the node's knowledge to change.
type bell struct {
	ring chan chan struct{} // holds the channel that closes at the next change
}

func newBell() bell {
	b := bell{ring: make(chan chan struct{}, 1)}
	b.ring <- make(chan struct{})
	return b
}

func (b bell) announce() {
	c := <-b.ring
	b.ring <- make(chan struct{})
	close(c)
}

// next returns a channel that closes at the next change.
func (b bell) next() <-chan struct{} {
	c := <-b.ring
	b.ring <- c
	return c
}
