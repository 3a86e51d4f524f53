package rpc

import (
	"context"

	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"

	"floe/codec/suitx"
)

const transactionMask = "digest"

func (s *server) getTransaction(_ context.Context, r *pb.GetTransactionRequest) (*pb.GetTransactionResponse, error) {
	if r.Digest == nil {
		return nil, missing("digest")
	}
	m, err := s.schema.mask(r.ReadMask, transactionMask, "ExecutedTransaction")
	if err != nil {
		return nil, err
	}
	t, failure := s.findTransaction("digest", r.GetDigest(), m)
	if failure != nil {
		return nil, failure
	}
	return &pb.GetTransactionResponse{Transaction: t}, nil
}

func (s *server) batchGetTransactions(_ context.Context, r *pb.BatchGetTransactionsRequest) (*pb.BatchGetTransactionsResponse, error) {
	m, err := s.schema.mask(r.ReadMask, transactionMask, "ExecutedTransaction")
	if err != nil {
		return nil, err
	}
	if failure := tooMany(len(r.Digests), maxTransactions); failure != nil {
		return nil, failure
	}
	out, size := &pb.BatchGetTransactionsResponse{}, answerSize(0)
	for _, digest := range r.Digests {
		result := &pb.GetTransactionResult{}
		if t, failure := s.findTransaction("digests", digest, m); failure != nil {
			result.Result = &pb.GetTransactionResult_Error{Error: statusOf(failure)}
		} else {
			result.Result = &pb.GetTransactionResult_Transaction{Transaction: t}
		}
		if failure := size.add(result); failure != nil {
			return nil, failure
		}
		out.Transactions = append(out.Transactions, result)
	}
	return out, nil
}

func (s *server) findTransaction(field, text string, m mask) (*pb.ExecutedTransaction, *connect.Error) {
	digest, err := suitx.ParseDigest(text)
	if err != nil {
		return nil, invalid(field, "invalid digest: %v", err)
	}
	x, err := s.ledger.Transaction(digest)
	if err != nil {
		return nil, s.failed(err, "Transaction %s", digest)
	}
	t, err := s.executed(x, m)
	if err != nil {
		return nil, s.internal(err)
	}
	return t, nil
}
