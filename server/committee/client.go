package committee

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// Options say how nodes are reached. The zero Options suit public networks.
type Options struct {
	Scheme     string            // "https" if empty; "http" for nodes without TLS
	Transport  http.RoundTripper // how requests travel, TLS included; if nil own ones, pinned to each member's network key. Bodies of answers that have a method Bytes() []byte give theirs to the caller
	AllowLocal bool              // members may have loopback and private addresses; own transports only
	PerNode    int               // requests at one node at a time; 10 if 0
	Timeout    time.Duration     // of one request; 30 s if 0
	Logger     *slog.Logger
}

// Client speaks to the storage nodes. All methods may be called at once.
type Client struct {
	opts  Options
	state atomic.Pointer[state]
}

// state is one committee and its nodes, in the same order.
type state struct {
	committee *api.Committee
	params    codec.Params
	nodes     []*node
}

// New returns a client of that committee. A member whose address or key is
// unusable counts as one that doesn't answer.
func New(c *api.Committee, o Options) (*Client, error) {
	if o.Scheme == "" {
		o.Scheme = "https"
	}
	if o.PerNode == 0 {
		o.PerNode = 10
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	cl := &Client{opts: o}
	return cl, cl.Update(c)
}

// Update replaces the committee. What is known of members that stay is kept.
func (c *Client) Update(com *api.Committee) error {
	params, err := codec.NewParams(com.NShards)
	if err != nil {
		return fmt.Errorf("couldn't use committee: %w", err)
	}
	old := make(map[suitx.Address]*node)
	if s := c.state.Load(); s != nil {
		for _, n := range s.nodes {
			old[n.member.ID] = n
		}
	}
	s := &state{committee: com, params: params}
	for _, m := range com.Members {
		n := newNode(m, c.opts)
		if o := old[m.ID]; o != nil && o.same(n) {
			n.rest, n.slots, n.http = o.rest, o.slots, o.http
			delete(old, m.ID)
		}
		s.nodes = append(s.nodes, n)
	}
	c.state.Store(s)
	if c.opts.Transport == nil {
		for _, gone := range old {
			gone.http.CloseIdleConnections()
		}
	}
	return nil
}

// Committee returns the committee in use.
func (c *Client) Committee() *api.Committee { return c.state.Load().committee }

// node returns a member of the committee in use.
func (c *Client) node(i int) (*node, error) {
	nodes := c.state.Load().nodes
	if i < 0 || i >= len(nodes) {
		return nil, fmt.Errorf("there is no node %d in a committee of %d", i, len(nodes))
	}
	return nodes[i], nil
}

// holder returns the node that holds a sliver pair of a blob, or nil.
func (s *state) holder(id codec.BlobID, pair int) *node {
	if m := s.committee.MemberOf(codec.ShardOf(id, pair, s.committee.NShards)); m != nil {
		return s.nodes[m.Index]
	}
	return nil
}

// pairs returns the sliver pairs of a blob that a node holds.
func (s *state) pairs(id codec.BlobID, n *node) []int {
	pairs := make([]int, len(n.member.Shards))
	for i, shard := range n.member.Shards {
		pairs[i] = codec.PairOf(id, shard, s.committee.NShards)
	}
	return pairs
}

// Probe asks a node for a sign of life.
func (c *Client) Probe(ctx context.Context, i int) error {
	n, err := c.node(i)
	if err != nil {
		return err
	}
	_, err = c.success(ctx, n, http.MethodGet, "/v1/health", nil, maxJSON)
	return err
}
