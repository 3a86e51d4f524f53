package client

import (
	"context"
	"errors"

	"floe/server/api"
)

// whileNodesMove does something, again where shards have other holders by then.
func (s *sending) whileNodesMove(ctx context.Context, do func() error) (err error) {
	for range movesAtMost {
		if err = do(); !errors.Is(err, errMoved) {
			return err
		}
		if err := s.replant(ctx); err != nil {
			return err
		}
	}
	return &Error{Code: CodeTooFewNodes, Retry: true, Message: "The storage nodes keep changing hands. Nothing was finished; send again later."}
}

// errMoved says that shards have other holders by now.
var errMoved = errors.New("the storage nodes changed hands")

// movesAtMost is how often a sending puts up with that.
const movesAtMost = 3

// refresh looks at the network again, when an epoch may have begun. If who
// holds which shard has changed, what was stored so far and isn't certified is
// misplaced: errMoved.
func (s *sending) refresh(ctx context.Context) error {
	net, err := s.client.network(ctx)
	if err != nil {
		return err
	}
	if hashHolders(s.net) != hashHolders(net) {
		return errMoved
	}
	s.now.Store(net)
	return nil
}

// replant takes the network as it is now; what isn't certified must be stored
// anew.
func (s *sending) replant(ctx context.Context) error {
	if err := s.look(ctx); err != nil {
		return err
	}
	if s.net.NShards != s.plan.net.NShards {
		return &Error{Code: CodeTooFewNodes, Message: "The network has another number of shards than before. Nothing was finished; send the files anew."}
	}
	s.plan.net = s.net
	s.change(func() {
		for _, b := range s.blobs {
			b.uproot(len(s.net.Nodes))
		}
	})
	return nil
}

// uproot forgets that nodes hold a blob which isn't certified yet.
func (b *blob) uproot(nodes int) {
	b.held = make([]uint16, nodes)
	if b.state == blobStored {
		b.state, b.certificate = blobRegistered, api.Certificate{}
	}
}

// doubt forgets who holds blobs that too few nodes confirm, though enough of them
// answer: some have lost what they took, and who goes on must send it again.
func (s *sending) doubt(ctx context.Context, blobs []*blob) {
	now, err := s.client.network(ctx)
	if err != nil || now.up() < s.net.quorum() {
		return
	}
	s.change(func() {
		for _, b := range blobs {
			b.uproot(len(s.net.Nodes))
		}
	})
	_ = s.tell() // the reason is told already
}

// up is how many shards the nodes hold that answer, as the relay last saw them.
func (n *network) up() (shards int) {
	for _, node := range n.Nodes {
		if node.Up {
			shards += len(node.Shards)
		}
	}
	return shards
}
