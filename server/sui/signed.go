package sui

import (
	"context"
	"fmt"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/api"
)

// signedTransaction is a transaction with its signatures and what it did.
type signedTransaction struct {
	api.SignedTransaction
	effects *suitx.Effects
}

// signed returns an executed transaction, the sender's signature first.
func (c *Client) signed(ctx context.Context, digest suitx.Digest) (*signedTransaction, error) {
	res, err := call(ctx, c.ledger.GetTransaction, &pb.GetTransactionRequest{
		Digest: proto.String(digest.String()), ReadMask: paths("transaction.bcs", "signatures", "effects.bcs")})
	if err != nil {
		return nil, pruned(err, "transaction %s", digest)
	}
	t := res.GetTransaction()
	result, err := resultOf(digest, t.GetEffects())
	if err != nil {
		return nil, err
	}
	out := &signedTransaction{effects: result.Effects}
	out.Transaction = t.GetTransaction().GetBcs().GetValue()
	if suitx.TransactionDigest(out.Transaction) != digest {
		return nil, fmt.Errorf("transaction %s: the node answered another one", digest)
	}
	data, err := suitx.UnmarshalTransactionData(out.Transaction)
	if err != nil {
		return nil, fmt.Errorf("transaction %s: %w", digest, err)
	}
	for _, sig := range t.Signatures {
		b := sig.GetBcs().GetValue()
		if by, err := suitx.SignerOf(b); err == nil && by == data.Sender {
			out.Signatures = append([][]byte{b}, out.Signatures...)
		} else {
			out.Signatures = append(out.Signatures, b)
		}
	}
	return out, nil
}
