package rpc_test

import (
	"bytes"
	"strings"
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/rpc/rpctest"
)

func TestPagesOfOwnedObjects(t *testing.T) {
	n := newNode(t)
	friend := rpctest.NewAccount(2).Address
	amounts := make([]uint64, 75)
	for i := range amounts {
		amounts[i] = uint64(i + 1)
	}
	n.me.Run(t, n.Ledger, give(friend, amounts...))
	for _, size := range []uint32{1, 19, 20, 21, 75, 76, 1000} {
		req := &pb.ListOwnedObjectsRequest{Owner: str(friend.String()), PageSize: proto.Uint32(size), ReadMask: paths("object_id", "balance"),
			ObjectType: str("0x2::coin::Coin")}
		seen, sum := map[string]bool{}, uint64(0)
		for {
			page, err := n.state.ListOwnedObjects(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Objects) > int(size) {
				t.Errorf("size %d: %d objects", size, len(page.Objects))
			}
			for _, o := range page.Objects {
				seen[o.GetObjectId()] = true
				sum += o.GetBalance()
				if o.ObjectType != nil || o.Version != nil {
					t.Errorf("size %d: more is told than was asked: %v", size, o)
				}
			}
			if page.NextPageToken == nil {
				break
			}
			req.PageToken = page.NextPageToken
		}
		if len(seen) != 75 || sum != 75*76/2 {
			t.Errorf("size %d: %d objects that hold %d", size, len(seen), sum)
		}
	}
}

