package rpc

import (
	"context"

	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
)

const executeMask = "effects"

func (s *server) executeTransaction(ctx context.Context, r *pb.ExecuteTransactionRequest) (*pb.ExecuteTransactionResponse, error) {
	m, err := s.schema.mask(r.ReadMask, executeMask, "ExecutedTransaction")
	if err != nil {
		return nil, err
	}
	tx, failure := s.transactionBytes(r.Transaction)
	if failure != nil {
		return nil, failure
	}
	var sigs [][]byte
	for i, one := range r.Signatures {
		sig := signatureBytes(one)
		if sig == nil {
			return nil, invalid("signatures", "invalid signature: signature %d has no bytes", i)
		}
		sigs = append(sigs, sig)
	}
	x, err := s.ledger.Execute(ctx, tx, sigs)
	if err != nil {
		return nil, s.refused(err)
	}
	out, err := s.executed(x, m)
	if err != nil {
		return nil, s.internal(err)
	}
	return &pb.ExecuteTransactionResponse{Transaction: out}, nil
}

// transactionBytes is the BCS that a request gives, or that of the transaction
// it spells out whole.
func (s *server) transactionBytes(t *pb.Transaction) ([]byte, *connect.Error) {
	if t == nil {
		return nil, missing("transaction")
	}
	if t.Bcs != nil {
		return t.Bcs.Value, nil
	}
	u, failure := readTransaction(t)
	if failure != nil {
		return nil, failure
	}
	data, failure := u.whole()
	if failure != nil {
		return nil, failure
	}
	return data.Marshal(), nil
}
