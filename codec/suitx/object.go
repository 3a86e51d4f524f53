package suitx

import (
	"fmt"

	"floe/codec/bcs"
)

// Object is one version of an object: Move or Package, the other is nil.
type Object struct {
	Move                *MoveObject
	Package             *MovePackage
	Owner               Owner
	PreviousTransaction Digest // the one that made this version
	StorageRebate       uint64 // MIST given back when it is deleted
}

// MoveObject is a Move struct; the first 32 bytes of Contents are its ID.
type MoveObject struct {
	Type              StructTag
	HasPublicTransfer bool // the type has the ability store
	Version           uint64
	Contents          []byte
}

// ID returns the object's ID.
func (o *Object) ID() Address {
	if o.Package != nil {
		return o.Package.ID
	}
	return Address(o.Move.Contents[:32])
}

func (o *Object) Version() uint64 {
	if o.Package != nil {
		return o.Package.Version
	}
	return o.Move.Version
}

// Digest names this version's contents and owner.
func (o *Object) Digest() Digest { return digestOf("Object", o.Marshal()) }

// Ref names this version.
func (o *Object) Ref() ObjectRef {
	return ObjectRef{ID: o.ID(), Version: o.Version(), Digest: o.Digest()}
}

// Marshal returns the BCS of o.
func (o *Object) Marshal() []byte {
	var w bcs.Writer
	if o.Package != nil {
		w.Uleb(1)
		writePackage(&w, o.Package)
	} else {
		w.Uleb(0)
		writeMoveObject(&w, o.Move)
	}
	writeOwner(&w, o.Owner)
	writeDigest(&w, o.PreviousTransaction)
	w.U64(o.StorageRebate)
	return w.Data()
}

// UnmarshalObject reads what Marshal writes.
func UnmarshalObject(b []byte) (*Object, error) {
	r := bcs.NewReader(b)
	o := &Object{}
	if r.Variant(2) == 0 {
		o.Move = readMoveObject(r)
	} else {
		o.Package = readPackage(r)
	}
	o.Owner = readOwner(r)
	o.PreviousTransaction = readDigest(r)
	o.StorageRebate = r.U64()
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("couldn't read object: %w", err)
	}
	return o, nil
}

func writeMoveObject(w *bcs.Writer, m *MoveObject) {
	writeObjectType(w, m.Type)
	w.Bool(m.HasPublicTransfer)
	w.U64(m.Version)
	w.Bytes(m.Contents)
}

func readMoveObject(r *bcs.Reader) *MoveObject {
	m := &MoveObject{readObjectType(r), r.Bool(), r.U64(), r.Bytes()}
	if len(m.Contents) < 32 {
		r.Fail("object without an ID")
	}
	return m
}