func TestPageTokensAreForOneListing(t *testing.T) {
	n := newNode(t)
	friend := rpctest.NewAccount(2).Address
	n.me.Run(t, n.Ledger, give(friend, 1, 2, 3))
	first, err := n.state.ListOwnedObjects(t.Context(), &pb.ListOwnedObjectsRequest{Owner: str(friend.String()), PageSize: proto.Uint32(1)})
	if err != nil || first.NextPageToken == nil {
		t.Fatalf("%v %v", first, err)
	}
	token := first.NextPageToken
	for name, req := range map[string]*pb.ListOwnedObjectsRequest{
		"another owner": {Owner: str(n.me.Address.String()), PageToken: token},
		"another type":  {Owner: str(friend.String()), PageToken: token, ObjectType: str("0x2::clock::Clock")},
		"cut":           {Owner: str(friend.String()), PageToken: token[:20]},
	} {
		if _, err := n.state.ListOwnedObjects(t.Context(), req); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Grants of 12 KiB fill a page before it has fifty.
func TestPagesOfDynamicFieldsEndWhenFull(t *testing.T) {
	n := newNode(t)
	grant := bytes.Repeat([]byte{'g'}, api.MaxGrant)
	var statement api.Statement
	slots := make([][32]byte, 60)
	for i := range slots {
		slots[i] = [32]byte{byte(i)}
		statement.PutSlot(slots[i], grant)
	}
	state, err := statement.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b := &suitx.Builder{}
	b.Call(n.ids.FloePackage, "parcel", "keep", b.Call(n.ids.FloePackage, "parcel", "create", b.Bytes(state)))
	x := n.me.Run(t, n.Ledger, b)
	id := suitx.DerivedObjectID(x.Digest, 0)
	for len(slots) > 0 {
		o, err := n.Object(id, 0)
		if err != nil {
			t.Fatal(err)
		}
		b := &suitx.Builder{}
		parcel := b.Object(o.Ref())
		for _, slot := range slots[:6] {
			b.Call(n.ids.FloePackage, "parcel", "put_grant", parcel, b.Bytes(slot[:]), b.Bytes(grant))
		}
		slots = slots[6:]
		if x := n.me.Run(t, n.Ledger, b); !x.Effects.Status.Success() {
			t.Fatalf("%+v", x.Effects.Status.Failure)
		}
	}
	seen, pages := map[string]bool{}, 0
	req := &pb.ListDynamicFieldsRequest{Parent: str(id.String()), PageSize: proto.Uint32(1000), ReadMask: paths("*")}
	for {
		page, err := n.state.ListDynamicFields(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, f := range page.DynamicFields {
			seen[f.GetFieldId()] = true
			slot := append([]byte{32}, make([]byte, 32)...)
			slot[1] = f.GetName().GetValue()[1]
			if f.GetKind() != pb.DynamicField_FIELD || f.GetName().GetName() != "vector<u8>" || !bytes.Equal(f.GetName().GetValue(), slot) ||
				f.GetValueType() != "vector<u8>" || len(f.GetValue().GetValue()) != api.MaxGrant+2 {
				t.Fatalf("field %v", f)
			}
		}
		if page.NextPageToken == nil {
			break
		}
		req.PageToken = page.NextPageToken
	}
	if len(seen) != 60 || pages < 2 {
		t.Errorf("%d fields on %d pages", len(seen), pages)
	}
}

func TestDynamicObjectFieldsTellTheChild(t *testing.T) {
	n := newNode(t)
	kinds := map[pb.DynamicField_DynamicFieldKind]int{}
	for _, parent := range n.parents(t) {
		page, err := n.state.ListDynamicFields(t.Context(), &pb.ListDynamicFieldsRequest{Parent: str(parent), ReadMask: paths("*")})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.DynamicFields {
			kinds[f.GetKind()]++
			if f.GetKind() == pb.DynamicField_OBJECT && (f.GetChildId() != f.GetChildObject().GetObjectId() || f.GetValueType() != f.GetChildObject().GetObjectType()) {
				t.Errorf("field %v", f)
			}
		}
	}
	if kinds[pb.DynamicField_OBJECT] == 0 || kinds[pb.DynamicField_FIELD] == 0 {
		t.Errorf("kinds of fields seen: %v", kinds)
	}
}

// parents are all objects that the first transaction made.
func (n *node) parents(t *testing.T) (ids []string) {
	t.Helper()
	res, err := n.reads.GetCheckpoint(t.Context(), &pb.GetCheckpointRequest{
		CheckpointId: &pb.GetCheckpointRequest_SequenceNumber{SequenceNumber: 0}, ReadMask: paths("transactions.effects.changed_objects.object_id")})
	if err != nil {
		t.Fatal(err)
	}
	for _, tx := range res.Checkpoint.Transactions {
		for _, c := range tx.Effects.ChangedObjects {
			ids = append(ids, c.GetObjectId())
		}
	}
	return ids
}

func TestRequestsAreChecked(t *testing.T) {
	n := newNode(t)
	ctx := t.Context()
	for name, ask := range map[string]func() error{
		"owner": func() error { _, err := n.state.ListOwnedObjects(ctx, &pb.ListOwnedObjectsRequest{}); return err },
		"object_type": func() error {
			_, err := n.state.ListOwnedObjects(ctx, &pb.ListOwnedObjectsRequest{Owner: str("0x1"), ObjectType: str("<")})
			return err
		},
		"coin_type": func() error {
			_, err := n.state.GetBalance(ctx, &pb.GetBalanceRequest{Owner: str("0x1"), CoinType: str("u64")})
			return err
		},
		"parent":    func() error { _, err := n.state.ListDynamicFields(ctx, &pb.ListDynamicFieldsRequest{}); return err },
		"digest":    func() error { _, err := n.reads.GetTransaction(ctx, &pb.GetTransactionRequest{}); return err },
		"object_id": func() error { _, err := n.reads.GetObject(ctx, &pb.GetObjectRequest{}); return err },
		"transaction": func() error {
			_, err := n.executor.ExecuteTransaction(ctx, &pb.ExecuteTransactionRequest{})
			return err
		},
		"package_id": func() error { _, err := n.packages.GetPackage(ctx, &pb.GetPackageRequest{}); return err },
	} {
		if err := ask(); status.Code(err) != codes.InvalidArgument || !strings.Contains(status.Convert(err).Message(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
