package sui

import (
	"encoding/binary"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/api"
)

// What full nodes do that the embedded ledger doesn't: lag behind each other,
// leave fields out, page as they like, forget.

var somebody = suitx.Address{0xaa}

func coinAt(id suitx.Address, version, balance uint64) *suitx.Object {
	return &suitx.Object{
		Move:  &suitx.MoveObject{Type: suitx.CoinOf(suitx.SUI()), HasPublicTransfer: true, Version: version, Contents: binary.LittleEndian.AppendUint64(id[:], balance)},
		Owner: suitx.Owner{Kind: suitx.AddressOwner, Address: somebody},
	}
}

func answered(o *suitx.Object) *pb.Object {
	return &pb.Object{ObjectId: proto.String(o.ID().String()), Bcs: &pb.Bcs{Value: o.Marshal()}}
}

// wrote are effects that changed the first coin, made the second and ended the third.
func wrote(digest suitx.Digest, version uint64) *pb.ExecutedTransaction {
	owner := suitx.Owner{Kind: suitx.AddressOwner, Address: somebody}
	e := &suitx.Effects{TransactionDigest: digest, LamportVersion: version, ChangedObjects: []suitx.ChangedObject{
		{ID: suitx.Address{1}, Input: &suitx.ObjectIn{Version: 1, Owner: owner}, Output: suitx.ObjectOut{Kind: suitx.OutputObject, Owner: owner}},
		{ID: suitx.Address{2}, Output: suitx.ObjectOut{Kind: suitx.OutputObject, Owner: owner}, IDOperation: suitx.IDCreated},
		{ID: suitx.Address{3}, Input: &suitx.ObjectIn{Version: 1, Owner: owner}, IDOperation: suitx.IDDeleted},
	}}
	return &pb.ExecutedTransaction{Effects: &pb.TransactionEffects{Bcs: &pb.Bcs{Value: e.Marshal()}}}
}

// A second node behind the same address is behind: what was executed is read as
// it is all the same, by ID and in lists.
func TestANodeThatLags(t *testing.T) {
	tx := []byte("a transaction")
	var asked atomic.Int32
	old := []*suitx.Object{coinAt(suitx.Address{1}, 1, 10), coinAt(suitx.Address{3}, 1, 30)}
	n := &fullNode{
		executed: func(*pb.ExecuteTransactionRequest) (*pb.ExecutedTransaction, error) {
			return wrote(suitx.TransactionDigest(tx), 5), nil
		},
		object: func(r *pb.GetObjectRequest) (*pb.Object, error) {
			late := asked.Add(1) < 6
			switch id := r.GetObjectId(); {
			case id == old[0].ID().String() && late:
				return answered(old[0]), nil
			case id == old[0].ID().String():
				return answered(coinAt(suitx.Address{1}, 5, 9)), nil
			case id == (suitx.Address{2}).String() && !late:
				return answered(coinAt(suitx.Address{2}, 5, 1)), nil
			}
			return nil, status.Error(codes.NotFound, "Object not found")
		},
		owned: func(*pb.ListOwnedObjectsRequest) *pb.ListOwnedObjectsResponse {
			return &pb.ListOwnedObjectsResponse{Objects: []*pb.Object{answered(old[0]), answered(old[1])}}
		},
	}
	c := n.dial(t)
	if _, err := c.Execute(t.Context(), tx, nil); err != nil {
		t.Fatal(err)
	}
	got, err := c.Objects(t.Context(), suitx.Address{1}, suitx.Address{2}, suitx.Address{3})
	if err != nil || got[0].Version() != 5 || got[1] == nil || got[2] != nil {
		t.Fatalf("objects %v, %v", got, err)
	}
	coins, err := c.Coins(t.Context(), somebody, suitx.SUI())
	if err != nil || len(coins) != 2 || coins[0].Balance != 9 || coins[1].Balance != 1 {
		t.Errorf("the list of old has become %v, %v", coins, err)
	}
}

// What somebody else has ended since isn't waited for again and again.
func TestWhatIsGoneAfterAllIsGivenUp(t *testing.T) {
	tx := []byte("a transaction")
	n := &fullNode{
		executed: func(*pb.ExecuteTransactionRequest) (*pb.ExecutedTransaction, error) {
			return wrote(suitx.TransactionDigest(tx), 5), nil
		},
		object: func(*pb.GetObjectRequest) (*pb.Object, error) {
			return nil, status.Error(codes.NotFound, "Object not found")
		},
	}
	c := n.dial(t)
	if _, err := c.Execute(t.Context(), tx, nil); err != nil {
		t.Fatal(err)
	}
	for i, most := range []time.Duration{2 * freshTime, freshTime / 5} {
		began := time.Now()
		if got, err := c.Objects(t.Context(), suitx.Address{1}); err != nil || got[0] != nil || time.Since(began) > most {
			t.Errorf("look %d: %v, %v after %v", i, got, err, time.Since(began))
		}
	}
}

