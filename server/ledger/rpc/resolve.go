package rpc

import (
	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// maxBudget is the highest gas budget that Sui allows, in MIST.
const maxBudget = 50_000_000_000

// resolve fills in what the client left out: versions, digests and kinds of
// objects as they are now, and the price of gas. Without a budget it is the
// highest possible.
func (s *server) resolve(u *unresolved) (*suitx.TransactionData, *connect.Error) {
	data := &suitx.TransactionData{Commands: u.commands, Sender: u.sender, Expiration: u.expiration}
	for i, in := range u.inputs {
		one, failure := s.resolveInput(u, i, in)
		if failure != nil {
			return nil, failure
		}
		data.Inputs = append(data.Inputs, one)
	}
	gas, failure := s.resolveGas(u)
	data.Gas = gas
	return data, failure
}

func (s *server) resolveInput(u *unresolved, i int, in *pb.Input) (suitx.Input, *connect.Error) {
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
		return s.sharedInput(u, i, o)
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
	if in.GetKind() == pb.Input_RECEIVING || in.Kind == nil && s.received(u, i) {
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

// sharedInput is mutable if any command uses it so.
func (s *server) sharedInput(u *unresolved, i int, o *suitx.Object) (suitx.Input, *connect.Error) {
	arg := suitx.ObjectArg{Kind: suitx.Shared, Ref: suitx.ObjectRef{ID: o.ID(), Version: o.Owner.Version}}
	for _, c := range u.commands {
		switch c := c.(type) {
		case *suitx.MoveCall:
			for n, a := range c.Args {
				if !isInput(a, i) {
					continue
				}
				p, failure := s.parameter(c, n)
				if failure != nil {
					return suitx.Input{}, failure
				}
				arg.Mutable = arg.Mutable || p.Ref != move.ByRef
			}
		case *suitx.SplitCoins:
			arg.Mutable = arg.Mutable || isInput(c.Coin, i)
		case *suitx.MergeCoins:
			arg.Mutable = arg.Mutable || usesInput(append(c.Sources[:len(c.Sources):len(c.Sources)], c.Into), i)
		case *suitx.MakeMoveVec:
			arg.Mutable = arg.Mutable || usesInput(c.Elements, i)
		case *suitx.TransferObjects:
			arg.Mutable = arg.Mutable || usesInput(c.Objects, i)
		}
	}
	return objectInput(arg), nil
}

// parameter is what the function declares for its argument n.
func (s *server) parameter(c *suitx.MoveCall, n int) (move.Param, *connect.Error) {
	f, err := s.ledger.Function(c.Package, c.Module, c.Function)
	if err != nil {
		return move.Param{}, invalid("commands", "unable to find function %s::%s::%s", c.Package, c.Module, c.Function)
	}
	if n >= len(f.Params) {
		return move.Param{}, invalid("commands", "invalid input parameter")
	}
	return f.Params[n], nil
}

// received says whether a function takes input i as 0x2::transfer::Receiving.
func (s *server) received(u *unresolved, i int) bool {
	for _, c := range u.commands {
		call, ok := c.(*suitx.MoveCall)
		if !ok {
			continue
		}
		for n, a := range call.Args {
			if p, failure := s.parameter(call, n); isInput(a, i) && failure == nil && isReceiving(p.Type) {
				return true
			}
		}
	}
	return false
}

func isReceiving(t move.Type) bool {
	return t.Kind == suitx.TypeStruct && t.Struct.Module.Package == suitx.FrameworkAddress(2) &&
		t.Struct.Module.Name == "transfer" && t.Struct.Name == "Receiving"
}

func isInput(a suitx.Argument, i int) bool { return a.Kind == suitx.ArgInput && int(a.Index) == i }

func usesInput(args []suitx.Argument, i int) bool {
	for _, a := range args {
		if isInput(a, i) {
			return true
		}
	}
	return false
}
