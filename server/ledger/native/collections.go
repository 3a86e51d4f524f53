package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// vecMapModule is 0x2::vec_map: a vector of entries in the order of insertion.
type vecMapModule struct {
	*move.Module
	vecMap *move.Struct
}

// Codes that 0x2::vec_map aborts with.
const (
	vecMapKeyExists = 0
	vecMapNoKey     = 1
)

// declareCollections declares the types of collections that objects hold; what
// they hold stands in dynamic fields, but for vec_map.
func (f *framework) declareCollections(p *move.Package) {
	id := move.Field{Name: "id", Type: f.uid.Of()}
	size := move.Field{Name: "size", Type: move.U64}
	m := p.Module("vec_map")
	entry := m.Struct("Entry", move.Copy|move.Drop|move.Store,
		move.Field{Name: "key", Type: move.T(0)}, move.Field{Name: "value", Type: move.T(1)}).Param(move.Copy).Param(0)
	f.vecMap = &vecMapModule{Module: m}
	f.vecMap.vecMap = m.Struct("VecMap", move.Copy|move.Drop|move.Store,
		move.Field{Name: "contents", Type: move.Vector(entry.Of(move.T(0), move.T(1)))}).Param(move.Copy).Param(0)

	f.declareVecMap()

	f.table = phantomPair(p.Module("table").Struct("Table", move.Key|move.Store, id, size), move.Store)
	f.objTable = phantomPair(p.Module("object_table").Struct("ObjectTable", move.Key|move.Store, id, size), move.Key|move.Store)
	f.bag = p.Module("bag").Struct("Bag", move.Key|move.Store, id, size)
	f.url = p.Module("url").Struct("Url", move.Store|move.Copy|move.Drop, move.Field{Name: "url", Type: f.ascii.Of()})

	key := move.Copy | move.Drop | move.Store
	p.Module("dynamic_field").Struct("Field", move.Key, id,
		move.Field{Name: "name", Type: move.T(0)}, move.Field{Name: "value", Type: move.T(1)}).Param(key).Param(move.Store)
	f.wrapper = p.Module("dynamic_object_field").Struct("Wrapper", key,
		move.Field{Name: "name", Type: move.T(0)}).Param(0)
}

func phantomPair(s *move.Struct, value move.Abilities) *move.Struct {
	s.TypeParams = []move.TypeParam{
		{Constraints: move.Copy | move.Drop | move.Store, Phantom: true},
		{Constraints: value, Phantom: true},
	}
	return s
}

// objectField returns parent's dynamic object field under k, which names the
// child; its ID owns the child.
func (f *framework) objectField(parent suitx.Address, k move.FieldKey, child suitx.Address) (id suitx.Address, field move.Object) {
	wrapped := move.FieldKey{Type: f.wrapper.Tag(k.Type).Tag(), BCS: k.BCS}
	return move.FieldObject(parent, wrapped, f.id.Tag().Tag(), child[:])
}

// objectFieldID returns the ID of that field.
func (f *framework) objectFieldID(parent suitx.Address, k move.FieldKey) suitx.Address {
	return suitx.DynamicFieldID(parent, f.wrapper.Tag(k.Type).Tag(), k.BCS)
}

// table is the BCS of Table, ObjectTable and Bag.
type table struct {
	ID   suitx.Address
	Size uint64
}

func (v *table) Read(r *bcs.Reader) { v.ID, v.Size = readAddress(r), r.U64() }
func (v *table) Write(w *bcs.Writer) {
	writeAddress(w, v.ID)
	w.U64(v.Size)
}

// declareCrypto declares the types of group elements; Walrus' keys are such.
func (f *framework) declareCrypto(p *move.Package) {
	f.element = p.Module("group_ops").Struct("Element", move.Copy|move.Drop|move.Store,
		move.Field{Name: "bytes", Type: move.Bytes}).Phantom()
	bls := p.Module("bls12381")
	f.g1 = bls.Struct("G1", 0)
	f.uncompressedG1 = bls.Struct("UncompressedG1", 0)
}
