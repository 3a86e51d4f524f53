package client

import (
	"context"
	"fmt"
	"slices"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// network is the server's description of the network, checked: its package and
// object IDs are those this device knows, its nodes hold each shard once.
type network struct {
	api.Network
	ids     api.NetworkIDs
	walrus  suitx.Address // the package to call
	sponsor suitx.Address
	params  codec.Params
	holder  []int // node by shard
}

// maxSegment is the largest blob of a parcel that is made or read: senders and
// recipients hold a few of them in memory. Servers want 16 MiB at most.
const maxSegment = 64 << 20

// Network asks the server for its network and checks what can be checked.
func (c *Client) Network(ctx context.Context) (*api.Network, error) {
	n, err := c.network(ctx)
	if err != nil {
		return nil, explain(err)
	}
	return &n.Network, nil
}

func (c *Client) network(ctx context.Context) (*network, error) {
	n := &network{}
	if err := c.call(ctx, api.PathNetwork, nil, &n.Network); err != nil {
		return nil, err
	}
	if err := n.checkIDs(c); err != nil {
		return nil, err
	}
	if err := n.checkNodes(); err != nil {
		return nil, fmt.Errorf("couldn't accept the server's network: %w", err)
	}
	if n.SegmentSize <= 0 || n.SegmentSize > maxSegment || uint64(n.SegmentSize) > n.params.MaxBlobSize() {
		return nil, fmt.Errorf("couldn't accept the server's segment size %d", n.SegmentSize)
	}
	return n, nil
}

func (n *network) checkIDs(c *Client) error {
	var known bool
	if n.ids, known = c.idsOf(n.Name); !known {
		return unsupported(fmt.Sprintf("This build of Floe doesn't know the network %q that the server works on. Use another server or a later Floe.", n.Name))
	}
	for _, id := range []struct {
		what, told string
		want       [32]byte
	}{
		{"Floe package", n.FloePackage, n.ids.FloePackage},
		{"WAL package", n.WALPackage, n.ids.WALPackage},
		{"System object", n.SystemObjectID, n.ids.System},
		{"Staking object", n.StakingObjectID, n.ids.Staking},
	} {
		if told, err := suitx.ParseAddress(id.told); err != nil || told != id.want {
			return liar("the server's %s is %q, on %s it is %s", id.what, id.told, n.Name, suitx.Address(id.want))
		}
	}
	if err := n.checkWalrus(); err != nil || n.Sponsor == "" {
		return err
	}
	var err error
	if n.sponsor, err = suitx.ParseAddress(n.Sponsor); err != nil {
		return fmt.Errorf("couldn't read the sponsor's address: %w", err)
	}
	return nil
}

// checkWalrus makes sure that the server works with the package this device
// knows to call. Walrus is upgraded now and then, and only the ledger tells to
// what; but a server can show any ledger, and a package gets into its hands all
// that a transaction brings: Blob objects, a wallet's WAL, and the sender's name,
// under which it could create another parcel. So what is called comes with the
// page, or out of the owner's own file, like all other IDs.
func (n *network) checkWalrus() error {
	n.walrus = n.ids.CallWalrus()
	told, err := suitx.ParseAddress(n.WalrusPackage)
	if err != nil {
		return liar("the server's Walrus package is %q", n.WalrusPackage)
	}
	if told == n.walrus {
		return nil
	}
	if n.Name == api.Local { // whose packages are part of it
		return liar("the server's Walrus package is %s, on %s it is %s", told, n.Name, suitx.Address(n.walrus))
	}
	return &Error{
		Code:    CodeUnsupported,
		Message: "Walrus has another version than the one this Floe knows. Load the page again; for the command line, name the new package in your network file.",
		Err:     fmt.Errorf("the server calls Walrus at %s, known is %s (walrus_call_package of a network file)", told, n.walrus),
	}
}

func (n *network) checkNodes() (err error) {
	if n.params, err = codec.NewParams(n.NShards); err != nil {
		return err
	}
	n.holder = make([]int, n.NShards)
	for shard := range n.holder {
		n.holder[shard] = -1
	}
	if len(n.Nodes) > n.NShards {
		return fmt.Errorf("%d nodes for %d shards", len(n.Nodes), n.NShards)
	}
	for i, node := range n.Nodes {
		if node.Index != i {
			return fmt.Errorf("node %d stands in place %d", node.Index, i)
		}
		n.Nodes[i].Name = plainText(node.Name, 64)
		for _, shard := range node.Shards {
			if shard < 0 || shard >= n.NShards || n.holder[shard] >= 0 {
				return fmt.Errorf("shard %d of node %d doesn't exist or is another's", shard, i)
			}
			n.holder[shard] = i
		}
	}
	for shard, node := range n.holder {
		if node < 0 {
			return fmt.Errorf("nobody holds shard %d", shard)
		}
	}
	return nil
}

// quorum is how many shards must confirm a blob before it is certified.
func (n *network) quorum() int { return n.params.Secondary }

// nodeOf returns the index of the node that holds a sliver pair of a blob.
func (n *network) nodeOf(id codec.BlobID, pair int) int {
	return n.holder[codec.ShardOf(id, pair, n.NShards)]
}

// pairsOf returns the sliver pairs of a blob that a node holds.
func (n *network) pairsOf(node int, id codec.BlobID) []int {
	shards := n.Nodes[node].Shards
	pairs := make([]int, len(shards))
	for i, shard := range shards {
		pairs[i] = codec.PairOf(id, shard, n.NShards)
	}
	return pairs
}

// startOf returns when an epoch begins, going by the current one's length.
func (n *network) startOf(epoch uint32) time.Time {
	ahead := int64(epoch) - int64(n.Epoch)
	return time.UnixMilli(n.EpochStartMS + ahead*n.EpochDurationMS)
}

// nodesFor returns how many nodes, whichever they are, hold at least that many
// shards together.
func (n *network) nodesFor(shards int) int {
	held := make([]int, len(n.Nodes))
	for i, node := range n.Nodes {
		held[i] = len(node.Shards)
	}
	slices.Sort(held)
	for i, h := range held {
		if shards -= h; shards <= 0 {
			return i + 1
		}
	}
	return len(held)
}
