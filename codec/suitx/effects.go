package suitx

import (
	"fmt"

	"floe/codec/bcs"
)

// Effects says what a transaction did: TransactionEffects version 2.
type Effects struct {
	Status            ExecutionStatus
	ExecutedEpoch     uint64
	GasUsed           GasCost
	TransactionDigest Digest
	GasObjectIndex    *uint32 // into ChangedObjects
	EventsDigest      *Digest // nil without events
	Dependencies      []Digest
	LamportVersion    uint64          // of every object written
	ChangedObjects    []ChangedObject // ascending by ID
	UnchangedObjects  []UnchangedObject
	AuxDataDigest     *Digest
}

// GasCost is in MIST.
type GasCost struct {
	Computation, Storage, Rebate, NonRefundable uint64
}

// Net returns what the payer is charged; negative when she gains.
func (g GasCost) Net() int64 {
	return int64(g.Computation) + int64(g.Storage) - int64(g.Rebate)
}

// ChangedObject is one object before and after.
type ChangedObject struct {
	ID          Address
	Input       *ObjectIn // nil: it didn't exist
	Output      ObjectOut
	IDOperation IDOperation
}

// ObjectIn is an object as it was.
type ObjectIn struct {
	Version uint64
	Digest  Digest
	Owner   Owner
}

// OutputKind says what became of an object. The values are Sui's: never reorder.
type OutputKind uint8

const (
	OutputNotExist OutputKind = 0
	OutputObject   OutputKind = 1
	OutputPackage  OutputKind = 2

	outputAccumulator = 3
)

// ObjectOut is an object as it became. Owner counts for objects, Version for
// packages; an object's version is the effects' LamportVersion.
type ObjectOut struct {
	Kind    OutputKind
	Digest  Digest
	Owner   Owner
	Version uint64
}

// IDOperation says whether an ID came into being or ended. The values are Sui's: never reorder.
type IDOperation uint8

const (
	IDNone    IDOperation = 0
	IDCreated IDOperation = 1
	IDDeleted IDOperation = 2

	idOperations = 3
)

// UnchangedKind says how a consensus object was used. The values are Sui's: never reorder.
type UnchangedKind uint8

const (
	ReadOnlyRoot       UnchangedKind = 0
	MutatedStreamEnded UnchangedKind = 1
	ReadStreamEnded    UnchangedKind = 2
	Cancelled          UnchangedKind = 3
	PerEpochConfig     UnchangedKind = 4

	unchangedKinds = 5
)

// UnchangedObject is a consensus object that was used and not changed. Digest
// counts for ReadOnlyRoot, Version for all but PerEpochConfig.
type UnchangedObject struct {
	ID      Address
	Kind    UnchangedKind
	Version uint64
	Digest  Digest
}

// Digest names the effects.
func (e *Effects) Digest() Digest { return digestOf("TransactionEffects", e.Marshal()) }

// Marshal returns the BCS of e.
func (e *Effects) Marshal() []byte {
	var w bcs.Writer
	w.Uleb(1) // version 2
	writeStatus(&w, e.Status)
	w.U64(e.ExecutedEpoch)
	for _, v := range []uint64{e.GasUsed.Computation, e.GasUsed.Storage, e.GasUsed.Rebate, e.GasUsed.NonRefundable} {
		w.U64(v)
	}
	writeDigest(&w, e.TransactionDigest)
	w.Option(e.GasObjectIndex != nil)
	if e.GasObjectIndex != nil {
		w.U32(*e.GasObjectIndex)
	}
	writeOptionalDigest(&w, e.EventsDigest)
	bcs.WriteSeq(&w, e.Dependencies, writeDigest)
	w.U64(e.LamportVersion)
	bcs.WriteSeq(&w, e.ChangedObjects, writeChanged)
	bcs.WriteSeq(&w, e.UnchangedObjects, writeUnchanged)
	writeOptionalDigest(&w, e.AuxDataDigest)
	return w.Data()
}

// UnmarshalEffects reads what Marshal writes. It fails with ErrUnsupported for
// effects of another version, else with bcs.ErrMalformed.
func UnmarshalEffects(b []byte) (*Effects, error) {
	r := bcs.NewReader(b)
	if v := r.Uleb(); v != 1 {
		r.FailWith(fmt.Errorf("effects version %d: %w", v+1, ErrUnsupported))
	}
	e := &Effects{Status: readStatus(r), ExecutedEpoch: r.U64()}
	e.GasUsed = GasCost{r.U64(), r.U64(), r.U64(), r.U64()}
	e.TransactionDigest = readDigest(r)
	if r.Option() {
		i := r.U32()
		e.GasObjectIndex = &i
	}
	e.EventsDigest = readOptionalDigest(r)
	e.Dependencies = bcs.ReadSeq(r, 33, readDigest)
	e.LamportVersion = r.U64()
	e.ChangedObjects = bcs.ReadSeq(r, 35, readChanged)
	e.UnchangedObjects = bcs.ReadSeq(r, 33, readUnchanged)
	e.AuxDataDigest = readOptionalDigest(r)
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("couldn't read effects: %w", err)
	}
	return e, nil
}

func writeChanged(w *bcs.Writer, c ChangedObject) {
	writeAddress(w, c.ID)
	w.Option(c.Input != nil) // an enum of two, alike on the wire
	if c.Input != nil {
		w.U64(c.Input.Version)
		writeDigest(w, c.Input.Digest)
		writeOwner(w, c.Input.Owner)
	}
	w.Uleb(uint32(c.Output.Kind))
	switch c.Output.Kind {
	case OutputObject:
		writeDigest(w, c.Output.Digest)
		writeOwner(w, c.Output.Owner)
	case OutputPackage:
		w.U64(c.Output.Version)
		writeDigest(w, c.Output.Digest)
	}
	w.Uleb(uint32(c.IDOperation))
}

func readChanged(r *bcs.Reader) ChangedObject {
	c := ChangedObject{ID: readAddress(r)}
	if r.Option() {
		c.Input = &ObjectIn{r.U64(), readDigest(r), readOwner(r)}
	}
	c.Output.Kind = OutputKind(r.Variant(outputAccumulator + 1))
	switch c.Output.Kind {
	case OutputObject:
		c.Output.Digest, c.Output.Owner = readDigest(r), readOwner(r)
	case OutputPackage:
		c.Output.Version, c.Output.Digest = r.U64(), readDigest(r)
	case outputAccumulator:
		r.FailWith(fmt.Errorf("write to an accumulator: %w", ErrUnsupported))
	}
	c.IDOperation = IDOperation(r.Variant(idOperations))
	return c
}

func writeUnchanged(w *bcs.Writer, u UnchangedObject) {
	writeAddress(w, u.ID)
	w.Uleb(uint32(u.Kind))
	if u.Kind != PerEpochConfig {
		w.U64(u.Version)
	}
	if u.Kind == ReadOnlyRoot {
		writeDigest(w, u.Digest)
	}
}

func readUnchanged(r *bcs.Reader) UnchangedObject {
	u := UnchangedObject{ID: readAddress(r), Kind: UnchangedKind(r.Variant(unchangedKinds))}
	if u.Kind != PerEpochConfig {
		u.Version = r.U64()
	}
	if u.Kind == ReadOnlyRoot {
		u.Digest = readDigest(r)
	}
	return u
}

func writeOptionalDigest(w *bcs.Writer, d *Digest) {
	w.Option(d != nil)
	if d != nil {
		writeDigest(w, *d)
	}
}

func readOptionalDigest(r *bcs.Reader) *Digest {
	if !r.Option() {
		return nil
	}
	d := readDigest(r)
	return &d
}
