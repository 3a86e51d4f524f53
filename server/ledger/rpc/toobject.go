package rpc

import (
	"encoding/binary"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
)

// object is o as far as m asks for it.
func (s *server) object(o *suitx.Object, m mask) *pb.Object {
	out := &pb.Object{
		ObjectId:            proto.String(o.ID().String()),
		Version:             proto.Uint64(o.Version()),
		Owner:               owner(o.Owner),
		ObjectType:          proto.String(objectType(o)),
		PreviousTransaction: proto.String(o.PreviousTransaction.String()),
		StorageRebate:       proto.Uint64(o.StorageRebate),
	}
	if m.has("bcs") {
		out.Bcs = named("Object", o.Marshal())
	}
	if m.has("digest") {
		out.Digest = proto.String(o.Digest().String())
	}
	if o.Move != nil {
		out.HasPublicTransfer = proto.Bool(o.Move.HasPublicTransfer)
		out.Contents = named(o.Move.Type.String(), o.Move.Contents)
		if b, ok := balanceOf(o); ok {
			out.Balance = proto.Uint64(b)
		}
	} else if m.has("package") {
		out.Package = s.movePackage(o.ID(), o)
	}
	if m.has("json") {
		out.Json = s.objectJSON(o)
	}
	s.schema.prune(m, out)
	return out
}

func owner(o suitx.Owner) *pb.Owner {
	out := &pb.Owner{}
	switch o.Kind {
	case suitx.AddressOwner:
		out.Kind = pb.Owner_ADDRESS.Enum()
	case suitx.ObjectOwner:
		out.Kind = pb.Owner_OBJECT.Enum()
	case suitx.SharedOwner:
		out.Kind = pb.Owner_SHARED.Enum()
	case suitx.ImmutableOwner:
		out.Kind = pb.Owner_IMMUTABLE.Enum()
	case suitx.ConsensusAddressOwner:
		out.Kind = pb.Owner_CONSENSUS_ADDRESS.Enum()
	}
	switch o.Kind {
	case suitx.AddressOwner, suitx.ObjectOwner, suitx.ConsensusAddressOwner:
		out.Address = proto.String(o.Address.String())
	}
	switch o.Kind {
	case suitx.SharedOwner, suitx.ConsensusAddressOwner:
		out.Version = proto.Uint64(o.Version)
	}
	return out
}

func objectType(o *suitx.Object) string {
	if o.Move == nil {
		return "package"
	}
	return o.Move.Type.String()
}

// balanceOf returns the balance of a coin: its contents are ID and u64.
func balanceOf(o *suitx.Object) (uint64, bool) {
	if o.Move == nil || !o.Move.Type.Is(suitx.FrameworkAddress(2), "coin", "Coin") || len(o.Move.Contents) != 40 {
		return 0, false
	}
	return binary.LittleEndian.Uint64(o.Move.Contents[32:]), true
}

func named(name string, value []byte) *pb.Bcs {
	return &pb.Bcs{Name: proto.String(name), Value: value}
}

func objectRef(r suitx.ObjectRef) *pb.ObjectReference {
	return &pb.ObjectReference{
		ObjectId: proto.String(r.ID.String()),
		Version:  proto.Uint64(r.Version),
		Digest:   proto.String(r.Digest.String()),
	}
}
