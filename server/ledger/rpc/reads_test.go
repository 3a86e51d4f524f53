package rpc_test

import (
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/rpc/rpctest"
)

func TestObjectsAtTheirVersions(t *testing.T) {
	n := newNode(t)
	filter := suitx.CoinOf(suitx.SUI())
	coins, _, err := n.Owned(n.me.Address, &filter, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	old := coins[0].Ref
	x := n.me.Run(t, n.Ledger, give(rpctest.NewAccount(2).Address, 1))
	read := func(version *uint64) (*pb.Object, error) {
		res, err := n.reads.GetObject(t.Context(), &pb.GetObjectRequest{ObjectId: str(old.ID.String()), Version: version, ReadMask: paths("*")})
		return res.GetObject(), err
	}
	now, err := read(nil)
	if err != nil || now.GetVersion() != x.Effects.LamportVersion || now.GetPreviousTransaction() != x.Digest.String() {
		t.Errorf("now: %v %v", now, err)
	}
	then, err := read(proto.Uint64(old.Version))
	if err != nil || then.GetDigest() != old.Digest.String() || then.GetBalance() <= now.GetBalance() {
		t.Errorf("then: %v %v", then, err)
	}
	for _, version := range []uint64{0, old.Version + 1<<20} {
		if o, err := read(proto.Uint64(version)); status.Code(err) != codes.NotFound {
			t.Errorf("version %d: %v %v", version, o, err)
		}
	}
}

func TestBatchesKeepTheirOrder(t *testing.T) {
	n := newNode(t)
	a := n.me.Run(t, n.Ledger, give(n.me.Address, 1)).Digest.String()
	b := n.me.Run(t, n.Ledger, give(n.me.Address, 2)).Digest.String()
	res, err := n.reads.BatchGetTransactions(t.Context(), &pb.BatchGetTransactionsRequest{
		Digests: []string{b, suitx.Digest{1}.String(), a, "no digest"}, ReadMask: paths("digest", "effects.status")})
	if err != nil || len(res.Transactions) != 4 {
		t.Fatalf("%v %v", res, err)
	}
	for i, want := range []string{b, "", a, ""} {
		if got := res.Transactions[i].GetTransaction().GetDigest(); got != want {
			t.Errorf("transaction %d is %q, wanted %q", i, got, want)
		}
	}
	if c := res.Transactions[1].GetError().GetCode(); codes.Code(c) != codes.NotFound {
		t.Errorf("unknown transaction: %v", res.Transactions[1])
	}
	if c := res.Transactions[3].GetError().GetCode(); codes.Code(c) != codes.InvalidArgument {
		t.Errorf("malformed digest: %v", res.Transactions[3])
	}
}

func TestCheckpointsAreChained(t *testing.T) {
	n := newNode(t)
	n.me.Run(t, n.Ledger, give(n.me.Address, 1))
	last, err := n.reads.GetCheckpoint(t.Context(), &pb.GetCheckpointRequest{ReadMask: paths("*")})
	if err != nil {
		t.Fatal(err)
	}
	c := last.Checkpoint
	if len(c.Transactions) != len(c.Contents.Transactions) || c.Transactions[0].GetDigest() != c.Contents.Transactions[0].GetTransaction() ||
		len(c.GetObjects().GetObjects()) == 0 || c.Summary.GetContentDigest() != c.Contents.GetDigest() {
		t.Errorf("got %v", c)
	}
	for c.GetSequenceNumber() > 0 {
		res, err := n.reads.GetCheckpoint(t.Context(), &pb.GetCheckpointRequest{
			CheckpointId: &pb.GetCheckpointRequest_Digest{Digest: c.Summary.GetPreviousDigest()}, ReadMask: paths("summary", "sequence_number", "digest")})
		if err != nil {
			t.Fatal(err)
		}
		if res.Checkpoint.GetSequenceNumber() != c.GetSequenceNumber()-1 {
			t.Fatalf("checkpoint %d comes before %d", res.Checkpoint.GetSequenceNumber(), c.GetSequenceNumber())
		}
		c = res.Checkpoint
	}
	if c.GetDigest() != n.ChainID().String() {
		t.Errorf("the chain is %s, its first checkpoint %s", n.ChainID(), c.GetDigest())
	}
	_, err = n.reads.GetCheckpoint(t.Context(), &pb.GetCheckpointRequest{CheckpointId: &pb.GetCheckpointRequest_SequenceNumber{SequenceNumber: 1 << 40}})
	if status.Code(err) != codes.NotFound {
		t.Errorf("a checkpoint to come: %v", err)
	}
}

func TestEpochs(t *testing.T) {
	n := newNode(t)
	res, err := n.reads.GetEpoch(t.Context(), &pb.GetEpochRequest{ReadMask: paths("*")})
	if err != nil {
		t.Fatal(err)
	}
	e := res.Epoch
	if e.GetEpoch() != 0 || e.GetReferenceGasPrice() != n.ReferenceGasPrice() || e.End != nil || !e.GetStart().AsTime().Equal(rpctest.Start) ||
		e.GetSystemState().GetParameters().GetEpochDurationMs() != uint64(14*24*3600*1000) {
		t.Errorf("got %v", e)
	}
	if _, err := n.reads.GetEpoch(t.Context(), &pb.GetEpochRequest{Epoch: proto.Uint64(99)}); status.Code(err) != codes.NotFound {
		t.Errorf("an epoch to come: %v", err)
	}
}

func TestPackagesAreDescribed(t *testing.T) {
	n := newNode(t)
	floe := str(suitx.Address(n.ids.FloePackage).String())
	p, err := n.packages.GetPackage(t.Context(), &pb.GetPackageRequest{PackageId: floe})
	if err != nil || p.Package.GetStorageId() != *floe || len(p.Package.Modules) != 1 || len(p.Package.Modules[0].Functions) < 6 {
		t.Errorf("package: %v %v", p, err)
	}
	d, err := n.packages.GetDatatype(t.Context(), &pb.GetDatatypeRequest{PackageId: floe, ModuleName: str("parcel"), Name: str("Parcel")})
	if err != nil || len(d.Datatype.Fields) != 4 || len(d.Datatype.Abilities) != 1 || d.Datatype.Abilities[0] != pb.Ability_KEY {
		t.Errorf("datatype: %v %v", d, err)
	}
	walrus := str(suitx.Address(n.ids.WalrusPackage).String())
	f, err := n.packages.GetFunction(t.Context(), &pb.GetFunctionRequest{PackageId: walrus, ModuleName: str("staking"), Name: str("stake_with_pool")})
	if err != nil {
		t.Fatal(err)
	}
	wal := suitx.Address(n.ids.WALPackage).String() + "::wal::WAL"
	if got := f.Function.Parameters[1].Body.TypeParameterInstantiation[0].GetTypeName(); got != wal {
		t.Errorf("stake_with_pool takes coins of %s, wanted %s", got, wal)
	}
	for _, name := range []string{"nothing", ""} {
		_, err := n.packages.GetFunction(t.Context(), &pb.GetFunctionRequest{PackageId: floe, ModuleName: str("parcel"), Name: str(name)})
		if status.Code(err) != codes.NotFound {
			t.Errorf("function %q: %v", name, err)
		}
	}
}

// Only the embedded ledger tells how an object ended; see api.ReasonDeleted.
func TestDeletedObjectsNameTheirEnd(t *testing.T) {
	n := newNode(t)
	b := &suitx.Builder{}
	b.Call(n.ids.FloePackage, "parcel", "keep", b.Call(n.ids.FloePackage, "parcel", "create", b.Bytes(append([]byte{1}, make([]byte, 14)...))))
	id := suitx.DerivedObjectID(n.me.Run(t, n.Ledger, b).Digest, 0)
	o, err := n.Object(id, 0)
	if err != nil {
		t.Fatal(err)
	}
	b = &suitx.Builder{}
	b.Call(n.ids.FloePackage, "parcel", "delete", b.Object(o.Ref()))
	end := n.me.Run(t, n.Ledger, b).Digest
	_, err = n.reads.GetObject(t.Context(), &pb.GetObjectRequest{ObjectId: str(id.String())})
	st := status.Convert(err)
	if st.Code() != codes.NotFound || st.Message() != "Object "+id.String()+" not found" || len(st.Details()) != 1 {
		t.Fatalf("%v %v", err, st.Details())
	}
	if info, ok := st.Details()[0].(interface{ GetMetadata() map[string]string }); !ok || info.GetMetadata()[api.DeletedBy] != end.String() {
		t.Errorf("details: %v", st.Details())
	}
}

func TestSubscriptionBeginsWithTheLastCheckpoint(t *testing.T) {
	n := newNode(t)
	n.me.Run(t, n.Ledger, give(n.me.Address, 1))
	last, err := n.LatestCheckpoint()
	if err != nil {
		t.Fatal(err)
	}
	stream, err := n.stream.SubscribeCheckpoints(t.Context(), &pb.SubscribeCheckpointsRequest{ReadMask: paths("transactions.digest")})
	if err != nil {
		t.Fatal(err)
	}
	for want := last.Sequence; want < last.Sequence+3; want++ {
		res, err := stream.Recv()
		if err != nil || res.GetCursor() != want || len(res.Checkpoint.Transactions) != 1 || res.Checkpoint.Digest != nil {
			t.Fatalf("%v %v, wanted checkpoint %d", res, err, want)
		}
		n.me.Run(t, n.Ledger, give(n.me.Address, 1))
	}
	bare, err := n.stream.SubscribeCheckpoints(t.Context(), &pb.SubscribeCheckpointsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if res, err := bare.Recv(); err != nil || res.Cursor == nil || proto.Size(res.GetCheckpoint()) != 0 {
		t.Errorf("without a mask: %v %v", res, err)
	}
}
