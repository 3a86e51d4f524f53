package rpc_test

import (
	"context"
	"strings"
	"testing"
	"time"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
)

// What breaks Sui's limits is refused before anything is looked up for it: none
// of these objects and functions exists.
func TestResolverIsBounded(t *testing.T) {
	n := newNode(t)
	objects := make([]*pb.Input, 2049)
	for i := range objects {
		objects[i] = &pb.Input{ObjectId: str(suitx.Address{1, byte(i >> 8), byte(i)}.String())}
	}
	calls := make([]*pb.Command, 1025)
	for i := range calls {
		calls[i] = moveCall(suitx.Address{1}, "none", "none", inputArg(0))
	}
	arguments := make([]*pb.Argument, 513)
	for i := range arguments {
		arguments[i] = inputArg(0)
	}
	coins := make([]*pb.ObjectReference, 257)
	for i := range coins {
		coins[i] = &pb.ObjectReference{ObjectId: objects[i].ObjectId}
	}
	paid := spelled(n.me.Address, objects[:1], calls[0])
	paid.GasPayment = &pb.GasPayment{Objects: coins}
	for words, tx := range map[string]*pb.Transaction{
		"maximum input objects":                 spelled(n.me.Address, objects, calls[0]),
		"maximum commands":                      spelled(n.me.Address, objects[:1], calls...),
		"maximum arguments":                     spelled(n.me.Address, objects[:1], moveCall(suitx.Address{1}, "none", "none", arguments...)),
		"maximum pure argument size":            spelled(n.me.Address, []*pb.Input{{Pure: make([]byte, 16<<10+1)}, objects[0]}, calls[0]),
		"maximum number of gas payment objects": paid,
	} {
		_, err := n.simulate(t, &pb.SimulateTransactionRequest{Transaction: tx, DoGasSelection: proto.Bool(true)})
		if status.Code(err) != codes.InvalidArgument || !strings.Contains(status.Convert(err).Message(), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
}

// The largest that is allowed is resolved in a moment. The limit is wide: with the
// race detector, on a machine with other work, it takes seconds.
func TestResolverTakesTheLargest(t *testing.T) {
	n := newNode(t)
	system := &pb.Input{ObjectId: str(suitx.Address(n.ids.System).String())}
	inputs := []*pb.Input{system}
	for len(inputs) < 2047 {
		inputs = append(inputs, &pb.Input{Kind: pb.Input_PURE.Enum(), Pure: []byte{byte(len(inputs))}})
	}
	args := make([]*pb.Argument, 511)
	for i := range args {
		args[i] = inputArg(uint32(i + 1))
	}
	commands := make([]*pb.Command, 500)
	for i := range commands {
		commands[i] = moveCall(n.ids.WalrusPackage, "system", "epoch", append([]*pb.Argument{inputArg(0)}, args...)...)
	}
	began := time.Now()
	_, err := n.simulate(t, &pb.SimulateTransactionRequest{Transaction: spelled(n.me.Address, inputs, commands...)})
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %s: %v", took, err)
	}
}

func TestSubscriptionsAreBounded(t *testing.T) {
	n := newNode(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	begun := 0
	var service pb.SubscriptionServiceClient
	follow := func(ctx context.Context) error {
		if begun%200 == 0 { // an HTTP/2 connection has 250 streams
			service = n.connect(t)
		}
		begun++
		stream, err := service.SubscribeCheckpoints(ctx, &pb.SubscribeCheckpointsRequest{})
		if err == nil {
			_, err = stream.Recv()
		}
		return err
	}
	for i := range 1000 {
		if err := follow(ctx); err != nil {
			t.Fatalf("subscription %d: %v", i+1, err)
		}
	}
	if err := follow(t.Context()); status.Code(err) != codes.ResourceExhausted || !strings.Contains(err.Error(), "too many subscriptions") {
		t.Errorf("one too many: %v", err)
	}
	if _, err := n.reads.GetServiceInfo(t.Context(), &pb.GetServiceInfoRequest{}); err != nil {
		t.Errorf("what isn't a subscription: %v", err)
	}
	cancel()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := follow(t.Context())
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("after all others went: %v", err)
		}
	}
}
