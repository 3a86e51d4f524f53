package sui

import (
	"errors"
	"strings"
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/ledger/rpc/rpctest"
	floe "floe/server/sui/move"
)

func ourBytecode() Bytecode {
	return Bytecode{Modules: floe.Modules(), Dependencies: floe.Dependencies()}
}

func TestPublisher(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	p := &Publisher{Client: w.client, Key: w.sender.Key}
	first, capability, err := p.Publish(ctx, ourBytecode())
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.Upgrade(ctx, capability, ourBytecode())
	if err != nil || second == first {
		t.Fatalf("upgraded to %s: %v", second, err)
	}
	if third, err := p.Upgrade(ctx, capability, ourBytecode()); err != nil || third == second {
		t.Fatalf("upgraded to %s: %v", third, err)
	}
	stranger := &Publisher{Client: w.client, Key: rpctest.NewAccount(2).Fund(t, w.ledger).Key}
	if err := stranger.Freeze(ctx, capability); err == nil || !strings.Contains(err.Error(), "whose key this is") {
		t.Errorf("a stranger freezes it: %v", err)
	}
	if err := p.Freeze(ctx, first); err == nil || !strings.Contains(err.Error(), "isn't a capability") {
		t.Errorf("a package as capability: %v", err)
	}
	if err := p.Freeze(ctx, capability); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Upgrade(ctx, capability, ourBytecode()); !errors.Is(err, ErrNotFound) {
		t.Errorf("upgraded without a capability: %v", err)
	}
}

func TestPublisherIsToldWhatIsWrong(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	p := &Publisher{Client: w.client, Key: w.sender.Key}
	other := ourBytecode()
	other.Modules[0][len(other.Modules[0])-20] ^= 1
	if _, _, err := p.Publish(ctx, other); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "Go twin") {
		t.Errorf("other bytecode: %v", err)
	}
	based := ourBytecode()
	based.Modules[0], _ = suitx.Rebase(based.Modules[0], suitx.Address{1})
	if _, _, err := p.Publish(ctx, based); err == nil || !strings.Contains(err.Error(), "failure 9") {
		t.Errorf("modules with an address: %v", err)
	}
	poor := &Publisher{Client: w.client, Key: rpctest.NewAccount(9).Key}
	if _, _, err := poor.Publish(ctx, ourBytecode()); err == nil || !strings.Contains(err.Error(), "has 0 MIST") {
		t.Errorf("without money: %v", err)
	}
	p.Budget = 2_000_000
	if _, _, err := p.Publish(ctx, ourBytecode()); err == nil || !strings.Contains(err.Error(), "gas budget") {
		t.Errorf("with too small a budget: %v", err)
	}
}

// TestPublisherIsToldPrices: a node that names any price gets no more than the
// bound, and what it leaves open can be looked for.
func TestPublisherIsToldPrices(t *testing.T) {
	rich := []*suitx.Object{coinAt(suitx.Address{1}, 1, 30_000_000_000), coinAt(suitx.Address{2}, 1, 30_000_000_000)}
	var signed suitx.TransactionData
	n := &fullNode{
		epoch: &pb.Epoch{Epoch: proto.Uint64(1), ReferenceGasPrice: proto.Uint64(1000)},
		owned: func(*pb.ListOwnedObjectsRequest) *pb.ListOwnedObjectsResponse {
			return &pb.ListOwnedObjectsResponse{Objects: []*pb.Object{answered(rich[0]), answered(rich[1])}}
		},
		simulated: func([]byte) *suitx.Effects {
			return &suitx.Effects{GasUsed: suitx.GasCost{Computation: 40_000_000_000}}
		},
		executed: func(r *pb.ExecuteTransactionRequest) (*pb.ExecutedTransaction, error) {
			data, err := suitx.UnmarshalTransactionData(r.Transaction.Bcs.Value)
			if err != nil {
				t.Error(err)
			}
			signed = *data
			return nil, status.Error(codes.Internal, "gone")
		},
	}
	p := &Publisher{Client: n.dial(t), Key: rpctest.NewAccount(3).Key}
	_, _, err := p.Publish(t.Context(), ourBytecode())
	if digest := suitx.TransactionDigest(signed.Marshal()).String(); err == nil || !strings.Contains(err.Error(), digest+" may have run or not") {
		t.Errorf("an open outcome: %v", err)
	}
	if signed.Gas.Budget != mostGas {
		t.Errorf("signed for %d MIST", signed.Gas.Budget)
	}
	n.simulated = func([]byte) *suitx.Effects {
		return &suitx.Effects{Status: suitx.ExecutionStatus{Failure: &suitx.ExecutionFailure{Kind: suitx.InsufficientGas}}}
	}
	if _, _, err := p.Publish(t.Context(), ourBytecode()); err == nil || !strings.Contains(err.Error(), "costs more than 2000000000 MIST") {
		t.Errorf("dearer than the bound: %v", err)
	}
	n.epoch.ReferenceGasPrice = proto.Uint64(10_000_000)
	if _, _, err := p.Publish(t.Context(), ourBytecode()); err == nil || !strings.Contains(err.Error(), "costs more than 2000000000 MIST") {
		t.Errorf("a price over the bound: %v", err)
	}
}

func TestCheckPackage(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	digest := ourBytecode().Digest()
	if err := w.client.CheckPackage(ctx, w.ids.FloePackage, digest); err != nil {
		t.Errorf("the network's own: %v", err)
	}
	if err := w.client.CheckPackage(ctx, w.ids.FloePackage, [32]byte{1}); err == nil || !strings.Contains(err.Error(), "has the digest") {
		t.Errorf("another digest: %v", err)
	}
	for _, id := range []suitx.Address{w.ids.System, {9}} {
		if err := w.client.CheckPackage(ctx, id, digest); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s as a package: %v", id, err)
		}
	}
}
