package rpc

import (
	"context"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"
)

// subscribeCheckpoints sends every checkpoint from now on, the last one first,
// until the caller goes. Nothing that isn't asked for is sent: without a mask
// that is all but the cursor.
func (s *server) subscribeCheckpoints(ctx context.Context, r *pb.SubscribeCheckpointsRequest,
	send func(*pb.SubscribeCheckpointsResponse) error) error {
	m, err := newMask(r.ReadMask, "", &pb.Checkpoint{})
	if r.ReadMask == nil {
		m, err = nil, nil
	}
	if err != nil {
		return err
	}
	last, err := s.ledger.LatestCheckpoint()
	if err != nil {
		return s.failed(err, "Checkpoint")
	}
	for c, err := range s.ledger.Subscribe(ctx, last.Sequence) {
		if err != nil {
			return s.failed(err, "Checkpoint")
		}
		out, err := s.checkpoint(c, m)
		if err != nil {
			return s.internal(err)
		}
		if err := send(&pb.SubscribeCheckpointsResponse{Cursor: proto.Uint64(c.Sequence), Checkpoint: out}); err != nil {
			return err
		}
	}
	return nil
}
