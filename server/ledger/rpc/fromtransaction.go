package rpc

import (
	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"

	"floe/codec/suitx"
)

// An unresolved transaction is one as a client spells it out: inputs may lack
// their version, digest or kind, and gas what pays for it.
type unresolved struct {
	sender     suitx.Address
	inputs     []*pb.Input
	commands   []suitx.Command
	gas        *pb.GasPayment
	expiration suitx.Expiration
}

func readTransaction(t *pb.Transaction) (*unresolved, *connect.Error) {
	sender, failure := address("transaction.sender", t.Sender)
	if failure != nil {
		return nil, failure
	}
	ptb := t.GetKind().GetProgrammableTransaction()
	if ptb == nil {
		return nil, missing("transaction.kind.programmable_transaction")
	}
	u := &unresolved{sender: sender, inputs: ptb.Inputs, gas: t.GasPayment}
	for i, c := range ptb.Commands {
		command, failure := readCommand(c)
		if failure != nil {
			return nil, invalid("transaction.kind.commands", "invalid command %d: %s", i, failure.Message())
		}
		u.commands = append(u.commands, command)
	}
	u.expiration, failure = readExpiration(t.Expiration)
	return u, failure
}

// whole is the transaction when nothing is left to resolve.
func (u *unresolved) whole() (*suitx.TransactionData, *connect.Error) {
	data := &suitx.TransactionData{Commands: u.commands, Sender: u.sender, Expiration: u.expiration}
	for i, in := range u.inputs {
		one, ok := wholeInput(in)
		if !ok {
			return nil, invalid("transaction", "invalid transaction: input %d isn't resolved", i)
		}
		data.Inputs = append(data.Inputs, one)
	}
	if u.gas == nil || u.gas.Price == nil || u.gas.Budget == nil {
		return nil, missing("transaction.gas_payment")
	}
	owner, failure := address("transaction.gas_payment.owner", u.gas.Owner)
	if failure != nil {
		return nil, failure
	}
	data.Gas = suitx.GasData{Owner: owner, Price: u.gas.GetPrice(), Budget: u.gas.GetBudget()}
	for i, r := range u.gas.Objects {
		ref, ok := wholeRef(r.ObjectId, r.Version, r.Digest)
		if !ok {
			return nil, invalid("transaction.gas_payment", "invalid gas object %d", i)
		}
		data.Gas.Payment = append(data.Gas.Payment, ref)
	}
	return data, nil
}

func wholeInput(in *pb.Input) (suitx.Input, bool) {
	switch in.GetKind() {
	case pb.Input_PURE:
		return suitx.Input{Kind: suitx.InputPure, Pure: in.Pure}, true
	case pb.Input_SHARED:
		id, err := suitx.ParseAddress(in.GetObjectId())
		if err != nil || in.Version == nil || in.Mutable == nil {
			return suitx.Input{}, false
		}
		ref := suitx.ObjectRef{ID: id, Version: in.GetVersion()}
		return objectInput(suitx.ObjectArg{Kind: suitx.Shared, Ref: ref, Mutable: in.GetMutable()}), true
	case pb.Input_IMMUTABLE_OR_OWNED, pb.Input_RECEIVING:
		ref, ok := wholeRef(in.ObjectId, in.Version, in.Digest)
		kind := suitx.ImmOrOwned
		if in.GetKind() == pb.Input_RECEIVING {
			kind = suitx.Receiving
		}
		return objectInput(suitx.ObjectArg{Kind: kind, Ref: ref}), ok
	}
	return suitx.Input{}, false
}

func objectInput(o suitx.ObjectArg) suitx.Input {
	return suitx.Input{Kind: suitx.InputObject, Object: o}
}

func wholeRef(id *string, version *uint64, digest *string) (ref suitx.ObjectRef, ok bool) {
	if id == nil || version == nil || digest == nil {
		return ref, false
	}
	var idErr, digestErr error
	ref.ID, idErr = suitx.ParseAddress(*id)
	ref.Digest, digestErr = suitx.ParseDigest(*digest)
	ref.Version = *version
	return ref, idErr == nil && digestErr == nil
}
