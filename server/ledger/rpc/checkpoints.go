package rpc

import (
	"context"
	"sync"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"floe/codec/suitx"
	"floe/server/ledger"
)

const checkpointMask = "sequence_number,digest"

func (s *server) getCheckpoint(_ context.Context, r *pb.GetCheckpointRequest) (*pb.GetCheckpointResponse, error) {
	m, err := s.schema.mask(r.ReadMask, checkpointMask, "Checkpoint")
	if err != nil {
		return nil, err
	}
	c, err := s.findCheckpoint(r)
	if err != nil {
		return nil, err
	}
	out, err := s.checkpoint(c, m)
	if err != nil {
		return nil, s.internal(err)
	}
	return &pb.GetCheckpointResponse{Checkpoint: out}, nil
}

func (s *server) findCheckpoint(r *pb.GetCheckpointRequest) (*ledger.Checkpoint, error) {
	switch id := r.CheckpointId.(type) {
	case *pb.GetCheckpointRequest_SequenceNumber:
		c, err := s.ledger.Checkpoint(id.SequenceNumber)
		if err != nil {
			return nil, s.failed(err, "Checkpoint %d", id.SequenceNumber)
		}
		return c, nil
	case *pb.GetCheckpointRequest_Digest:
		d, err := suitx.ParseDigest(id.Digest)
		if err != nil {
			return nil, invalid("digest", "invalid digest: %v", err)
		}
		c, err := s.ledger.CheckpointByDigest(d)
		if err != nil {
			return nil, s.failed(err, "Checkpoint %s", d)
		}
		return c, nil
	}
	c, err := s.ledger.LatestCheckpoint()
	if err != nil {
		return nil, s.failed(err, "Checkpoint")
	}
	return c, nil
}

// checkpoint is c as far as m asks for it. There are no validators here, hence
// no signature.
func (s *server) checkpoint(c *ledger.Checkpoint, m mask) (*pb.Checkpoint, error) {
	out := &pb.Checkpoint{
		SequenceNumber: proto.Uint64(c.Sequence),
		Digest:         proto.String(c.Digest.String()),
	}
	if m.has("summary") {
		out.Summary = checkpointSummary(c)
	}
	contents, transactions, objects := m.has("contents"), m.sub("transactions"), m.sub("objects").sub("objects")
	if contents || transactions != nil || objects != nil {
		executed, err := s.executedIn(c)
		if err != nil {
			return nil, err
		}
		if contents {
			out.Contents = checkpointContents(c, executed)
		}
		for _, x := range executed {
			if transactions == nil {
				break
			}
			t, err := s.executed(x, transactions)
			if err != nil {
				return nil, err
			}
			out.Transactions = append(out.Transactions, t)
		}
		if objects != nil {
			out.Objects = s.objectSet(objects, executed...)
		}
	}
	s.schema.prune(m, out)
	return out, nil
}

func (s *server) executedIn(c *ledger.Checkpoint) ([]*ledger.Executed, error) {
	var executed []*ledger.Executed
	for _, d := range c.Transactions {
		x, err := s.recent.get(d, s.ledger.Transaction)
		if err != nil {
			return nil, err
		}
		executed = append(executed, x)
	}
	return executed, nil
}

// recent keeps the last few transactions: all who follow checkpoints ask for
// the same ones at the same time.
type recent struct {
	mu    sync.Mutex
	known map[suitx.Digest]*ledger.Executed
	order []suitx.Digest
}

const maxRecent = 64

func (r *recent) get(d suitx.Digest, read func(suitx.Digest) (*ledger.Executed, error)) (*ledger.Executed, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if x := r.known[d]; x != nil {
		return x, nil
	}
	x, err := read(d)
	if err != nil {
		return nil, err
	}
	if len(r.order) == maxRecent {
		delete(r.known, r.order[0])
		r.order = append(r.order[:0], r.order[1:]...)
	}
	r.known[d], r.order = x, append(r.order, d)
	return x, nil
}

func checkpointSummary(c *ledger.Checkpoint) *pb.CheckpointSummary {
	out := &pb.CheckpointSummary{
		Bcs:                        named("CheckpointSummary", c.Summary),
		Digest:                     proto.String(c.Digest.String()),
		Epoch:                      proto.Uint64(c.Epoch),
		SequenceNumber:             proto.Uint64(c.Sequence),
		TotalNetworkTransactions:   proto.Uint64(c.TotalTransactions),
		ContentDigest:              proto.String(c.ContentDigest.String()),
		EpochRollingGasCostSummary: gasCost(c.EpochGas),
		Timestamp:                  timestamppb.New(c.Time),
	}
	if c.PreviousDigest != nil {
		out.PreviousDigest = proto.String(c.PreviousDigest.String())
	}
	return out
}

func checkpointContents(c *ledger.Checkpoint, executed []*ledger.Executed) *pb.CheckpointContents {
	out := &pb.CheckpointContents{
		Bcs:     named("CheckpointContents", c.Contents),
		Digest:  proto.String(c.ContentDigest.String()),
		Version: proto.Int32(1),
	}
	for _, x := range executed {
		out.Transactions = append(out.Transactions, &pb.CheckpointedTransactionInfo{
			Transaction: proto.String(x.Digest.String()),
			Effects:     proto.String(x.Effects.Digest().String()),
			Signatures:  signatures(x.Signatures),
		})
	}
	return out
}
