package sui

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/api"
)

// fullNode behaves as a public full node where that differs from the embedded
// ledger: what executes isn't in a checkpoint at once, history is pruned, and
// answers may come from anyone.
type fullNode struct {
	pb.UnimplementedLedgerServiceServer
	pb.UnimplementedStateServiceServer
	pb.UnimplementedTransactionExecutionServiceServer

	executed  func(*pb.ExecuteTransactionRequest) (*pb.ExecutedTransaction, error)
	simulated func(tx []byte) *suitx.Effects
	looks     int // how often somebody looked for the transaction
	seenAt    int // at which look it is in a checkpoint
	object    func(*pb.GetObjectRequest) (*pb.Object, error)
	owned     func(*pb.ListOwnedObjectsRequest) *pb.ListOwnedObjectsResponse
	info      *pb.GetServiceInfoResponse
	epoch     *pb.Epoch
	found     *pb.ExecutedTransaction // what GetTransaction answers once it is seen
}

func (n *fullNode) GetServiceInfo(context.Context, *pb.GetServiceInfoRequest) (*pb.GetServiceInfoResponse, error) {
	if n.info != nil {
		return n.info, nil
	}
	return &pb.GetServiceInfoResponse{ChainId: proto.String("chain")}, nil
}

func (n *fullNode) GetEpoch(context.Context, *pb.GetEpochRequest) (*pb.GetEpochResponse, error) {
	return &pb.GetEpochResponse{Epoch: n.epoch}, nil
}

func (n *fullNode) ListOwnedObjects(_ context.Context, r *pb.ListOwnedObjectsRequest) (*pb.ListOwnedObjectsResponse, error) {
	return n.owned(r), nil
}

func (n *fullNode) ListDynamicFields(context.Context, *pb.ListDynamicFieldsRequest) (*pb.ListDynamicFieldsResponse, error) {
	return &pb.ListDynamicFieldsResponse{}, nil
}

func (n *fullNode) BatchGetObjects(_ context.Context, r *pb.BatchGetObjectsRequest) (*pb.BatchGetObjectsResponse, error) {
	out := &pb.BatchGetObjectsResponse{}
	for _, one := range r.Requests {
		o, err := n.object(one)
		result := &pb.GetObjectResult{Result: &pb.GetObjectResult_Object{Object: o}}
		if err != nil {
			result.Result = &pb.GetObjectResult_Error{Error: status.Convert(err).Proto()}
		}
		out.Objects = append(out.Objects, result)
	}
	return out, nil
}

func (n *fullNode) ExecuteTransaction(_ context.Context, r *pb.ExecuteTransactionRequest) (*pb.ExecuteTransactionResponse, error) {
	x, err := n.executed(r)
	return &pb.ExecuteTransactionResponse{Transaction: x}, err
}

func (n *fullNode) SimulateTransaction(_ context.Context, r *pb.SimulateTransactionRequest) (*pb.SimulateTransactionResponse, error) {
	tx := r.Transaction.Bcs.Value
	e := n.simulated(tx)
	e.TransactionDigest = suitx.TransactionDigest(tx)
	return &pb.SimulateTransactionResponse{Transaction: &pb.ExecutedTransaction{Effects: &pb.TransactionEffects{Bcs: &pb.Bcs{Value: e.Marshal()}}}}, nil
}

func (n *fullNode) GetTransaction(context.Context, *pb.GetTransactionRequest) (*pb.GetTransactionResponse, error) {
	n.looks++
	switch {
	case n.looks < n.seenAt-1:
		return nil, status.Error(codes.NotFound, "Transaction not found")
	case n.looks < n.seenAt:
		return &pb.GetTransactionResponse{Transaction: &pb.ExecutedTransaction{}}, nil
	}
	if n.found != nil {
		n.found.Checkpoint = proto.Uint64(1)
		return &pb.GetTransactionResponse{Transaction: n.found}, nil
	}
	return &pb.GetTransactionResponse{Transaction: &pb.ExecutedTransaction{Checkpoint: proto.Uint64(1)}}, nil
}

func (n *fullNode) GetObject(_ context.Context, r *pb.GetObjectRequest) (*pb.GetObjectResponse, error) {
	o, err := n.object(r)
	return &pb.GetObjectResponse{Object: o}, err
}

