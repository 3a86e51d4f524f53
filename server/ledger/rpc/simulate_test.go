package rpc_test

import (
	"strings"
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"floe/codec/suitx"
	"floe/server/ledger/rpc/rpctest"
	floe "floe/server/sui/move"
)

// spelled is a transaction as a client spells it out.
func spelled(sender suitx.Address, inputs []*pb.Input, commands ...*pb.Command) *pb.Transaction {
	return &pb.Transaction{Sender: str(sender.String()), Kind: &pb.TransactionKind{Data: &pb.TransactionKind_ProgrammableTransaction{
		ProgrammableTransaction: &pb.ProgrammableTransaction{Inputs: inputs, Commands: commands}}}}
}

func inputArg(i uint32) *pb.Argument { return &pb.Argument{Kind: pb.Argument_INPUT.Enum(), Input: &i} }

func moveCall(pkg suitx.Address, module, function string, args ...*pb.Argument) *pb.Command {
	return &pb.Command{Command: &pb.Command_MoveCall{MoveCall: &pb.MoveCall{Package: str(pkg.String()), Module: &module,
		Function: &function, Arguments: args}}}
}

func (n *node) simulate(t *testing.T, r *pb.SimulateTransactionRequest) (*pb.SimulateTransactionResponse, error) {
	t.Helper()
	return n.executor.SimulateTransaction(t.Context(), r)
}

// Shared objects are mutable if a function asks for &mut.
func TestResolverTellsMutableFromImmutable(t *testing.T) {
	n := newNode(t)
	system := []*pb.Input{{ObjectId: str(suitx.Address(n.ids.System).String())}}
	for function, mutable := range map[string]bool{"epoch": false, "n_shards": false, "delete_blob": false, "reserve_space": true} {
		res, err := n.simulate(t, &pb.SimulateTransactionRequest{
			Transaction: spelled(n.me.Address, system, moveCall(n.ids.WalrusPackage, "system", function, inputArg(0))),
			Checks:      pb.SimulateTransactionRequest_DISABLED.Enum()})
		if err != nil {
			t.Errorf("%s: %v", function, err)
			continue
		}
		in := res.Transaction.Transaction.Kind.GetProgrammableTransaction().Inputs[0]
		if in.GetKind() != pb.Input_SHARED || in.GetMutable() != mutable || in.GetVersion() == 0 {
			t.Errorf("%s: %v", function, in)
		}
	}
}

