package rpc

import (
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

func example() *pb.ExecutedTransaction {
	return &pb.ExecutedTransaction{
		Digest:     proto.String("d"),
		Checkpoint: proto.Uint64(7),
		Effects: &pb.TransactionEffects{
			Epoch:  proto.Uint64(3),
			Status: &pb.ExecutionStatus{Success: proto.Bool(true)},
			ChangedObjects: []*pb.ChangedObject{
				{ObjectId: proto.String("a"), ObjectType: proto.String("A")},
				{ObjectId: proto.String("b"), ObjectType: proto.String("B")},
			},
		},
	}
}

func TestMaskKeepsWhatIsAskedFor(t *testing.T) {
	for name, test := range map[string]struct {
		paths []string
		want  *pb.ExecutedTransaction
	}{
		"everything": {[]string{"*"}, example()},
		"a field":    {[]string{"digest"}, &pb.ExecutedTransaction{Digest: proto.String("d")}},
		"nothing":    {nil, &pb.ExecutedTransaction{}},
		"within lists": {[]string{"effects.changed_objects.object_type"}, &pb.ExecutedTransaction{
			Effects: &pb.TransactionEffects{ChangedObjects: []*pb.ChangedObject{
				{ObjectType: proto.String("A")}, {ObjectType: proto.String("B")}}}}},
		"the wider one wins": {[]string{"effects.status.success", "effects", "effects.epoch"}, &pb.ExecutedTransaction{Effects: example().Effects}},
	} {
		m, err := newSchema().mask(&fieldmaskpb.FieldMask{Paths: test.paths}, "digest", "ExecutedTransaction")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := example()
		newSchema().prune(m, got)
		if !proto.Equal(got, test.want) {
			t.Errorf("%s: got %s, want %s", name, prototext.Format(got), prototext.Format(test.want))
		}
	}
}

func TestMaskWithoutPathsIsTheDefault(t *testing.T) {
	m, err := newSchema().mask(nil, "checkpoint,effects.epoch", "ExecutedTransaction")
	if err != nil {
		t.Fatal(err)
	}
	if !m.has("checkpoint") || !m.has("effects") || !m.sub("effects").has("epoch") || m.has("digest") || m.sub("effects").has("status") {
		t.Errorf("got %v", m)
	}
}

func TestMaskRefusesUnknownPaths(t *testing.T) {
	for _, path := range []string{"", "nothing", "digest.inner", "effects.nothing", "effects.", ".effects", "Effects"} {
		if _, err := newSchema().mask(&fieldmaskpb.FieldMask{Paths: []string{path}}, "", "ExecutedTransaction"); err == nil {
			t.Errorf("%q is accepted", path)
		}
	}
}

// Fields that the messages lack go too, unless their message was asked for whole.
func TestMaskClearsUnknownFields(t *testing.T) {
	make := func() *pb.GetBalanceResponse { return &pb.GetBalanceResponse{Balance: balance("c", 5)} }
	some, all := make(), make()
	newSchema().prune(mask{"balance": mask{"coin_type": mask{}}}, some)
	newSchema().prune(mask{"balance": mask{}}, all)
	if len(some.Balance.ProtoReflect().GetUnknown()) != 0 || some.Balance.Balance != nil {
		t.Errorf("fields are left that nobody asked for: %v", some)
	}
	if f := unknown(all.Balance); f.numbers[balanceOfCoins] != 5 {
		t.Errorf("coin_balance is %d, want 5", f.numbers[balanceOfCoins])
	}
}
