package rpc_test

import (
	"encoding/base64"
	"testing"

	"github.com/block-vision/sui-go-sdk/common/grpcconn"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"github.com/block-vision/sui-go-sdk/sui/v2/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger"
	"floe/server/ledger/rpc/rpctest"
)

// Every service client that a connection offers.
func TestSuiGoSDKServices(t *testing.T) {
	c, l, me := sdkClient(t)
	conn, ctx := c.GetGrpcClient(), t.Context()
	ids, _ := api.Networks(api.Local)
	floe := suitx.Address(ids.FloePackage).String()
	packages, err := conn.MovePackageService(ctx)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := packages.GetPackage(ctx, &pb.GetPackageRequest{PackageId: &floe})
	if err != nil || whole.Package.GetStorageId() != floe {
		t.Fatalf("%v %v", whole, err)
	}
	for _, m := range whole.Package.Modules {
		for _, d := range m.Datatypes {
			got, err := packages.GetDatatype(ctx, &pb.GetDatatypeRequest{PackageId: &floe, ModuleName: m.Name, Name: d.Name})
			if err != nil || !proto.Equal(got.Datatype, d) {
				t.Errorf("type %s: %v %v", d.GetName(), got, err)
			}
		}
		for _, f := range m.Functions {
			got, err := packages.GetFunction(ctx, &pb.GetFunctionRequest{PackageId: &floe, ModuleName: m.Name, Name: f.Name})
			if err != nil || !proto.Equal(got.Function, f) {
				t.Errorf("function %s: %v %v", f.GetName(), got, err)
			}
		}
	}
	versions, err := packages.ListPackageVersions(ctx, &pb.ListPackageVersionsRequest{PackageId: &floe})
	if err != nil || len(versions.Versions) != 1 || versions.Versions[0].GetVersion() != whole.Package.GetVersion() {
		t.Errorf("versions: %v %v", versions, err)
	}
	names, err := conn.NameService(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := names.LookupName(ctx, &pb.LookupNameRequest{Name: str("a.sui")}); status.Code(err) != codes.Unimplemented {
		t.Errorf("a name: %v", err)
	}
	verifier, err := conn.SignatureVerificationService(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tx, sigs := me.Sign(t, l, give(me.Address, 1))
	for who, want := range map[suitx.Address]bool{me.Address: true, {1}: false} {
		valid, err := verifier.VerifySignature(ctx, &pb.VerifySignatureRequest{Message: &pb.Bcs{Name: str("TransactionData"), Value: tx},
			Signature: &pb.UserSignature{Bcs: &pb.Bcs{Value: sigs[0]}}, Address: str(who.String())})
		if err != nil || valid.GetIsValid() != want {
			t.Errorf("%s: %v %v", who, valid, err)
		}
	}
}

func TestSuiGoSDKFollowsCheckpoints(t *testing.T) {
	c, l, me := sdkClient(t)
	service, err := c.GetGrpcClient().SubscriptionService(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stream, err := service.SubscribeCheckpoints(t.Context(), &pb.SubscribeCheckpointsRequest{ReadMask: paths("sequence_number", "digest", "transactions.digest")})
	if err != nil {
		t.Fatal(err)
	}
	first, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	wanted := make(map[string]bool)
	for range 3 {
		wanted[me.Run(t, l, give(me.Address, 1)).Digest.String()] = true
	}
	for next := first.GetCursor() + 1; len(wanted) > 0; next++ {
		m, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if m.GetCursor() != next || m.Checkpoint.GetSequenceNumber() != next {
			t.Fatalf("checkpoint %v, wanted %d", m, next)
		}
		for _, x := range m.Checkpoint.Transactions {
			delete(wanted, x.GetDigest())
		}
	}
}

// The connection's own ways to call.
func TestSuiGoSDKConnection(t *testing.T) {
	c, l, _ := sdkClient(t)
	conn := c.GetGrpcClient()
	var info pb.GetServiceInfoResponse
	if err := conn.CallWithRetry(t.Context(), pb.LedgerService_GetServiceInfo_FullMethodName, &pb.GetServiceInfoRequest{}, &info); err != nil ||
		info.GetChainId() != l.ChainID().String() {
		t.Errorf("%v %v", &info, err)
	}
	batch := []grpcconn.BatchRequest{
		{Method: pb.LedgerService_GetEpoch_FullMethodName, Req: &pb.GetEpochRequest{}, Reply: &pb.GetEpochResponse{}},
		{Method: pb.LedgerService_GetObject_FullMethodName, Req: &pb.GetObjectRequest{ObjectId: str("0x6")}, Reply: &pb.GetObjectResponse{}},
		{Method: pb.LedgerService_GetObject_FullMethodName, Req: &pb.GetObjectRequest{ObjectId: str("0x7777")}, Reply: &pb.GetObjectResponse{}},
	}
	answers := conn.BatchCall(t.Context(), batch)
	if answers[0].Error != nil || answers[1].Error != nil || answers[2].Error == nil ||
		batch[1].Reply.(*pb.GetObjectResponse).Object.GetObjectId() != suitx.FrameworkAddress(6).String() {
		t.Errorf("%v", answers)
	}
	withKey := grpcconn.NewSuiGrpcClientWithAuth(rpctest.Serve(t, l), "key")
	service, err := withKey.LedgerService(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := service.GetServiceInfo(t.Context(), &pb.GetServiceInfoRequest{}); err != nil {
		t.Errorf("with a key that nobody asks for: %v", err)
	}
	if err := withKey.Close(); err != nil {
		t.Error(err)
	}
}

// What fails when it runs is told in effects, with words.
func TestSuiGoSDKReadsFailures(t *testing.T) {
	c, l, me := sdkClient(t)
	ids, _ := api.Networks(api.Local)
	b := &suitx.Builder{}
	b.Command(&suitx.MoveCall{Package: suitx.Address(ids.FloePackage), Module: "parcel", Function: "keep",
		Args: []suitx.Argument{b.Command(&suitx.MoveCall{Package: suitx.Address(ids.FloePackage), Module: "parcel", Function: "create", Args: []suitx.Argument{b.Pure([]byte{1, 9})}})}})
	tx, sigs := me.Sign(t, l, b)
	include := types.TransactionInclude{Effects: true, Transaction: true, ObjectTypes: true}
	simulated, err := c.SimulateTransaction(t.Context(), types.SimulateTransactionOptions{Transaction: tx, Include: types.SimulateTransactionInclude{TransactionInclude: include}})
	if err != nil {
		t.Fatal(err)
	}
	done, err := c.ExecuteTransaction(t.Context(), types.ExecuteTransactionOptions{Transaction: tx, Signatures: []string{base64.StdEncoding.EncodeToString(sigs[0])}, Include: include})
	if err != nil {
		t.Fatal(err)
	}
	failed := done.Transaction
	if failed.Status.Success || failed.Status.Error == nil || failed.Effects.GasUsed.ComputationCost == "0" || len(failed.Effects.ChangedObjects) != 1 {
		t.Errorf("executed: %+v %+v", failed, failed.Effects)
	}
	if s := simulated.Transaction; s.Status.Success || s.Status.Error == nil || s.Status.Error.Message != failed.Status.Error.Message {
		t.Errorf("simulated: %+v", simulated)
	}
	if d := failed.TransactionData; d == nil || d.Sender != me.Address.String() || len(d.Commands) != 2 || len(d.Inputs) != 1 {
		t.Errorf("transaction: %+v", d)
	}
	var x *ledger.Executed
	if x, err = l.Transaction(suitx.TransactionDigest(tx)); err != nil || x.Effects.Status.Success() {
		t.Errorf("in the ledger: %v %v", x, err)
	}
}
