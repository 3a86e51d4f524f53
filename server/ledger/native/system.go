package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// systemWrongVersion is what walrus::system and walrus::staking abort with
// when the object is of another version than the code.
const systemWrongVersion = 1

// versioned is the BCS of System and Staking, whose state is a dynamic field.
type versioned struct {
	ID         suitx.Address
	Version    uint64
	PackageID  suitx.Address
	NewPackage *suitx.Address
}

func (v *versioned) Read(r *bcs.Reader) {
	v.ID, v.Version, v.PackageID = readAddress(r), r.U64(), readAddress(r)
	if r.Option() {
		id := readAddress(r)
		v.NewPackage = &id
	}
}

func (v *versioned) Write(w *bcs.Writer) {
	writeAddress(w, v.ID)
	w.U64(v.Version)
	writeAddress(w, v.PackageID)
	w.Option(v.NewPackage != nil)
	if v.NewPackage != nil {
		writeAddress(w, *v.NewPackage)
	}
}

type systemModule struct {
	*move.Module
	x      *walrus
	system *move.Struct
}

func (x *walrus) declareSystem(p *move.Package) {
	m := &systemModule{Module: p.Module("system"), x: x}
	x.system = m
	m.system = m.Struct("System", move.Key, x.versionedFields()...)
	self, coin := m.system.Of(), move.Mut(x.wal.coin())
	storage, blob := move.Val(x.storage.storage.Of()), x.blob.blob.Of()
	u8, u32, u64, u256, bytes := move.Val(move.U8), move.Val(move.U32), move.Val(move.U64), move.Val(move.U256), move.Val(move.Bytes)

	m.Func("invalidate_blob_id", move.Params(move.Imm(self), bytes, bytes, bytes), move.Returns(u256), m.invalidateBlobID).Costs(blsCost)
	m.Func("reserve_space", move.Params(move.Mut(self), u64, u32, coin, x.f.ctx()), move.Returns(storage), m.reserveSpace)
	m.Func("reserve_space_for_epochs", move.Params(move.Mut(self), u64, u32, u32, coin, x.f.ctx()),
		move.Returns(storage), m.reserveSpaceForEpochs)
	m.Func("register_blob", move.Params(move.Mut(self), storage, u256, u256, u64, u8, move.Val(move.Bool), coin, x.f.ctx()),
		move.Returns(move.Val(blob)), m.registerBlob)
	m.Func("certify_blob", move.Params(move.Imm(self), move.Mut(blob), bytes, bytes, bytes), nil, m.certifyBlob).Costs(blsCost)
	m.Func("delete_blob", move.Params(move.Imm(self), move.Val(blob)), move.Returns(storage), m.deleteBlob)
	m.Func("extend_blob_with_resource", move.Params(move.Imm(self), move.Mut(blob), storage), nil, m.extendWithResource)
	m.Func("extend_blob", move.Params(move.Mut(self), move.Mut(blob), u32, coin), nil, m.extendBlob)
	m.Func("add_subsidy", move.Params(move.Mut(self), move.Val(x.wal.coin()), u32), nil, m.addSubsidy)
	m.declareViews()
}

// blsCost is what a signature of the committee costs to verify, in units.
const blsCost = 60

func (x *walrus) versionedFields() []move.Field {
	return []move.Field{x.id(), {Name: "version", Type: move.U64}, {Name: "package_id", Type: x.f.id.Of()},
		{Name: "new_package_id", Type: x.f.option.Of(x.f.id.Of())}}
}

func (m *systemModule) declareViews() {
	self := m.system.Of()
	view := func(name string, t move.Type, write func(*bcs.Writer, *systemState)) {
		m.Func(name, move.Params(move.Imm(self)), move.Returns(move.Val(t)), func(c *move.Call) error {
			v, err := m.load(c, 0)
			if err == nil {
				c.ReturnWith(func(w *bcs.Writer) { write(w, v) })
			}
			return err
		})
	}
	view("epoch", move.U32, func(w *bcs.Writer, v *systemState) { w.U32(v.Committee.Epoch) })
	view("total_capacity_size", move.U64, func(w *bcs.Writer, v *systemState) { w.U64(v.Capacity) })
	view("used_capacity_size", move.U64, func(w *bcs.Writer, v *systemState) { w.U64(v.Used) })
	view("n_shards", move.U16, func(w *bcs.Writer, v *systemState) { w.U16(v.Committee.NShards) })
	ring := m.x.account.FindStruct("FutureAccountingRingBuffer").Of()
	m.Func("future_accounting", move.Params(move.Imm(self)), move.Returns(move.Imm(ring)), nil)
	m.Func("version", move.Params(move.Imm(self)), move.Returns(move.Val(move.U64)), func(c *move.Call) error {
		var v versioned
		c.Get(0, &v)
		c.ReturnU64(v.Version)
		return nil
	})
}

func (m *systemModule) stateType() suitx.TypeTag { return m.x.inner.state.Tag().Tag() }

// load returns the state of the System that is argument i.
func (m *systemModule) load(c *move.Call, i int) (*systemState, error) {
	return loadState[systemState](c, i, m.stateType(), m.Abort)
}

func (m *systemModule) store(c *move.Call, i int, v *systemState) {
	c.SetField(objectID(c, i), move.U64Key(systemVersion), m.stateType(), move.Marshal(v))
}
