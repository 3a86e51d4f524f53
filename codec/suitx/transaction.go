package suitx

import (
	"fmt"

	"floe/codec/bcs"
)

// TransactionData is what a sender signs: version 1, kind ProgrammableTransaction.
type TransactionData struct {
	Inputs     []Input
	Commands   []Command
	Sender     Address
	Gas        GasData
	Expiration Expiration
}

// GasData says who pays, with which coins, and how much at most.
type GasData struct {
	Payment []ObjectRef
	Owner   Address
	Price   uint64 // MIST per unit
	Budget  uint64 // MIST
}

// ExpirationKind says when a transaction ends. The values are Sui's: never reorder.
type ExpirationKind uint8

const (
	ExpirationNone        ExpirationKind = 0
	ExpirationEpoch       ExpirationKind = 1
	ExpirationValidDuring ExpirationKind = 2
	ExpirationValidity    ExpirationKind = 3 // ValidDuring, and who may propose it

	expirationKinds = 4
)

// Expiration says until when a transaction is valid. Epoch counts for
// ExpirationEpoch alone, the rest for the last two kinds.
type Expiration struct {
	Kind  ExpirationKind
	Epoch uint64 // the last in which it is valid

	MinEpoch, MaxEpoch         *uint64
	MinTimestamp, MaxTimestamp *uint64
	Chain                      Digest
	Nonce                      uint32
	Proposers                  *AllowedProposers // ExpirationValidity only
}

// AllowedProposers are the validators that may propose a transaction; strictly ascending, never empty.
type AllowedProposers struct {
	Epoch   uint64
	Indices []uint32
}

// Marshal returns the BCS of t.
func (t *TransactionData) Marshal() []byte {
	var w bcs.Writer
	w.Uleb(0) // version 1
	t.writeKind(&w)
	writeAddress(&w, t.Sender)
	writeGas(&w, t.Gas)
	writeExpiration(&w, t.Expiration)
	return w.Data()
}

// KindBytes returns the BCS of the TransactionKind alone: inputs and commands.
func (t *TransactionData) KindBytes() []byte {
	var w bcs.Writer
	t.writeKind(&w)
	return w.Data()
}

// Digest names the transaction.
func (t *TransactionData) Digest() Digest { return TransactionDigest(t.Marshal()) }

// TransactionDigest returns the digest of marshalled TransactionData.
func TransactionDigest(txBytes []byte) Digest { return digestOf("TransactionData", txBytes) }

// MaxTransactionSize is how many bytes a transaction may have on Sui. It bounds
// what reading one takes: an input of two bytes becomes hundreds in memory.
const MaxTransactionSize = 128 << 10

// UnmarshalTransactionData reads what Marshal writes. It fails with
// ErrUnsupported for other versions and kinds, else with bcs.ErrMalformed.
func UnmarshalTransactionData(b []byte) (*TransactionData, error) {
	r := bcs.NewReader(b)
	if len(b) > MaxTransactionSize {
		r.Fail("transaction of %d bytes", len(b))
	}
	if v := r.Uleb(); v != 0 {
		r.FailWith(fmt.Errorf("transaction version %d: %w", v+1, ErrUnsupported))
	}
	t := &TransactionData{}
	t.readKind(r)
	t.Sender = readAddress(r)
	t.Gas = readGas(r)
	t.Expiration = readExpiration(r)
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("couldn't read transaction: %w", err)
	}
	return t, nil
}

// UnmarshalKind reads what KindBytes writes into a transaction without sender and gas.
func UnmarshalKind(b []byte) (*TransactionData, error) {
	r := bcs.NewReader(b)
	if len(b) > MaxTransactionSize {
		r.Fail("transaction kind of %d bytes", len(b))
	}
	t := &TransactionData{}
	t.readKind(r)
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("couldn't read transaction kind: %w", err)
	}
	return t, nil
}

func (t *TransactionData) writeKind(w *bcs.Writer) {
	w.Uleb(0) // ProgrammableTransaction
	bcs.WriteSeq(w, t.Inputs, writeInput)
	bcs.WriteSeq(w, t.Commands, writeCommand)
}

func (t *TransactionData) readKind(r *bcs.Reader) {
	if k := r.Uleb(); k != 0 {
		r.FailWith(fmt.Errorf("transaction kind %d: %w", k, ErrUnsupported))
	}
	t.Inputs = bcs.ReadSeq(r, 2, readInput)
	t.Commands = bcs.ReadSeq(r, 3, readCommand)
}

func writeGas(w *bcs.Writer, g GasData) {
	bcs.WriteSeq(w, g.Payment, writeObjectRef)
	writeAddress(w, g.Owner)
	w.U64(g.Price)
	w.U64(g.Budget)
}

func readGas(r *bcs.Reader) GasData {
	return GasData{bcs.ReadSeq(r, 73, readObjectRef), readAddress(r), r.U64(), r.U64()}
}

func writeExpiration(w *bcs.Writer, e Expiration) {
	w.Uleb(uint32(e.Kind))
	if e.Kind == ExpirationEpoch {
		w.U64(e.Epoch)
	}
	if e.Kind < ExpirationValidDuring {
		return
	}
	for _, v := range []*uint64{e.MinEpoch, e.MaxEpoch, e.MinTimestamp, e.MaxTimestamp} {
		writeOptionalU64(w, v)
	}
	writeDigest(w, e.Chain)
	w.U32(e.Nonce)
	if e.Kind != ExpirationValidity {
		return
	}
	w.Option(e.Proposers != nil)
	if e.Proposers != nil {
		w.U64(e.Proposers.Epoch)
		bcs.WriteSeq(w, e.Proposers.Indices, (*bcs.Writer).U32)
	}
}

func readExpiration(r *bcs.Reader) Expiration {
	e := Expiration{Kind: ExpirationKind(r.Variant(expirationKinds))}
	if e.Kind == ExpirationEpoch {
		e.Epoch = r.U64()
	}
	if e.Kind < ExpirationValidDuring {
		return e
	}
	for _, v := range []**uint64{&e.MinEpoch, &e.MaxEpoch, &e.MinTimestamp, &e.MaxTimestamp} {
		*v = readOptionalU64(r)
	}
	e.Chain, e.Nonce = readDigest(r), r.U32()
	if e.Kind == ExpirationValidity && r.Option() {
		e.Proposers = readProposers(r)
	}
	return e
}

func readProposers(r *bcs.Reader) *AllowedProposers {
	p := &AllowedProposers{Epoch: r.U64(), Indices: bcs.ReadSeq(r, 4, (*bcs.Reader).U32)}
	if len(p.Indices) == 0 {
		r.Fail("no proposer is allowed")
	}
	for i := 1; i < len(p.Indices); i++ {
		if p.Indices[i] <= p.Indices[i-1] {
			r.Fail("proposers aren't ascending")
		}
	}
	return p
}

func writeOptionalU64(w *bcs.Writer, v *uint64) {
	w.Option(v != nil)
	if v != nil {
		w.U64(*v)
	}
}

func readOptionalU64(r *bcs.Reader) *uint64 {
	if !r.Option() {
		return nil
	}
	v := r.U64()
	return &v
}
