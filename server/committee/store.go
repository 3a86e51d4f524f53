package committee

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"floe/codec"
	"floe/server/api"
)

// Slivers gives sliver pairs of one blob; [codec.Expansion] does.
type Slivers interface {
	Slivers(pairs []int, yield func(pair int, primary, secondary *codec.Sliver) error) error
}

// Stored says which nodes hold all that is theirs of a blob.
type Stored struct {
	Weight  int           // shards that hold theirs
	Missing map[int]error // by node: those that don't, and why
}

// registrationLag is how long a node may take to see a registration.
const registrationLag = 5 * time.Second

// StoreMetadata stores a blob's metadata on one node. Any error is the node's.
func (c *Client) StoreMetadata(ctx context.Context, i int, id codec.BlobID, m *codec.Metadata) error {
	return c.store(ctx, i, api.Frame{Kind: api.FrameMetadata, BlobID: id, Body: m.MarshalBCS()})
}

// StoreSliver stores one sliver on the node that holds its pair.
func (c *Client) StoreSliver(ctx context.Context, i int, id codec.BlobID, sl *codec.Sliver) error {
	pair := sl.Pair(c.state.Load().committee.NShards)
	return c.store(ctx, i, api.Frame{Kind: frameKind(sl.Kind), BlobID: id, Index: uint16(pair), Body: sl.MarshalBCS()})
}

// store puts a frame. A node that fails is asked twice more; one that hasn't
// seen the registration yet, as long as it may take.
func (c *Client) store(ctx context.Context, i int, f api.Frame) error {
	wait, began := firstRest, time.Now()
	for try := 1; ; try++ {
		status, reason, err := c.Put(ctx, i, f)
		switch {
		case err == nil && status/100 == 2:
			return nil
		case err == nil && reason == "NOT_REGISTERED" && time.Since(began) < registrationLag:
			try, wait = 1, 100*time.Millisecond
		case err == nil:
			err = &NodeError{i, &StatusError{Status: status, Reason: reason, Message: "not stored"}}
			if status < http.StatusInternalServerError && status != http.StatusTooManyRequests {
				return err
			}
		}
		if err != nil && try == attempts {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
			wait *= 2
		}
	}
}

// Store hands every node what is its of a blob: metadata, then slivers. It
// returns once all have it, or a quorum has it and the others have had half of
// the time so far and half a second more. ErrTooFewNodes tells that no quorum
// has it; Stored names those who don't, either way.
func (c *Client) Store(ctx context.Context, m *codec.Metadata, from Slivers) (*Stored, error) {
	s := c.state.Load()
	id := m.BlobID()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		node *node
		err  error
	}
	results := make(chan result, len(s.nodes))
	for _, n := range s.nodes {
		go func() { results <- result{n, c.storeAll(ctx, s, n, id, m, from)} }()
	}
	stored := &Stored{Missing: make(map[int]error)}
	for i := range s.nodes {
		stored.Missing[i] = context.DeadlineExceeded
	}
	began := time.Now()
	var tail <-chan time.Time
	for waiting := len(s.nodes); waiting > 0; waiting-- {
		select {
		case <-ctx.Done():
			return stored, ctx.Err()
		case <-tail:
			return stored, nil
		case r := <-results:
			if stored.Missing[r.node.member.Index] = r.err; r.err == nil {
				delete(stored.Missing, r.node.member.Index)
				stored.Weight += len(r.node.member.Shards)
			}
		}
		if tail == nil && stored.Weight >= s.committee.Quorum() {
			tail = time.After(window(time.Since(began)))
		}
	}
	if stored.Weight < s.committee.Quorum() {
		return stored, stored.tooFew(s)
	}
	return stored, nil
}

func (r *Stored) tooFew(s *state) error {
	errs := []error{fmt.Errorf("%w: %d of %d shards took theirs, %d are needed", ErrTooFewNodes, r.Weight, s.committee.NShards, s.committee.Quorum())}
	for _, err := range r.Missing {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// bytesAtOnce is how much of one blob is on its way to one node, a sliver or two
// at least: each is copied for that.
const bytesAtOnce = 4 << 20

// sliversAtOnce is how many slivers of a blob are on their way to one node.
func (c *Client) sliversAtOnce(s *state, m *codec.Metadata) int {
	symbol, err := s.params.SymbolSize(m.Size)
	if err != nil {
		return 1
	}
	return max(2, min(c.opts.PerNode, bytesAtOnce/s.params.SliverSize(codec.Primary, symbol)))
}

// storeAll hands one node all that is its of a blob.
func (c *Client) storeAll(ctx context.Context, s *state, n *node, id codec.BlobID, m *codec.Metadata, from Slivers) error {
	i := n.member.Index
	if err := c.StoreMetadata(ctx, i, id, m); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(c.sliversAtOnce(s, m))
	err := from.Slivers(s.pairs(id, n), func(_ int, primary, secondary *codec.Sliver) error {
		for _, sl := range []*codec.Sliver{primary, secondary} {
			g.Go(func() error { return c.StoreSliver(ctx, i, id, sl) })
		}
		return ctx.Err()
	})
	if werr := g.Wait(); werr != nil {
		return werr
	}
	return err
}
