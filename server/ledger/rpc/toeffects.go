package rpc

import (
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/ledger"
)

func effects(x *ledger.Executed) *pb.TransactionEffects {
	e := x.Effects
	types := objectTypes(x)
	out := &pb.TransactionEffects{
		Bcs:               named("TransactionEffects", e.Marshal()),
		Digest:            proto.String(e.Digest().String()),
		Version:           proto.Int32(2),
		Status:            executionStatus(e.Status),
		Epoch:             proto.Uint64(e.ExecutedEpoch),
		GasUsed:           gasCost(e.GasUsed),
		TransactionDigest: proto.String(e.TransactionDigest.String()),
		LamportVersion:    proto.Uint64(e.LamportVersion),
	}
	if e.EventsDigest != nil {
		out.EventsDigest = proto.String(e.EventsDigest.String())
	}
	if e.AuxDataDigest != nil {
		out.AuxiliaryDataDigest = proto.String(e.AuxDataDigest.String())
	}
	for _, d := range e.Dependencies {
		out.Dependencies = append(out.Dependencies, d.String())
	}
	for _, c := range e.ChangedObjects {
		out.ChangedObjects = append(out.ChangedObjects, changedObject(c, e.LamportVersion, types))
	}
	if i := e.GasObjectIndex; i != nil && int(*i) < len(e.ChangedObjects) {
		out.GasObject = changedObject(e.ChangedObjects[*i], e.LamportVersion, types)
	}
	for _, u := range e.UnchangedObjects {
		out.UnchangedConsensusObjects = append(out.UnchangedConsensusObjects, unchangedObject(u, types))
	}
	return out
}

func objectTypes(x *ledger.Executed) map[suitx.Address]string {
	types := map[suitx.Address]string{}
	for _, o := range x.Inputs {
		types[o.ID()] = objectType(o)
	}
	for _, o := range x.Outputs {
		types[o.ID()] = objectType(o)
	}
	return types
}

func changedObject(c suitx.ChangedObject, lamport uint64, types map[suitx.Address]string) *pb.ChangedObject {
	out := &pb.ChangedObject{
		ObjectId:   proto.String(c.ID.String()),
		InputState: pb.ChangedObject_INPUT_OBJECT_STATE_DOES_NOT_EXIST.Enum(),
	}
	if t, ok := types[c.ID]; ok {
		out.ObjectType = proto.String(t)
	}
	if c.Input != nil {
		out.InputState = pb.ChangedObject_INPUT_OBJECT_STATE_EXISTS.Enum()
		out.InputVersion = proto.Uint64(c.Input.Version)
		out.InputDigest = proto.String(c.Input.Digest.String())
		out.InputOwner = owner(c.Input.Owner)
	}
	switch c.Output.Kind {
	case suitx.OutputNotExist:
		out.OutputState = pb.ChangedObject_OUTPUT_OBJECT_STATE_DOES_NOT_EXIST.Enum()
	case suitx.OutputObject:
		out.OutputState = pb.ChangedObject_OUTPUT_OBJECT_STATE_OBJECT_WRITE.Enum()
		out.OutputVersion = proto.Uint64(lamport)
		out.OutputDigest = proto.String(c.Output.Digest.String())
		out.OutputOwner = owner(c.Output.Owner)
	case suitx.OutputPackage:
		out.OutputState = pb.ChangedObject_OUTPUT_OBJECT_STATE_PACKAGE_WRITE.Enum()
		out.OutputVersion = proto.Uint64(c.Output.Version)
		out.OutputDigest = proto.String(c.Output.Digest.String())
		out.OutputOwner = owner(suitx.Owner{Kind: suitx.ImmutableOwner})
	}
	switch c.IDOperation {
	case suitx.IDNone:
		out.IdOperation = pb.ChangedObject_NONE.Enum()
	case suitx.IDCreated:
		out.IdOperation = pb.ChangedObject_CREATED.Enum()
	case suitx.IDDeleted:
		out.IdOperation = pb.ChangedObject_DELETED.Enum()
	}
	return out
}

func unchangedObject(u suitx.UnchangedObject, types map[suitx.Address]string) *pb.UnchangedConsensusObject {
	out := &pb.UnchangedConsensusObject{ObjectId: proto.String(u.ID.String())}
	if t, ok := types[u.ID]; ok {
		out.ObjectType = proto.String(t)
	}
	switch u.Kind {
	case suitx.ReadOnlyRoot:
		out.Kind = pb.UnchangedConsensusObject_READ_ONLY_ROOT.Enum()
		out.Digest = proto.String(u.Digest.String())
	case suitx.MutatedStreamEnded:
		out.Kind = pb.UnchangedConsensusObject_MUTATE_CONSENSUS_STREAM_ENDED.Enum()
	case suitx.ReadStreamEnded:
		out.Kind = pb.UnchangedConsensusObject_READ_CONSENSUS_STREAM_ENDED.Enum()
	case suitx.Cancelled:
		out.Kind = pb.UnchangedConsensusObject_CANCELED.Enum()
	case suitx.PerEpochConfig:
		out.Kind = pb.UnchangedConsensusObject_PER_EPOCH_CONFIG.Enum()
		return out
	}
	out.Version = proto.Uint64(u.Version)
	return out
}

func gasCost(g suitx.GasCost) *pb.GasCostSummary {
	return &pb.GasCostSummary{
		ComputationCost:         proto.Uint64(g.Computation),
		StorageCost:             proto.Uint64(g.Storage),
		StorageRebate:           proto.Uint64(g.Rebate),
		NonRefundableStorageFee: proto.Uint64(g.NonRefundable),
	}
}