func TestPagesOfAFullNode(t *testing.T) {
	one, two := coinAt(suitx.Address{1}, 1, 1), coinAt(suitx.Address{2}, 1, 2)
	pages := map[string]*pb.ListOwnedObjectsResponse{
		"":  {Objects: []*pb.Object{answered(one)}, NextPageToken: []byte("a")},
		"a": {NextPageToken: []byte("b")}, // an empty one, but not the last
		"b": {Objects: []*pb.Object{answered(two)}, NextPageToken: []byte{}},
	}
	n := &fullNode{owned: func(r *pb.ListOwnedObjectsRequest) *pb.ListOwnedObjectsResponse { return pages[string(r.PageToken)] }}
	c := n.dial(t)
	if got, err := c.Owned(t.Context(), somebody, suitx.CoinOf(suitx.SUI())); err != nil || len(got) != 2 {
		t.Errorf("%d objects, %v", len(got), err)
	}
	pages["b"] = &pb.ListOwnedObjectsResponse{NextPageToken: []byte("b")}
	if _, err := c.Owned(t.Context(), somebody, suitx.CoinOf(suitx.SUI())); err == nil || !strings.Contains(err.Error(), "same page") {
		t.Errorf("a page that leads to itself: %v", err)
	}
}

// Anybody may name an address that has coins by the million: that must end.
func TestCoinsWithoutEnd(t *testing.T) {
	pages := uint64(0)
	n := &fullNode{owned: func(r *pb.ListOwnedObjectsRequest) *pb.ListOwnedObjectsResponse {
		pages++
		res := &pb.ListOwnedObjectsResponse{NextPageToken: binary.LittleEndian.AppendUint64(nil, pages)}
		for i := range uint64(pageSize) {
			id := suitx.Address(suitx.DerivedObjectID(suitx.Digest{}, pages*pageSize+i))
			res.Objects = append(res.Objects, answered(coinAt(id, 1, 1)))
		}
		return res
	}}
	got, err := n.dial(t).Owned(t.Context(), somebody, suitx.CoinOf(suitx.SUI()))
	if err != nil || len(got) != mostCoins || pages != mostCoins/pageSize {
		t.Errorf("%d coins, %d pages, %v", len(got), pages, err)
	}
}

func TestFieldsThatAFullNodeLeavesOut(t *testing.T) {
	tx := []byte("a transaction")
	n := &fullNode{
		executed: func(*pb.ExecuteTransactionRequest) (*pb.ExecutedTransaction, error) {
			return &pb.ExecutedTransaction{}, nil
		},
		found:  wrote(suitx.TransactionDigest(tx), 5),
		object: func(*pb.GetObjectRequest) (*pb.Object, error) { return &pb.Object{}, nil },
		epoch:  &pb.Epoch{ReferenceGasPrice: proto.Uint64(1)},
	}
	c := n.dial(t)
	if r, err := c.Execute(t.Context(), tx, nil); err != nil || r.Effects.LamportVersion != 5 {
		t.Errorf("an execution that tells no effects: %+v, %v", r, err)
	}
	if _, err := c.Objects(t.Context(), suitx.Address{7}); err == nil || !strings.Contains(err.Error(), "BCS") {
		t.Errorf("an object without BCS: %v", err)
	}
	if _, err := c.Now(t.Context()); err == nil || !strings.Contains(err.Error(), "no number") {
		t.Errorf("an epoch without a number: %v", err)
	}
	nameless := &fullNode{info: &pb.GetServiceInfoResponse{}}
	if c, err := nameless.tryDial(t); err == nil || !strings.Contains(err.Error(), "which chain") {
		t.Errorf("a node of no chain: %v, %v", c, err)
	}
}

// A parcel whose beginning the node has pruned is there, but can't be shown, and
// that is told from a parcel that never was.
func TestParcelWhoseBeginningIsPruned(t *testing.T) {
	ids, _ := api.Networks(api.Local)
	id := suitx.Address{4}
	contents := append(append([]byte{}, id[:]...), make([]byte, 17)...) // sequence, grants, an empty statement
	parcel := &suitx.Object{
		Move:                &suitx.MoveObject{Type: suitx.StructTag{Address: ids.FloePackage, Module: "parcel", Name: "Parcel"}, Version: 3, Contents: contents},
		Owner:               suitx.Owner{Kind: suitx.AddressOwner, Address: somebody},
		PreviousTransaction: suitx.Digest{6},
	}
	n := &fullNode{seenAt: 1 << 30, object: func(*pb.GetObjectRequest) (*pb.Object, error) { return answered(parcel), nil }}
	if _, err := n.dial(t).Parcel(t.Context(), id); !errors.Is(err, ErrPruned) || errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "archival") {
		t.Errorf("got %v", err)
	}
}
