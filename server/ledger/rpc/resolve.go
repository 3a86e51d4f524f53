package rpc

import (
	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"

	"floe/codec/suitx"
	"floe/server/ledger"
)

// maxBudget is the highest gas budget that Sui allows, in MIST.
const maxBudget = 50_000_000_000

// resolve fills in what the client left out: versions, digests and kinds of
// objects as they are now, and the price of gas. Without a budget it is the
// highest possible.
func (s *server) resolve(u *unresolved) (*suitx.TransactionData, *connect.Error) {
	if failure := s.bounded(u); failure != nil {
		return nil, failure
	}
	if failure := s.packagesExist(u); failure != nil {
		return nil, failure
	}
	data := &suitx.TransactionData{Commands: u.commands, Sender: u.sender, Expiration: u.expiration}
	uses := s.usages(u)
	for i, in := range u.inputs {
		one, failure := s.resolveInput(uses[i], i, in)
		if failure != nil {
			return nil, failure
		}
		data.Inputs = append(data.Inputs, one)
	}
	gas, failure := s.resolveGas(u)
	data.Gas = gas
	return data, failure
}

// bounded refuses what breaks Sui's limits before anything is looked up for it.
func (s *server) bounded(u *unresolved) *connect.Error {
	shape := &suitx.TransactionData{Commands: u.commands}
	for _, in := range u.inputs {
		shape.Inputs = append(shape.Inputs, suitx.Input{Kind: suitx.InputPure, Pure: in.GetPure()})
	}
	if n := len(u.gas.GetObjects()); n > maxGasCoins {
		shape.Gas.Payment = make([]suitx.ObjectRef, n)
	}
	if err := ledger.CheckLimits(shape); err != nil {
		return s.unresolved(err)
	}
	return nil
}

// packagesExist looks for the packages of all calls.
func (s *server) packagesExist(u *unresolved) *connect.Error {
	seen := map[suitx.Address]bool{}
	for _, c := range u.commands {
		call, ok := c.(*suitx.MoveCall)
		if !ok || seen[call.Package] {
			continue
		}
		seen[call.Package] = true
		o, err := s.ledger.Object(call.Package, 0)
		if err != nil {
			return s.failed(err, "Object %s", call.Package)
		}
		if o.Package == nil {
			return says(connect.CodeInvalidArgument, "object "+call.Package.String()+" is not a package")
		}
	}
	return nil
}

func (s *server) resolveInput(use usage, i int, in *pb.Input) (suitx.Input, *connect.Error) {
	switch {
	case in.GetKind() == inputFundsWithdrawal:
		return suitx.Input{}, unimplemented("funds_withdrawal isn't served by the embedded ledger (input %d)", i)
	case in.Literal != nil:
		return suitx.Input{}, unimplemented("literal isn't served by the embedded ledger (input %d)", i)
	case in.GetKind() == pb.Input_PURE || in.Kind == nil && in.Pure != nil:
		return suitx.Input{Kind: suitx.InputPure, Pure: in.Pure}, nil
	}
	id, failure := address("object_id", in.ObjectId)
	if failure != nil {
		return suitx.Input{}, failure
	}
	o, err := s.ledger.Object(id, 0)
	if err != nil {
		return suitx.Input{}, s.failed(err, "Object %s", id)
	}
	switch o.Owner.Kind {
	case suitx.SharedOwner, suitx.ConsensusAddressOwner:
		if k := in.GetKind(); k != pb.Input_INPUT_KIND_UNKNOWN && k != pb.Input_SHARED {
			return suitx.Input{}, invalid("object_id", "object %s is not Immutable or AddressOwned", id)
		}
		return sharedInput(use, o)
	case suitx.ObjectOwner:
		return suitx.Input{}, invalid("object_id", "object %s is object owned and cannot be used as an input", id)
	}
	if in.GetKind() == pb.Input_SHARED {
		return suitx.Input{}, invalid("object_id", "object %s is not a shared or consensus object", id)
	}
	ref, failure := currentRef(o, in.Version, in.Digest)
	if failure != nil {
		return suitx.Input{}, failure
	}
	kind := suitx.ImmOrOwned
	if in.GetKind() == pb.Input_RECEIVING || in.Kind == nil && use.received {
		kind = suitx.Receiving
	}
	return objectInput(suitx.ObjectArg{Kind: kind, Ref: ref}), nil
}

// currentRef is o's, which must be the version that the client knows, if it says.
func currentRef(o *suitx.Object, version *uint64, digest *string) (suitx.ObjectRef, *connect.Error) {
	ref := o.Ref()
	if version != nil && *version != ref.Version {
		return ref, invalid("version", "provided version doesn't match, provided: %d actual: %d", *version, ref.Version)
	}
	if digest != nil && *digest != ref.Digest.String() {
		return ref, invalid("digest", "provided digest doesn't match, provided: %s actual: %s", *digest, ref.Digest)
	}
	return ref, nil
}