func (n *fullNode) dial(t *testing.T) *Client {
	t.Helper()
	c, err := n.tryDial(t)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (n *fullNode) tryDial(t *testing.T) (*Client, error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	pb.RegisterLedgerServiceServer(s, n)
	pb.RegisterStateServiceServer(s, n)
	pb.RegisterTransactionExecutionServiceServer(s, n)
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	t.Cleanup(func() {
		s.Stop()
		<-done
	})
	ids, _ := api.Networks(api.Local)
	return Dial(t.Context(), Config{Target: listener.Addr().String(), IDs: ids})
}

func effectsOf(digest suitx.Digest) *pb.ExecutedTransaction {
	e := &suitx.Effects{TransactionDigest: digest}
	return &pb.ExecutedTransaction{Effects: &pb.TransactionEffects{Bcs: &pb.Bcs{Value: e.Marshal()}}}
}

func TestExecuteWaitsForACheckpoint(t *testing.T) {
	tx := []byte("a transaction")
	n := &fullNode{seenAt: 4, executed: func(*pb.ExecuteTransactionRequest) (*pb.ExecutedTransaction, error) {
		return effectsOf(suitx.TransactionDigest(tx)), nil
	}}
	if _, err := n.dial(t).Execute(t.Context(), tx, nil); err != nil {
		t.Fatal(err)
	}
	if n.looks != 4 {
		t.Errorf("it looked %d times, wanted 4", n.looks)
	}
}

func TestExecuteTakesNoOtherEffects(t *testing.T) {
	n := &fullNode{executed: func(*pb.ExecuteTransactionRequest) (*pb.ExecutedTransaction, error) {
		return effectsOf(suitx.Digest{1}), nil
	}}
	if _, err := n.dial(t).Execute(t.Context(), []byte("a transaction"), nil); err == nil || !strings.Contains(err.Error(), "answered effects of") {
		t.Errorf("got %v", err)
	}
}

func TestRefusalsOfAFullNode(t *testing.T) {
	const reviewed = "Transaction execution failed due to issues with transaction inputs, please review the errors and try again: "
	for _, test := range []struct {
		err  error
		want error // nil: the outcome is open
	}{
		{status.Error(codes.InvalidArgument, "Invalid user signature: wrong"), ErrRefused},
		{status.Error(codes.InvalidArgument, reviewed+"Object ID 0x1 Version 0x2 Digest x is not available for consumption, current version: 0x3."), ErrConflict},
		{status.Error(codes.InvalidArgument, reviewed+"Transaction needs to be rebuilt because object 0x1 version 0x2 is unavailable for consumption, current version: 0x3."), ErrConflict},
		{status.Error(codes.InvalidArgument, reviewed+"Could not find the referenced object 0x1 at version None."), ErrConflict},
		{status.Error(codes.FailedPrecondition, "Failed to sign transaction by a quorum of validators because of locked objects."), ErrConflict},
		{status.Error(codes.Aborted, "The transaction is already finalized but with different user signatures"), nil},
		{status.Error(codes.ResourceExhausted, "system is overloaded"), nil},
		{status.Error(codes.Internal, "who knows"), nil},
		{status.Error(codes.DeadlineExceeded, "timed-out before finality could be reached"), nil},
	} {
		n := &fullNode{executed: func(*pb.ExecuteTransactionRequest) (*pb.ExecutedTransaction, error) { return nil, test.err }}
		_, err := n.dial(t).Execute(t.Context(), []byte("a transaction"), nil)
		for _, sentinel := range []error{ErrRefused, ErrConflict, ErrNotFound} {
			if errors.Is(err, sentinel) != (sentinel == test.want) {
				t.Errorf("%v becomes %v", test.err, err)
			}
		}
		if err == nil {
			t.Errorf("%v becomes no error", test.err)
		}
	}
}

// A full node doesn't tell how an object ended.
func TestParcelThatAFullNodeForgot(t *testing.T) {
	n := &fullNode{object: func(*pb.GetObjectRequest) (*pb.Object, error) {
		return nil, status.Error(codes.NotFound, "Object 0x1 not found")
	}}
	if _, err := n.dial(t).Parcel(t.Context(), suitx.Address{1}); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestObjectsOfAnotherIDAreRefused(t *testing.T) {
	o := &suitx.Object{Move: &suitx.MoveObject{Type: suitx.CoinOf(suitx.SUI()), Contents: make([]byte, 40)}}
	n := &fullNode{object: func(*pb.GetObjectRequest) (*pb.Object, error) {
		return &pb.Object{Bcs: &pb.Bcs{Value: o.Marshal()}}, nil
	}}
	if _, err := n.dial(t).Parcel(t.Context(), suitx.Address{1}); err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
