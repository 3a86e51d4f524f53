package sui

import (
	"context"
	"errors"
	"fmt"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"

	"floe/codec"
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

var eventPaths = []string{
	"sequence_number",
	"transactions.digest",
	"transactions.events.events.event_type",
	"transactions.events.events.contents",
}

// BlobEvents calls fn for every blob event of checkpoint from and later, in
// order, first those that were, then those to come. It returns when ctx ends or
// with the first error, fn's included. ErrNotFound says that the node has
// pruned checkpoint from.
func (c *Client) BlobEvents(ctx context.Context, from uint64, fn func(api.BlobEvent) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.stream.SubscribeCheckpoints(ctx, &pb.SubscribeCheckpointsRequest{ReadMask: paths(eventPaths...)})
	if err != nil {
		return fmt.Errorf("couldn't follow checkpoints: %w", err)
	}
	for next := from; ; {
		res, err := stream.Recv()
		if err != nil {
			return fmt.Errorf("couldn't follow checkpoints: %w", err)
		}
		now := res.GetCursor()
		for ; next < now; next++ {
			missed, err := c.checkpoint(ctx, next)
			if err != nil {
				return err
			}
			if err := c.blobEvents(missed, next, fn); err != nil {
				return err
			}
		}
		if next > now {
			continue // asked to begin later, or told twice
		}
		if err := c.blobEvents(res.GetCheckpoint(), now, fn); err != nil {
			return err
		}
		next++
	}
}

func (c *Client) checkpoint(ctx context.Context, sequence uint64) (*pb.Checkpoint, error) {
	res, err := call(ctx, c.ledger.GetCheckpoint, &pb.GetCheckpointRequest{
		CheckpointId: &pb.GetCheckpointRequest_SequenceNumber{SequenceNumber: sequence},
		ReadMask:     paths(eventPaths...),
	})
	if err != nil {
		return nil, read(err, "checkpoint %d", sequence)
	}
	return res.GetCheckpoint(), nil
}

func (c *Client) blobEvents(cp *pb.Checkpoint, sequence uint64, fn func(api.BlobEvent) error) error {
	for _, t := range cp.GetTransactions() {
		for i, e := range t.GetEvents().GetEvents() {
			event, err := c.blobEvent(e)
			if err != nil {
				return fmt.Errorf("checkpoint %d, transaction %s, event %d: %w", sequence, t.GetDigest(), i, err)
			}
			if event == nil {
				continue
			}
			event.Checkpoint, event.Sequence = sequence, uint64(i)
			if event.TxDigest, err = suitx.ParseDigest(t.GetDigest()); err != nil {
				return fmt.Errorf("checkpoint %d: %w", sequence, err)
			}
			if err := fn(*event); err != nil {
				return err
			}
		}
	}
	return nil
}

// blobEvent reads an event of Walrus' about a blob; nil for any other.
//
//	BlobRegistered  epoch u32 ‖ blob ID u256 ‖ size u64 ‖ encoding u8 ‖ end epoch u32 ‖ deletable ‖ object ID
//	BlobCertified   epoch u32 ‖ blob ID u256 ‖ end epoch u32 ‖ deletable ‖ object ID ‖ is extension
//	BlobDeleted     epoch u32 ‖ blob ID u256 ‖ end epoch u32 ‖ object ID ‖ was certified
//	InvalidBlobID   epoch u32 ‖ blob ID u256
func (c *Client) blobEvent(e *pb.Event) (*api.BlobEvent, error) {
	t, err := suitx.ParseStructTag(e.GetEventType())
	if err != nil {
		return nil, fmt.Errorf("event of type %q: %w", e.GetEventType(), err)
	}
	if t.Address != c.ids.WalrusPackage || t.Module != "events" {
		return nil, nil
	}
	r := bcs.NewReader(e.GetContents().GetValue())
	out := &api.BlobEvent{Epoch: r.U32(), BlobID: codec.BlobID(r.U256())}
	switch t.Name {
	case "BlobRegistered":
		out.Kind, out.Size = api.BlobRegistered, r.U64()
		r.U8()
		out.EndEpoch, out.Deletable, out.ObjectID = r.U32(), r.Bool(), readID(r)
	case "BlobCertified":
		out.Kind, out.EndEpoch, out.Deletable, out.ObjectID = api.BlobCertified, r.U32(), r.Bool(), readID(r)
		r.Bool()
	case "BlobDeleted":
		out.Kind, out.EndEpoch, out.ObjectID = api.BlobDeleted, r.U32(), readID(r)
		out.Deletable = true
		r.Bool()
	case "InvalidBlobID":
		out.Kind = api.BlobInvalid
	default:
		return nil, nil
	}
	if err := r.Done(); err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't read %s", t.Name), err)
	}
	return out, nil
}
