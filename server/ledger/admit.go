package ledger

import (
	"errors"

	"floe/codec/suitx"
	"floe/server/ledger/move"
	"floe/server/ledger/vm"
)

// admission checks a transaction against the state and finds what it names.
type admission struct {
	l        *Ledger
	r        reader
	packages *move.Packages
	head     *head
	data     *suitx.TransactionData
	digest   suitx.Digest

	anyOwner bool // objects of others may be used
	unpaid   bool // there may be no payment
}

// admit returns what package vm needs. Its error is a *Refusal, unless the
// store failed.
func (a *admission) admit(timeMS uint64) (*vm.Transaction, error) {
	if r := a.checkExpiration(timeMS); r != nil {
		return nil, r
	}
	tx := &vm.Transaction{Data: a.data, Digest: a.digest}
	if err := a.addPackages(tx); err != nil {
		return nil, err
	}
	for _, in := range a.data.Inputs {
		var o *suitx.Object
		if in.Kind == suitx.InputObject {
			var err error
			if o, err = a.input(in.Object); err != nil {
				return nil, err
			}
		}
		tx.Inputs = append(tx.Inputs, o)
	}
	return tx, a.addGas(tx)
}

func (a *admission) checkExpiration(timeMS uint64) *Refusal {
	e, expired := a.data.Expiration, invalid("TransactionExpired", "Transaction Expired")
	switch {
	case e.Kind == suitx.ExpirationNone:
		return nil
	case e.Kind == suitx.ExpirationEpoch:
		if e.Epoch < a.head.epoch {
			return expired
		}
		return nil
	case e.Chain != a.l.chain:
		return invalid("InvalidChainId", "Transaction is for chain %s, this is %s", e.Chain, a.l.chain)
	case e.Proposers != nil:
		return unsupported("choosing validators isn't supported here")
	}
	early := e.MinEpoch != nil && *e.MinEpoch > a.head.epoch || e.MinTimestamp != nil && *e.MinTimestamp > timeMS
	late := e.MaxEpoch != nil && *e.MaxEpoch < a.head.epoch || e.MaxTimestamp != nil && *e.MaxTimestamp < timeMS
	if early || late {
		return expired
	}
	return nil
}

// input finds an input object and checks that it may be used so.
func (a *admission) input(arg suitx.ObjectArg) (*suitx.Object, error) {
	if arg.Kind == suitx.Shared {
		return a.shared(arg)
	}
	o, err := a.version(arg.Ref)
	if err != nil {
		return nil, err
	}
	if arg.Kind == suitx.Receiving && o.Owner.Kind == suitx.ImmutableOwner {
		return nil, about(invalid("MutableParameterExpected", "Object %s is immutable and can't be received", arg.Ref.ID), arg.Ref)
	}
	switch o.Owner.Kind {
	case suitx.ImmutableOwner:
	case suitx.AddressOwner:
		if arg.Kind == suitx.Receiving { // whose it is to take shows when it is received
			break
		}
		if o.Owner.Address != a.data.Sender && !a.anyOwner {
			return nil, about(notOwner(o, a.data.Sender), arg.Ref)
		}
	case suitx.ObjectOwner:
		return nil, about(invalid("InvalidChildObjectArgument",
			"Object %s is a child object of %s and can't be an input", arg.Ref.ID, o.Owner.Address), arg.Ref)
	default:
		return nil, about(invalid("NotOwnedObjectError", "Object %s used as owned is not owned", arg.Ref.ID), arg.Ref)
	}
	return o, nil
}

func notOwner(o *suitx.Object, signer suitx.Address) *Refusal {
	return invalid("IncorrectUserSignature", "Object %s is owned by account address %s, but given owner/signer address is %s",
		o.ID(), o.Owner.Address, signer)
}

// shared finds a shared object, always in its latest version; a mutable clock
// isn't to be had.
func (a *admission) shared(arg suitx.ObjectArg) (*suitx.Object, error) {
	o, err := readObject(a.r, arg.Ref.ID, 0)
	if errors.Is(err, ErrNotFound) {
		return nil, missing(arg.Ref)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case o.Owner.Kind != suitx.SharedOwner:
		return nil, about(invalid("NotSharedObjectError", "Object %s used as shared is not shared", arg.Ref.ID), arg.Ref)
	case o.Owner.Version != arg.Ref.Version:
		return nil, about(invalid("SharedObjectStartingVersionMismatch",
			"Object %s was shared at version %d, not %d", arg.Ref.ID, o.Owner.Version, arg.Ref.Version), arg.Ref)
	case arg.Mutable && arg.Ref.ID == suitx.FrameworkAddress(6):
		return nil, about(invalid("ImmutableParameterExpectedError",
			"Object %s can only be used as an immutable parameter", arg.Ref.ID), arg.Ref)
	}
	return o, nil
}

// version finds an object in the version and with the digest that the
// transaction names, which must be its latest.
func (a *admission) version(ref suitx.ObjectRef) (*suitx.Object, error) {
	last, err := readLatest(a.r, ref.ID)
	if errors.Is(err, ErrNotFound) {
		return nil, missing(ref)
	}
	if err != nil {
		return nil, err
	}
	if ref.Version > last.version {
		return nil, missing(ref)
	}
	if ref.Version < last.version || last.kind != kindLive {
		return nil, unavailable(ref, last.version)
	}
	o, err := readObject(a.r, ref.ID, ref.Version)
	if err != nil {
		return nil, err
	}
	if d := o.Digest(); d != ref.Digest {
		return nil, about(invalid("InvalidObjectDigest", "Invalid Object digest for object %s. Expected digest : %s", ref.ID, d), ref)
	}
	if o.Move == nil {
		return nil, about(invalid("MovePackageAsObject", "Move package %s can't be an input", ref.ID), ref)
	}
	return o, nil
}

// addGas finds the payment and checks that it covers the budget.
func (a *admission) addGas(tx *vm.Transaction) error {
	if a.unpaid && len(a.data.Gas.Payment) == 0 {
		return nil
	}
	var total uint64
	for _, ref := range a.data.Gas.Payment {
		o, err := a.version(ref)
		if err != nil {
			return err
		}
		switch {
		case o.Owner.Kind != suitx.AddressOwner:
			return about(invalid("GasObjectNotOwnedObject", "Gas object %s is not an owned object", ref.ID), ref)
		case o.Owner.Address != a.data.Gas.Owner && !a.anyOwner:
			return about(notOwner(o, a.data.Gas.Owner), ref)
		case !o.Move.Type.Equal(suitx.CoinOf(suitx.SUI())):
			return about(invalid("InvalidGasObject", "Gas object %s is not a gas coin", ref.ID), ref)
		}
		total += vm.CoinBalance(o)
		tx.Gas = append(tx.Gas, o)
	}
	if total < a.data.Gas.Budget {
		return invalid("GasBalanceTooLow", "Balance of gas object %d is lower than the needed amount: %d",
			total, a.data.Gas.Budget)
	}
	return nil
}
