package rpc

import (
	"context"

	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/ledger"
)

// simulateTransaction is a dry run and the clients' resolver in one: it fills in
// what a transaction lacks, picks gas if asked, runs it, and answers with the
// whole transaction.
func (s *server) simulateTransaction(ctx context.Context, r *pb.SimulateTransactionRequest) (*pb.SimulateTransactionResponse, error) {
	m, err := s.schema.mask(r.ReadMask, "*", "SimulateTransactionResponse")
	if err != nil {
		return nil, err
	}
	data, failure := s.simulated(r.Transaction)
	if failure != nil {
		return nil, failure
	}
	skip := r.GetChecks() == pb.SimulateTransactionRequest_DISABLED
	if r.GetDoGasSelection() && !skip {
		gas := r.Transaction.GetGasPayment()
		estimate := r.Transaction.GetBcs() == nil && (gas == nil || gas.Budget == nil)
		if failure := s.payGas(ctx, data, estimate); failure != nil {
			return nil, failure
		}
	}
	x, err := s.ledger.Simulate(ctx, data, ledger.SimulateOptions{SkipChecks: skip})
	if err != nil {
		return nil, s.unresolved(err)
	}
	out := &pb.SimulateTransactionResponse{}
	if sub := m.sub("transaction"); sub != nil {
		out.Transaction = &pb.ExecutedTransaction{} // a full node tells no digest here
		if sub.has("transaction") {
			out.Transaction.Transaction = transactionOf(data)
		}
		s.fill(out.Transaction, x, sub)
	}
	if m.has("command_outputs") {
		for _, result := range x.Results {
			out.CommandOutputs = append(out.CommandOutputs, s.commandResult(result))
		}
	}
	s.schema.prune(m, out)
	return out, nil
}

// simulated is the transaction that a request gives, whole or to be resolved.
func (s *server) simulated(t *pb.Transaction) (*suitx.TransactionData, *connect.Error) {
	if t == nil {
		return nil, missing("transaction")
	}
	if t.Bcs != nil {
		data, err := suitx.UnmarshalTransactionData(t.Bcs.Value)
		if err != nil {
			return nil, invalid("transaction", "invalid transaction: %v", err)
		}
		return data, nil
	}
	u, failure := readTransaction(t)
	if failure != nil {
		return nil, failure
	}
	if data, failure := u.whole(); failure == nil {
		return data, nil
	}
	return s.resolve(u)
}

func (s *server) payGas(ctx context.Context, data *suitx.TransactionData, estimate bool) *connect.Error {
	if estimate {
		if failure := s.estimateBudget(ctx, data); failure != nil {
			return failure
		}
	}
	if len(data.Gas.Payment) > 0 {
		return nil
	}
	return s.selectGas(data)
}

func (s *server) commandResult(r ledger.CommandResult) *pb.CommandResult {
	out := &pb.CommandResult{}
	for _, v := range r.Returned {
		out.ReturnValues = append(out.ReturnValues, s.commandOutput(v))
	}
	for _, v := range r.Mutated {
		one := s.commandOutput(v.TypedValue)
		one.Argument = argument(v.Argument)
		out.MutatedByRef = append(out.MutatedByRef, one)
	}
	return out
}

func (s *server) commandOutput(v ledger.TypedValue) *pb.CommandOutput {
	return &pb.CommandOutput{
		Value: &pb.Bcs{Name: proto.String(v.Type.String()), Value: v.BCS},
		Json:  s.json(v.Type, v.BCS),
	}
}