func TestResolverFillsInAndTheResultExecutes(t *testing.T) {
	n := newNode(t)
	friend := rpctest.NewAccount(2)
	n.me.Run(t, n.Ledger, give(n.me.Address, 40, 2))
	var coins []*pb.Input
	filter := suitx.CoinOf(suitx.SUI())
	owned, _, err := n.Owned(n.me.Address, &filter, nil, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range owned {
		if *c.Balance < 100 {
			coins = append(coins, &pb.Input{ObjectId: str(c.Ref.ID.String())})
		}
	}
	to := &pb.Input{Pure: friend.Address[:]}
	tx := spelled(n.me.Address, append(coins, to),
		&pb.Command{Command: &pb.Command_MergeCoins{MergeCoins: &pb.MergeCoins{Coin: inputArg(0), CoinsToMerge: []*pb.Argument{inputArg(1)}}}},
		&pb.Command{Command: &pb.Command_TransferObjects{TransferObjects: &pb.TransferObjects{Objects: []*pb.Argument{inputArg(0)}, Address: inputArg(2)}}})
	res, err := n.simulate(t, &pb.SimulateTransactionRequest{Transaction: tx, DoGasSelection: proto.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	whole := res.Transaction.Transaction
	if !res.Transaction.Effects.Status.GetSuccess() || len(whole.GasPayment.Objects) == 0 || whole.GasPayment.GetBudget() == 0 ||
		whole.GasPayment.GetPrice() != n.ReferenceGasPrice() {
		t.Fatalf("got %v", res)
	}
	sig := suitx.SignTransaction(n.me.Key, whole.Bcs.Value)
	whole.Bcs = nil // what is spelled out whole is the same transaction
	done, err := n.executor.ExecuteTransaction(t.Context(), &pb.ExecuteTransactionRequest{Transaction: whole,
		Signatures: []*pb.UserSignature{{Bcs: &pb.Bcs{Value: sig}}}, ReadMask: paths("effects.status", "effects.gas_used")})
	if err != nil || !done.Transaction.Effects.Status.GetSuccess() {
		t.Fatalf("executed: %v %v", done, err)
	}
	if b, err := n.Balance(friend.Address, suitx.SUI()); err != nil || b.Total != 42 {
		t.Errorf("friend has %+v %v", b, err)
	}
	used := done.Transaction.Effects.GasUsed
	if cost := used.GetComputationCost() + used.GetStorageCost() - used.GetStorageRebate(); cost > whole.GasPayment.GetBudget() {
		t.Errorf("it costs %d, the budget was %d", cost, whole.GasPayment.GetBudget())
	}
}

func TestResolverRefuses(t *testing.T) {
	n := newNode(t)
	filter := suitx.CoinOf(suitx.SUI())
	coins, _, err := n.Owned(n.me.Address, &filter, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	coin := coins[0].Ref
	call := moveCall(suitx.FrameworkAddress(2), "coin", "value", inputArg(0))
	for name, test := range map[string]struct {
		input *pb.Input
		code  codes.Code
		words string
	}{
		"unknown object": {&pb.Input{ObjectId: str("0xabc")}, codes.NotFound, "not found"},
		"old version":    {&pb.Input{ObjectId: str(coin.ID.String()), Version: proto.Uint64(coin.Version + 1)}, codes.InvalidArgument, "version doesn't match"},
		"other digest":   {&pb.Input{ObjectId: str(coin.ID.String()), Digest: str(suitx.Digest{}.String())}, codes.InvalidArgument, "digest doesn't match"},
		"not shared":     {&pb.Input{ObjectId: str(coin.ID.String()), Kind: pb.Input_SHARED.Enum()}, codes.InvalidArgument, "not a shared"},
		"not owned": {&pb.Input{ObjectId: str(suitx.Address(n.ids.System).String()), Kind: pb.Input_IMMUTABLE_OR_OWNED.Enum()},
			codes.InvalidArgument, "not Immutable or AddressOwned"},
		"literal":    {&pb.Input{Literal: structpb.NewStringValue("x")}, codes.Unimplemented, "literal"},
		"withdrawal": {&pb.Input{Kind: pb.Input_InputKind(5).Enum()}, codes.Unimplemented, "funds_withdrawal"},
	} {
		_, err := n.simulate(t, &pb.SimulateTransactionRequest{Transaction: spelled(n.me.Address, []*pb.Input{test.input}, call)})
		if status.Code(err) != test.code || !strings.Contains(status.Convert(err).Message(), test.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSimulationTellsResults(t *testing.T) {
	n := newNode(t)
	system := []*pb.Input{{ObjectId: str(suitx.Address(n.ids.System).String())}}
	res, err := n.simulate(t, &pb.SimulateTransactionRequest{
		Transaction: spelled(suitx.Address{}, system, moveCall(n.ids.WalrusPackage, "system", "n_shards", inputArg(0))),
		Checks:      pb.SimulateTransactionRequest_DISABLED.Enum(), ReadMask: paths("command_outputs")})
	if err != nil || len(res.CommandOutputs) != 1 || res.Transaction != nil {
		t.Fatalf("%v %v", res, err)
	}
	got := res.CommandOutputs[0].ReturnValues[0]
	if got.Value.GetName() != "u16" || string(got.Value.Value) != string([]byte{rpctest.Shards, 0}) || got.Json.GetNumberValue() != rpctest.Shards {
		t.Errorf("got %v", got)
	}
}

func TestUnsupportedTransactionsAreUnimplemented(t *testing.T) {
	n := newNode(t)
	b := &suitx.Builder{}
	p := &suitx.Publish{Modules: floe.Modules(), Dependencies: floe.Dependencies()}
	p.Modules[0][len(p.Modules[0])-20] ^= 1
	b.Transfer(n.me.Address, b.Command(p))
	tx, sigs := n.me.Sign(t, n.Ledger, b)
	_, err := n.executor.ExecuteTransaction(t.Context(), &pb.ExecuteTransactionRequest{
		Transaction: &pb.Transaction{Bcs: &pb.Bcs{Value: tx}}, Signatures: []*pb.UserSignature{{Bcs: &pb.Bcs{Value: sigs[0]}}}})
	if status.Code(err) != codes.Unimplemented || !strings.Contains(status.Convert(err).Message(), "Go twin") {
		t.Errorf("publish: %v", err)
	}
}
