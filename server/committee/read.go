package committee

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"floe/codec"
	"floe/server/api"
)

// metadataAtOnce is how many nodes are asked for metadata at a time.
const metadataAtOnce = 3

// Metadata returns a blob's metadata from the first node that has it, in random
// order, verified against the blob ID. ErrNotFound says that more nodes than
// can be faulty don't have it.
func (c *Client) Metadata(ctx context.Context, id codec.BlobID) (*codec.Metadata, error) {
	s := c.state.Load()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	var found *codec.Metadata
	var faults []error
	absent := 0
	var g errgroup.Group
	g.SetLimit(metadataAtOnce)
	for _, i := range rand.Perm(len(s.nodes)) {
		g.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			m, err := c.metadataOf(ctx, s, i, id)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				found = m
				cancel()
			case isNotFound(err):
				absent += len(s.nodes[i].member.Shards)
			default:
				faults = append(faults, err)
			}
			return nil
		})
	}
	_ = g.Wait()
	if found != nil {
		return found, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if absent >= s.committee.Quorum() {
		return nil, fmt.Errorf("metadata of %s: %w", id, ErrNotFound)
	}
	return nil, errors.Join(append([]error{fmt.Errorf("metadata of %s: %w", id, ErrTooFewNodes)}, faults...)...)
}

func (c *Client) metadataOf(ctx context.Context, s *state, i int, id codec.BlobID) (*codec.Metadata, error) {
	body, status, err := c.Get(ctx, i, api.Frame{Kind: api.FrameMetadata, BlobID: id})
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, &NodeError{i, &StatusError{Status: status, Message: "no metadata"}}
	}
	m, err := codec.UnmarshalMetadata(body)
	if err == nil {
		err = m.Verify(id, s.committee.NShards)
	}
	if err != nil {
		return nil, c.blame(i, err)
	}
	return m, nil
}

func isNotFound(err error) bool {
	var status *StatusError
	return errors.As(err, &status) && status.Status == http.StatusNotFound
}

// blame logs that a node gave something wrong, which no honest node does.
func (c *Client) blame(i int, err error) error {
	c.opts.Logger.Warn("a storage node gave something wrong", "node", i, "error", err)
	return &NodeError{i, err}
}

// Sliver fetches a sliver from the node that holds it. Verifying it is the
// caller's: [codec.Decoder.Add] does.
func (c *Client) Sliver(ctx context.Context, id codec.BlobID, kind codec.Kind, pair int) (*codec.Sliver, int, error) {
	n := c.state.Load().holder(id, pair)
	if n == nil {
		return nil, 0, fmt.Errorf("no node holds sliver pair %d of %s", pair, id)
	}
	i := n.member.Index
	f := api.Frame{Kind: frameKind(kind), BlobID: id, Index: uint16(pair)}
	body, status, err := c.Get(ctx, i, f)
	if err != nil {
		return nil, i, err
	}
	if status != http.StatusOK {
		return nil, i, &NodeError{i, &StatusError{Status: status, Message: "no sliver"}}
	}
	sl, err := codec.UnmarshalSliver(kind, body)
	if err != nil {
		return nil, i, c.blame(i, err)
	}
	return sl, i, nil
}

func frameKind(kind codec.Kind) api.FrameKind {
	if kind == codec.Primary {
		return api.FramePrimary
	}
	return api.FrameSecondary
}

// Blob rebuilds a blob from any slivers that can be had: the systematic primary
// slivers first, which need no decoding. ErrTooFewSlivers of codec says that
// too few nodes gave theirs; the errors of those that didn't are joined to it.
func (c *Client) Blob(ctx context.Context, id codec.BlobID, m *codec.Metadata) ([]byte, error) {
	d, err := codec.NewDecoder(id, m)
	if err != nil {
		return nil, fmt.Errorf("couldn't accept metadata of %s: %w", id, err)
	}
	s := c.state.Load()
	var faults []error
	for _, kind := range []codec.Kind{codec.Primary, codec.Secondary} {
		if !d.Ready() {
			faults = append(faults, c.gather(ctx, d, id, kind, s.params)...)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	blob, err := d.Decode()
	if errors.Is(err, codec.ErrTooFewSlivers) {
		err = errors.Join(append([]error{err}, faults...)...)
	}
	return blob, err
}

const (
	sliversAtOnce = 16                     // fetched of one blob at a time
	patience      = 500 * time.Millisecond // without any answer, before more are asked
)

// gather adds slivers of one kind to d, in the order of their index, until it
// is ready or all were tried. It asks for no more than are missing, unless
// those asked keep it waiting.
func (c *Client) gather(ctx context.Context, d *codec.Decoder, id codec.BlobID, kind codec.Kind, p codec.Params) (faults []error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	missing := p.Primary
	if kind == codec.Secondary {
		missing = p.Secondary
	}
	results := make(chan error, p.NShards)
	next, running, late := 0, 0, 0
	for !d.Ready() && ctx.Err() == nil {
		for ; next < p.NShards && running < min(missing, sliversAtOnce)+late; next++ {
			running++
			pair := pairOfIndex(kind, next, p.NShards)
			go func() { results <- c.addSliver(ctx, d, id, kind, pair) }()
		}
		if running == 0 {
			break
		}
		select {
		case err := <-results:
			running--
			if err != nil {
				faults = append(faults, err)
			} else {
				missing--
			}
		case <-time.After(patience):
			late++
		case <-ctx.Done():
		}
	}
	return faults
}

// pairOfIndex turns a sliver's index into its pair.
func pairOfIndex(kind codec.Kind, index, nShards int) int {
	s := codec.Sliver{Kind: kind, Index: uint16(index)}
	return s.Pair(nShards)
}

func (c *Client) addSliver(ctx context.Context, d *codec.Decoder, id codec.BlobID, kind codec.Kind, pair int) error {
	sl, i, err := c.Sliver(ctx, id, kind, pair)
	if err != nil {
		return err
	}
	if err := d.Add(sl); err != nil {
		return c.blame(i, err)
	}
	return nil
}
