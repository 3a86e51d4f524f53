package sui

import (
	"context"
	"fmt"
	"strconv"
	"time"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
)

// Payment is an executed transaction and the SUI that it moved.
type Payment struct {
	Transaction []byte    // BCS of TransactionData
	Time        time.Time // of its checkpoint
	Succeeded   bool
	Gains       map[suitx.Address]uint64 // MIST, by who gained
}

// Payment tells what a transaction paid, or ErrNotFound; that is also the answer
// while it isn't in a checkpoint yet. The amounts are the node's word.
func (c *Client) Payment(ctx context.Context, digest suitx.Digest) (*Payment, error) {
	res, err := call(ctx, c.ledger.GetTransaction, &pb.GetTransactionRequest{
		Digest:   proto.String(digest.String()),
		ReadMask: paths("transaction.bcs", "effects.bcs", "balance_changes", "timestamp", "checkpoint"),
	})
	if err != nil {
		return nil, read(err, "transaction %s", digest)
	}
	t := res.GetTransaction()
	if t.Checkpoint == nil || t.Timestamp == nil {
		return nil, fmt.Errorf("transaction %s isn't in a checkpoint yet: %w", digest, ErrNotFound)
	}
	result, err := resultOf(digest, t.GetEffects())
	if err != nil {
		return nil, err
	}
	p := &Payment{
		Transaction: t.GetTransaction().GetBcs().GetValue(),
		Time:        t.Timestamp.AsTime(),
		Succeeded:   result.Effects.Status.Success(),
		Gains:       make(map[suitx.Address]uint64),
	}
	if suitx.TransactionDigest(p.Transaction) != digest {
		return nil, fmt.Errorf("transaction %s: the node answered another one", digest)
	}
	for _, b := range t.BalanceChanges {
		if err := p.gain(b); err != nil {
			return nil, fmt.Errorf("transaction %s: %w", digest, err)
		}
	}
	return p, nil
}

// gain counts a change of a balance, if it is a gain of SUI.
func (p *Payment) gain(b *pb.BalanceChange) error {
	typ, err := suitx.ParseTypeTag(b.GetCoinType())
	if err != nil || !typ.Equal(suitx.SUI()) {
		return err
	}
	amount, err := strconv.ParseInt(b.GetAmount(), 10, 64)
	if err != nil || amount <= 0 {
		return err
	}
	who, err := suitx.ParseAddress(b.GetAddress())
	if err != nil {
		return err
	}
	p.Gains[who] += uint64(amount)
	return nil
}
