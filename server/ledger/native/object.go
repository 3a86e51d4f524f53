package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// addressMalformed is what 0x2::address aborts with.
const addressMalformed = 0

// declareObject declares 0x2::object. Every object's first field is its UID:
// the 32 bytes of its ID.
func (f *framework) declareObject(p *move.Package) {
	m := p.Module("object")
	f.id = m.Struct("ID", move.Copy|move.Drop|move.Store, move.Field{Name: "bytes", Type: move.Address})
	f.uid = m.Struct("UID", move.Store, move.Field{Name: "id", Type: f.id.Of()})
	id, uid, obj := move.Val(f.id.Of()), f.uid.Of(), move.T(0)

	same := func(c *move.Call) error { c.ReturnBytes(c.Args[0]); return nil }
	ofObject := func(c *move.Call) error { c.ReturnBytes(c.Args[0][:32]); return nil }
	m.Func("id", move.Params(move.Imm(obj)), move.Returns(id), ofObject).Generic(move.Key)
	m.Func("id_address", move.Params(move.Imm(obj)), move.Returns(move.Val(move.Address)), ofObject).Generic(move.Key)
	m.Func("id_to_address", move.Params(move.Imm(f.id.Of())), move.Returns(move.Val(move.Address)), same)
	m.Func("id_from_address", move.Params(move.Val(move.Address)), move.Returns(id), same)
	bytes := move.Returns(move.Val(move.Bytes))
	m.Func("id_bytes", move.Params(move.Imm(obj)), bytes, func(c *move.Call) error {
		c.ReturnWith(func(w *bcs.Writer) { w.Bytes(c.Args[0][:32]) })
		return nil
	}).Generic(move.Key)
	toBytes := func(c *move.Call) error {
		c.ReturnWith(func(w *bcs.Writer) { w.Bytes(c.Args[0]) })
		return nil
	}
	m.Func("id_to_bytes", move.Params(move.Imm(f.id.Of())), bytes, toBytes)
	m.Func("uid_to_bytes", move.Params(move.Imm(uid)), bytes, toBytes)
	addresses := p.Module("address")
	m.Func("id_from_bytes", move.Params(move.Val(move.Bytes)), move.Returns(id), func(c *move.Call) error {
		if len(c.Bytes(0)) != 32 {
			return addresses.Abort("from_bytes", addressMalformed)
		}
		c.ReturnBytes(c.Bytes(0))
		return nil
	})
	m.Func("uid_to_inner", move.Params(move.Imm(uid)), move.Returns(id), same)
	m.Func("uid_to_address", move.Params(move.Imm(uid)), move.Returns(move.Val(move.Address)), same)
	m.Func("borrow_id", move.Params(move.Imm(obj)), move.Returns(move.Imm(f.id.Of())), nil).Generic(move.Key)

	f.txContext = p.Module("tx_context").Struct("TxContext", move.Drop,
		move.Field{Name: "sender", Type: move.Address}, move.Field{Name: "tx_hash", Type: move.Bytes},
		move.Field{Name: "epoch", Type: move.U64}, move.Field{Name: "epoch_timestamp_ms", Type: move.U64},
		move.Field{Name: "ids_created", Type: move.U64})
	m.Func("new", move.Params(f.ctx()), move.Returns(move.Val(uid)), func(c *move.Call) error {
		id := c.State.NewID()
		c.ReturnBytes(id[:])
		return nil
	})
	m.Func("delete", move.Params(move.Val(uid)), nil, func(c *move.Call) error {
		c.State.DeleteID(c.Address(0))
		return nil
	})
}

// declareTxContext declares the functions of 0x2::tx_context.
func (f *framework) declareTxContext(p *move.Package) {
	m := p.Find("tx_context")
	ctx := move.Params(f.ctxRef())
	u64 := func(name string, of func(move.Context) uint64) {
		m.Func(name, ctx, move.Returns(move.Val(move.U64)), func(c *move.Call) error {
			c.ReturnWith(func(w *bcs.Writer) { w.U64(of(c.Context)) })
			return nil
		})
	}
	m.Func("sender", ctx, move.Returns(move.Val(move.Address)), func(c *move.Call) error {
		c.ReturnBytes(c.Context.Sender[:])
		return nil
	})
	u64("epoch", func(x move.Context) uint64 { return x.Epoch })
	u64("epoch_timestamp_ms", func(x move.Context) uint64 { return x.EpochStartMS })
	u64("reference_gas_price", func(x move.Context) uint64 { return x.ReferenceGasPrice })
	u64("gas_price", func(x move.Context) uint64 { return x.GasPrice })
	m.Func("sponsor", ctx, move.Returns(move.Val(f.option.Of(move.Address))), func(c *move.Call) error {
		c.ReturnWith(func(w *bcs.Writer) {
			w.Option(c.Context.Sponsor != nil)
			if c.Context.Sponsor != nil {
				w.Fixed(c.Context.Sponsor[:])
			}
		})
		return nil
	})
	m.Func("fresh_object_address", move.Params(f.ctx()), move.Returns(move.Val(move.Address)), func(c *move.Call) error {
		id := c.State.NewID()
		c.State.DeleteID(id) // it is an address only: no object has it
		c.ReturnBytes(id[:])
		return nil
	})
}

// readAddress and writeAddress are the BCS of addresses, IDs and UIDs.
func readAddress(r *bcs.Reader) suitx.Address { return r.U256() }

func writeAddress(w *bcs.Writer, a suitx.Address) { w.Fixed(a[:]) }
