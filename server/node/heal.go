package node

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"floe/codec"
)

// healEvery is how often the node looks through all certified blobs for what it
// misses, beside those that events or damage tell of.
const healEvery = 10 * time.Minute

// healQueue holds the blobs that may miss slivers, and when to look at each.
type healQueue struct {
	mu   sync.Mutex
	due  map[codec.BlobID]time.Time
	wake chan struct{}
}

func newHealQueue() *healQueue {
	return &healQueue{due: make(map[codec.BlobID]time.Time), wake: make(chan struct{}, 1)}
}

// add asks for a look at a blob; an earlier time wins.
func (q *healQueue) add(id codec.BlobID, at time.Time) {
	q.mu.Lock()
	if t, ok := q.due[id]; !ok || at.Before(t) {
		q.due[id] = at
	}
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take removes and returns a blob that is due, or says how long until one is.
func (q *healQueue) take(now time.Time) (id codec.BlobID, wait time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	wait = healEvery
	for b, at := range q.due {
		if d := at.Sub(now); d < wait {
			id, wait = b, max(d, 0)
		}
	}
	if wait == 0 {
		delete(q.due, id)
	}
	return id, wait
}

// healSoon asks to look at a blob that was found damaged.
func (n *Node) healSoon(id codec.BlobID) { n.heals.add(id, time.Now().Add(time.Second)) }

// heal rebuilds what this node should hold of certified blobs and doesn't.
func (n *Node) heal(ctx context.Context) error {
	if n.cfg.Peers == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	scan := time.Now().Add(n.cfg.HealDelay)
	for {
		if time.Now().After(scan) {
			if err := n.queueIncomplete(ctx); err != nil && ctx.Err() == nil {
				n.log.Error("couldn't look for missing slivers", "error", err)
			}
			scan = time.Now().Add(healEvery)
		}
		id, wait := n.heals.take(time.Now())
		if wait == 0 {
			if err := n.healBlob(ctx, id); err != nil && ctx.Err() == nil {
				n.log.Warn("couldn't heal", "blob", id, "error", err)
				n.heals.add(id, time.Now().Add(3*n.cfg.HealDelay))
			}
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-n.heals.wake:
		case <-time.After(min(wait, time.Until(scan))):
		}
	}
}

// queueIncomplete queues every certified blob that misses something.
func (n *Node) queueIncomplete(ctx context.Context) error {
	v := n.view()
	var certified []codec.BlobID
	err := n.rec.each([]byte{keyRegistration}, func(key, value []byte) error {
		var r registration
		if err := json.Unmarshal(value, &r); err != nil {
			return fmt.Errorf("couldn't read registration %x: %w", key, err)
		}
		id := codec.BlobID(key[1:33])
		if r.Certified != nil && r.live(v.Epoch) && (len(certified) == 0 || certified[len(certified)-1] != id) {
			certified = append(certified, id)
		}
		return ctx.Err()
	})
	for _, id := range certified {
		if missing, merr := n.missing(id, v); merr == nil && len(missing) > 0 {
			n.heals.add(id, time.Now())
		}
	}
	return err
}

// healBlob stores what this node misses of a blob, if the blob is kept.
func (n *Node) healBlob(ctx context.Context, id codec.BlobID) error {
	v := n.view()
	if live, err := n.certified(id, v.Epoch); !live || err != nil {
		return err
	}
	missing, err := n.missing(id, v)
	if err != nil {
		return err
	}
	info, err := n.info(id)
	if err != nil || info == nil { // not stored, or damaged and thus as good as not stored
		if info, err = n.fetchMetadata(ctx, id, v.NShards); err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	n.cfg.HealTurn.Lock()
	defer n.cfg.HealTurn.Unlock()
	blob, err := n.cfg.Peers.Blob(ctx, id, info.metadata)
	if err != nil {
		return err
	}
	if err := n.storeMissing(id, info, blob, missing); err != nil {
		return err
	}
	n.log.Info("healed", "blob", id, "slivers", len(missing))
	return nil
}

// certified says whether a live registration of the blob was certified, and it
// isn't invalid.
func (n *Node) certified(id codec.BlobID, epoch uint32) (bool, error) {
	if event, err := n.invalid(id); event != nil || err != nil {
		return false, err
	}
	list, err := n.registrations(id)
	for i := range list {
		if list[i].Certified != nil && list[i].live(epoch) {
			return true, err
		}
	}
	return false, err
}

func (n *Node) fetchMetadata(ctx context.Context, id codec.BlobID, nShards int) (*blobInfo, error) {
	m, err := n.cfg.Peers.Metadata(ctx, id)
	if err != nil {
		return nil, err
	}
	info, err := newBlobInfo(id, m.MarshalBCS(), nShards)
	if err != nil {
		return nil, err
	}
	n.life.RLock()
	defer n.life.RUnlock()
	if err := n.demandRegistered(id); err != nil {
		return nil, err
	}
	return info, n.storeMetadata(id, info)
}

// storeMissing encodes the blob anew and stores the slivers that are missing.
// They are verified: a dishonest writer's metadata may fit the slivers that the
// blob was decoded from and no others.
func (n *Node) storeMissing(id codec.BlobID, info *blobInfo, blob []byte, missing []sliverPlace) error {
	e, err := codec.NewEncoder(len(info.metadata.Hashes))
	if err != nil {
		return err
	}
	wanted := make(map[sliverPlace]bool)
	var pairs []int
	for _, p := range missing {
		if !wanted[sliverPlace{id, p.pair, 1 - p.kind}] {
			pairs = append(pairs, p.pair)
		}
		wanted[p] = true
	}
	return e.Slivers(blob, pairs, func(pair int, primary, secondary *codec.Sliver) error {
		for _, s := range []*codec.Sliver{primary, secondary} {
			if p := (sliverPlace{id, pair, s.Kind}); wanted[p] {
				if err := info.verifier.Verify(s); err != nil {
					return fmt.Errorf("%w: %w", codec.ErrInconsistent, err)
				}
				if err := n.storeSliver(p, s.MarshalBCS(), func() {}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
