package native

import (
	_ "embed"
	"errors"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/move"
)

// Codes that floe::parcel aborts with: never reorder, add at the end.
const (
	parcelWrongSequence    = 0
	parcelMalformed        = 1
	parcelSlotNotInState   = 2
	parcelGrantMismatch    = 3
	parcelSlotStillInState = 4
	parcelGrantMissing     = 5
	parcelGrantsLeft       = 6
	parcelTooLarge         = 7
)

// Parcel is floe::parcel::Parcel.
type Parcel struct {
	ID        suitx.Address
	Sequence  uint64
	Grants    uint64
	Statement []byte
}

func (v *Parcel) Read(r *bcs.Reader) {
	v.ID, v.Sequence, v.Grants, v.Statement = readAddress(r), r.U64(), r.U64(), r.Bytes()
}

func (v *Parcel) Write(w *bcs.Writer) {
	writeAddress(w, v.ID)
	w.U64(v.Sequence)
	w.U64(v.Grants)
	w.Bytes(v.Statement)
}

// parcelModule is the twin of server/sui/move/sources/parcel.move.
type parcelModule struct {
	*move.Module
	parcel                    *move.Struct
	created, changed, deleted *move.Struct
	grantPut, grantTaken      *move.Struct
}

// parcelCode is the bytecode of that package, whose every instance the twin runs.
//
//go:embed parcel.mv
var parcelCode []byte

// parcelTwin is the code for every package of that bytecode.
func parcelTwin(f *framework) *move.Twin {
	return &move.Twin{
		Name:         "floe",
		Modules:      [][]byte{parcelCode},
		Dependencies: []suitx.Address{suitx.FrameworkAddress(1), suitx.FrameworkAddress(2)},
		Declare:      func(p, first *move.Package) { declareParcel(p, first, f) },
	}
}

// declareTypes declares what the first version of the package defines.
func (m *parcelModule) declareTypes(f *framework) {
	fd := func(name string, t move.Type) move.Field { return move.Field{Name: name, Type: t} }
	id, event := fd("parcel", f.id.Of()), move.Copy|move.Drop
	m.Struct("Parcel", move.Key, fd("id", f.uid.Of()), fd("sequence", move.U64), fd("grants", move.U64),
		fd("statement", move.Bytes))
	m.Struct("ParcelCreated", event, id, fd("sender", move.Address), fd("statement", move.Bytes))
	m.Struct("ParcelChanged", event, id, fd("sequence", move.U64), fd("statement", move.Bytes))
	m.Struct("ParcelDeleted", event, id, fd("sequence", move.U64))
	m.Struct("GrantPut", event, id, fd("slot", move.Bytes))
	m.Struct("GrantTaken", event, id, fd("slot", move.Bytes))
}

func declareParcel(p, first *move.Package, f *framework) {
	m := &parcelModule{Module: p.Module("parcel")}
	if p == first {
		m.declareTypes(f)
	} else {
		m.Structs = first.Find("parcel").Structs
	}
	m.parcel = m.FindStruct("Parcel")
	m.created, m.changed, m.deleted = m.FindStruct("ParcelCreated"), m.FindStruct("ParcelChanged"), m.FindStruct("ParcelDeleted")
	m.grantPut, m.grantTaken = m.FindStruct("GrantPut"), m.FindStruct("GrantTaken")

	// In the order of the source: abort locations hold functions' indices.
	self, bytes, u64 := m.parcel.Of(), move.Val(move.Bytes), move.Val(move.U64)
	m.Func("create", move.Params(bytes, f.ctx()), move.Returns(move.Val(self)), m.create)
	m.Func("change", move.Params(move.Mut(self), bytes), nil, m.change)
	m.Func("put_grant", move.Params(move.Mut(self), bytes, bytes), nil, m.putGrant)
	m.Func("take_grant", move.Params(move.Mut(self), bytes), nil, m.takeGrant)
	m.Func("keep", move.Params(move.Val(self), f.ctxRef()), nil, m.keep)
	m.Func("delete", move.Params(move.Val(self)), nil, m.delete)
	m.Func("sequence", move.Params(move.Imm(self)), move.Returns(u64), func(c *move.Call) error {
		c.ReturnU64(m.get(c).Sequence)
		return nil
	})
	m.Func("grants", move.Params(move.Imm(self)), move.Returns(u64), func(c *move.Call) error {
		c.ReturnU64(m.get(c).Grants)
		return nil
	})
	m.Func("statement", move.Params(move.Imm(self)), move.Returns(move.Imm(move.Bytes)), nil)
	for _, private := range []string{"check", "slots", "count", "ascending", "find", "same"} {
		m.Func(private, nil, nil, nil).Visibility = move.Private
	}
}

