package suitx

import "floe/codec/bcs"

// InputKind says what an Input is. The values are Sui's: never reorder.
type InputKind uint8

const (
	InputPure            InputKind = 0
	InputObject          InputKind = 1
	InputFundsWithdrawal InputKind = 2

	inputKinds = 3
)

// Input is one input of a transaction; of the other fields only the one that Kind names counts.
type Input struct {
	Kind       InputKind
	Pure       []byte // BCS of a value
	Object     ObjectArg
	Withdrawal FundsWithdrawal
}

// ObjectArgKind says how an object is used. The values are Sui's: never reorder.
type ObjectArgKind uint8

const (
	ImmOrOwned ObjectArgKind = 0
	Shared     ObjectArgKind = 1
	Receiving  ObjectArgKind = 2

	objectArgKinds = 3
)

// ObjectArg is an object as input. Of a shared object, Ref holds the ID and, as
// Version, the version at which it was shared; it has no digest.
type ObjectArg struct {
	Kind    ObjectArgKind
	Ref     ObjectRef
	Mutable bool // shared objects only
}

// WithdrawalSource says whose funds are withdrawn. The values are Sui's: never reorder.
type WithdrawalSource uint8

const (
	FromSender          WithdrawalSource = 0
	FromSponsor         WithdrawalSource = 1
	FromSenderAllowance WithdrawalSource = 2

	withdrawalSources = 3
)

// FundsWithdrawal draws up to MaxAmount of an address balance of CoinType.
// Funder and Allowance count only from a sender's allowance.
type FundsWithdrawal struct {
	MaxAmount         uint64
	CoinType          TypeTag
	From              WithdrawalSource
	Funder, Allowance Address
}

func writeInput(w *bcs.Writer, in Input) {
	w.Uleb(uint32(in.Kind))
	switch in.Kind {
	case InputPure:
		w.Bytes(in.Pure)
	case InputObject:
		writeObjectArg(w, in.Object)
	case InputFundsWithdrawal:
		writeWithdrawal(w, in.Withdrawal)
	}
}

func readInput(r *bcs.Reader) Input {
	in := Input{Kind: InputKind(r.Variant(inputKinds))}
	switch in.Kind {
	case InputPure:
		in.Pure = r.Bytes()
	case InputObject:
		in.Object = readObjectArg(r)
	case InputFundsWithdrawal:
		in.Withdrawal = readWithdrawal(r)
	}
	return in
}

func writeObjectArg(w *bcs.Writer, o ObjectArg) {
	w.Uleb(uint32(o.Kind))
	if o.Kind != Shared {
		writeObjectRef(w, o.Ref)
		return
	}
	writeAddress(w, o.Ref.ID)
	w.U64(o.Ref.Version)
	w.Bool(o.Mutable)
}

func readObjectArg(r *bcs.Reader) ObjectArg {
	o := ObjectArg{Kind: ObjectArgKind(r.Variant(objectArgKinds))}
	if o.Kind != Shared {
		o.Ref = readObjectRef(r)
		return o
	}
	o.Ref = ObjectRef{ID: readAddress(r), Version: r.U64()}
	o.Mutable = r.Bool()
	return o
}

// Reservation and type are enums of one variant each as yet.
func writeWithdrawal(w *bcs.Writer, f FundsWithdrawal) {
	w.Uleb(0)
	w.U64(f.MaxAmount)
	w.Uleb(0)
	writeTypeTag(w, f.CoinType)
	w.Uleb(uint32(f.From))
	if f.From == FromSenderAllowance {
		writeAddress(w, f.Funder)
		writeAddress(w, f.Allowance)
	}
}

func readWithdrawal(r *bcs.Reader) FundsWithdrawal {
	var f FundsWithdrawal
	r.Variant(1)
	f.MaxAmount = r.U64()
	r.Variant(1)
	f.CoinType = readTypeTag(r)
	f.From = WithdrawalSource(r.Variant(withdrawalSources))
	if f.From == FromSenderAllowance {
		f.Funder, f.Allowance = readAddress(r), readAddress(r)
	}
	return f
}
