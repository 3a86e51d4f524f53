package rpc_test

import (
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger"
	"floe/server/ledger/rpc/rpctest"
)

// node is a ledger with the services' raw clients.
type node struct {
	*ledger.Ledger
	ids      api.NetworkIDs
	state    pb.StateServiceClient
	reads    pb.LedgerServiceClient
	executor pb.TransactionExecutionServiceClient
	packages pb.MovePackageServiceClient
	stream   pb.SubscriptionServiceClient
	me       rpctest.Account
	at       string // host and port
}

func newNode(t *testing.T) *node {
	t.Helper()
	l := rpctest.Ledger(t)
	at := rpctest.Serve(t, l)
	conn := dial(t, at)
	ids, _ := api.Networks(api.Local)
	return &node{l, ids, pb.NewStateServiceClient(conn), pb.NewLedgerServiceClient(conn),
		pb.NewTransactionExecutionServiceClient(conn), pb.NewMovePackageServiceClient(conn),
		pb.NewSubscriptionServiceClient(conn), rpctest.NewAccount(1).Fund(t, l), at}
}

func dial(t *testing.T, at string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(at, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	return conn
}

// connect opens one more connection.
func (n *node) connect(t *testing.T) pb.SubscriptionServiceClient {
	return pb.NewSubscriptionServiceClient(dial(t, n.at))
}

func paths(p ...string) *fieldmaskpb.FieldMask { return &fieldmaskpb.FieldMask{Paths: p} }

func str(s string) *string { return proto.String(s) }

func give(to suitx.Address, amounts ...uint64) *suitx.Builder {
	b := &suitx.Builder{}
	split := &suitx.SplitCoins{Coin: suitx.GasCoin}
	for _, a := range amounts {
		split.Amounts = append(split.Amounts, b.U64(a))
	}
	coin := b.Command(split)
	var coins []suitx.Argument
	for i := range amounts {
		coins = append(coins, coin.Result(uint16(i)))
	}
	b.Transfer(to, coins...)
	return b
}
