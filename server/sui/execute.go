package sui

import (
	"context"
	"errors"
	"fmt"
	"time"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"floe/codec/suitx"
)

// Result is what a transaction did, or would do.
type Result struct {
	Digest  suitx.Digest
	Effects *suitx.Effects
	Raw     []byte // BCS of Effects
}

// Moment is what a transaction must know of the present.
type Moment struct {
	ChainID  string // base58 of the genesis checkpoint's digest
	Epoch    uint64 // Sui's, not Walrus'
	GasPrice uint64 // MIST per unit of gas
}

// How long Execute waits until what is final can be read, and how often it looks.
const (
	settleTime  = 20 * time.Second
	settleEvery = 100 * time.Millisecond
)

// Execute hands in a transaction with all its signatures and returns when its
// effects are final and can be read. The same transaction again gives the same
// effects. A Move abort isn't an error but a status in the effects. ErrConflict
// and ErrRefused mean that nothing ran; after any other error the outcome is open.
func (c *Client) Execute(ctx context.Context, tx []byte, signatures [][]byte) (*Result, error) {
	req := &pb.ExecuteTransactionRequest{
		Transaction: &pb.Transaction{Bcs: &pb.Bcs{Value: tx}},
		ReadMask:    paths("effects.bcs", "checkpoint"),
	}
	for _, sig := range signatures {
		req.Signatures = append(req.Signatures, &pb.UserSignature{Bcs: &pb.Bcs{Value: sig}})
	}
	res, err := call(ctx, c.executor.ExecuteTransaction, req)
	if err != nil {
		return nil, fmt.Errorf("couldn't execute: %w", ran(err))
	}
	digest := suitx.TransactionDigest(tx)
	x := res.GetTransaction()
	settled := x != nil && x.Checkpoint != nil
	if !settled {
		c.settle(ctx, digest)
	}
	if x.GetEffects().GetBcs() == nil { // executed, but not told
		return c.Transaction(ctx, digest)
	}
	out, err := resultOf(digest, x.GetEffects())
	if err == nil && !settled {
		c.recent.note(out.Effects)
	}
	return out, err
}

// settle waits until the transaction is in a checkpoint, from which the node's
// lists are made. It is final anyway, so that to wait in vain isn't an error.
func (c *Client) settle(ctx context.Context, digest suitx.Digest) {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	req := &pb.GetTransactionRequest{Digest: proto.String(digest.String()), ReadMask: paths("checkpoint")}
	for {
		res, err := once(ctx, c.ledger.GetTransaction, req)
		if err == nil && res.GetTransaction().Checkpoint != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(settleEvery):
		}
	}
}

// Simulate tells what Execute would do now, without signatures.
func (c *Client) Simulate(ctx context.Context, tx []byte) (*Result, error) {
	res, err := call(ctx, c.executor.SimulateTransaction, &pb.SimulateTransactionRequest{
		Transaction: &pb.Transaction{Bcs: &pb.Bcs{Value: tx}},
		ReadMask:    paths("transaction.effects.bcs"),
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't simulate: %w", ran(err))
	}
	return resultOf(suitx.TransactionDigest(tx), res.GetTransaction().GetEffects())
}

// Transaction returns what an executed transaction did, or ErrNotFound.
func (c *Client) Transaction(ctx context.Context, digest suitx.Digest) (*Result, error) {
	res, err := call(ctx, c.ledger.GetTransaction, &pb.GetTransactionRequest{
		Digest: proto.String(digest.String()), ReadMask: paths("effects.bcs")})
	if err != nil {
		return nil, read(err, "transaction %s", digest)
	}
	return resultOf(digest, res.GetTransaction().GetEffects())
}

// resultOf reads effects and checks that they are those of the transaction.
func resultOf(digest suitx.Digest, e *pb.TransactionEffects) (*Result, error) {
	raw := e.GetBcs().GetValue()
	effects, err := suitx.UnmarshalEffects(raw)
	if err != nil {
		return nil, fmt.Errorf("transaction %s: %w", digest, err)
	}
	if effects.TransactionDigest != digest {
		return nil, fmt.Errorf("transaction %s: the node answered effects of %s", digest, effects.TransactionDigest)
	}
	return &Result{Digest: digest, Effects: effects, Raw: raw}, nil
}

// Now returns Sui's epoch and the price of gas.
func (c *Client) Now(ctx context.Context) (Moment, error) {
	res, err := call(ctx, c.ledger.GetEpoch, &pb.GetEpochRequest{ReadMask: paths("epoch", "reference_gas_price")})
	if err != nil {
		return Moment{}, read(err, "the epoch")
	}
	e := res.GetEpoch()
	if e.ReferenceGasPrice == nil || e.Epoch == nil {
		return Moment{}, errors.New("couldn't read the epoch: the node names no number or no gas price")
	}
	return Moment{ChainID: c.chainID, Epoch: e.GetEpoch(), GasPrice: e.GetReferenceGasPrice()}, nil
}

func paths(p ...string) *fieldmaskpb.FieldMask { return &fieldmaskpb.FieldMask{Paths: p} }