func (m *parcelModule) get(c *move.Call) *Parcel {
	v := &Parcel{}
	c.Get(0, v)
	return v
}

// check reads a statement or aborts.
func (m *parcelModule) check(statement []byte) (*api.Statement, error) {
	s, err := api.ParseStatement(statement)
	switch {
	case errors.Is(err, api.ErrStatementTooLarge):
		return nil, m.Abort("check", parcelTooLarge)
	case err != nil:
		return nil, m.Abort("check", parcelMalformed)
	}
	return s, nil
}

func (m *parcelModule) create(c *move.Call) error {
	s, err := m.check(c.Bytes(0))
	if err != nil {
		return err
	}
	if s.Sequence != 0 {
		return m.Abort("create", parcelWrongSequence)
	}
	v := &Parcel{ID: c.State.NewID(), Statement: c.Bytes(0)}
	c.Emit(m.created, func(w *bcs.Writer) {
		writeAddress(w, v.ID)
		writeAddress(w, c.Context.Sender)
		w.Bytes(v.Statement)
	})
	c.Return(v)
	return nil
}

func (m *parcelModule) change(c *move.Call) error {
	s, err := m.check(c.Bytes(1))
	if err != nil {
		return err
	}
	v := m.get(c)
	if s.Sequence != v.Sequence+1 {
		return m.Abort("change", parcelWrongSequence)
	}
	v.Sequence, v.Statement = s.Sequence, c.Bytes(1)
	c.Set(0, v)
	c.Emit(m.changed, func(w *bcs.Writer) {
		writeAddress(w, v.ID)
		w.U64(v.Sequence)
		w.Bytes(v.Statement)
	})
	return nil
}

func (m *parcelModule) putGrant(c *move.Call) error {
	v, slot, grant := m.get(c), c.Bytes(1), c.Bytes(2)
	if len(grant) > api.MaxGrant {
		return m.Abort("put_grant", parcelTooLarge)
	}
	hash, listed, err := m.find(v, slot)
	if err != nil {
		return err
	}
	if !listed {
		return m.Abort("put_grant", parcelSlotNotInState)
	}
	if hash != api.GrantHash(grant) {
		return m.Abort("put_grant", parcelGrantMismatch)
	}
	if !c.HasField(v.ID, move.BytesKey(slot)) {
		v.Grants++
	}
	c.SetField(v.ID, move.BytesKey(slot), move.Bytes.Tag(nil), c.Args[2])
	c.Set(0, v)
	m.emitSlot(c, m.grantPut, v, slot)
	return nil
}

func (m *parcelModule) takeGrant(c *move.Call) error {
	v, slot := m.get(c), c.Bytes(1)
	_, listed, err := m.find(v, slot)
	if err != nil {
		return err
	}
	if listed {
		return m.Abort("take_grant", parcelSlotStillInState)
	}
	if !c.HasField(v.ID, move.BytesKey(slot)) {
		return m.Abort("take_grant", parcelGrantMissing)
	}
	if _, err := c.RemoveField(v.ID, move.BytesKey(slot), move.Bytes.Tag(nil)); err != nil {
		return err
	}
	v.Grants--
	c.Set(0, v)
	m.emitSlot(c, m.grantTaken, v, slot)
	return nil
}

// find returns the hash that the parcel's statement binds to a slot.
func (m *parcelModule) find(v *Parcel, slot []byte) (hash [32]byte, listed bool, err error) {
	s, err := m.check(v.Statement)
	if err != nil || len(slot) != len(hash) {
		return hash, false, err
	}
	hash, listed = s.GrantHash([32]byte(slot))
	return hash, listed, nil
}

func (m *parcelModule) emitSlot(c *move.Call, s *move.Struct, v *Parcel, slot []byte) {
	c.Emit(s, func(w *bcs.Writer) {
		writeAddress(w, v.ID)
		w.Bytes(slot)
	})
}

func (m *parcelModule) keep(c *move.Call) error {
	c.State.Transfer(move.Object{Type: m.parcel.Tag(), Contents: c.Args[0]}, suitx.Owner{Address: c.Context.Sender})
	return nil
}

func (m *parcelModule) delete(c *move.Call) error {
	v := m.get(c)
	if v.Grants != 0 {
		return m.Abort("delete", parcelGrantsLeft)
	}
	c.Emit(m.deleted, func(w *bcs.Writer) {
		writeAddress(w, v.ID)
		w.U64(v.Sequence)
	})
	c.State.DeleteID(v.ID)
	return nil
}
