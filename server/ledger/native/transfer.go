package native

import (
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// Codes that 0x2::transfer aborts with.
const (
	transferReceivingMismatch = 2
	transferUnableToReceive   = 3
)

// transferModule is 0x2::transfer.
type transferModule struct{ *move.Module }

// declareTransfer declares 0x2::transfer. What isn't public_… may be called by
// the module alone that declares the type, so no transaction can.
func (f *framework) declareTransfer(p *move.Package) {
	m := transferModule{p.Module("transfer")}
	f.transfer = m.Module
	receiving := m.Struct("Receiving", move.Drop,
		move.Field{Name: "id", Type: f.id.Of()}, move.Field{Name: "version", Type: move.U64}).Phantom()
	obj, address := move.Val(move.T(0)), move.Val(move.Address)

	m.Func("public_transfer", move.Params(obj, address), nil, func(c *move.Call) error {
		give(c, suitx.Owner{Address: c.Address(1)})
		return nil
	}).Generic(move.Key | move.Store)
	m.Func("public_freeze_object", move.Params(obj), nil, func(c *move.Call) error {
		give(c, suitx.Owner{Kind: suitx.ImmutableOwner})
		return nil
	}).Generic(move.Key | move.Store)
	m.Func("public_share_object", move.Params(obj), nil, func(c *move.Call) error {
		give(c, suitx.Owner{Kind: suitx.SharedOwner})
		return nil
	}).Generic(move.Key | move.Store)
	m.Func("public_receive", move.Params(move.Mut(f.uid.Of()), move.Val(receiving.Of(move.T(0)))),
		move.Returns(obj), func(c *move.Call) error {
			o := c.Children.Receive(c.Address(0), suitx.Address(c.Args[1][:32]))
			switch {
			case o == nil:
				return m.Abort("receive_impl", transferUnableToReceive)
			case !o.Type.Equal(*c.TypeArgs[0].Struct):
				return m.Abort("receive_impl", transferReceivingMismatch)
			}
			c.ReturnBytes(o.Contents)
			return nil
		}).Generic(move.Key | move.Store)
	m.Func("receiving_object_id", move.Params(move.Imm(receiving.Of(move.T(0)))), move.Returns(move.Val(f.id.Of())),
		func(c *move.Call) error {
			c.ReturnBytes(c.Args[0][:32])
			return nil
		}).Generic(move.Key)
	m.guarded("transfer", move.Params(obj, address), nil)
	m.guarded("freeze_object", move.Params(obj), nil)
	m.guarded("share_object", move.Params(obj), nil)
	m.guarded("receive", move.Params(move.Mut(f.uid.Of()), move.Val(receiving.Of(move.T(0)))), move.Returns(obj))
}

// guarded declares a function that is public but for whoever isn't the module
// that declares the type: no transaction is.
func (m transferModule) guarded(name string, params, returns []move.Param) {
	m.Func(name, params, returns, nil).Generic(move.Key).Guarded = true
}

func give(c *move.Call, to suitx.Owner) {
	c.State.Transfer(move.Object{Type: *c.TypeArgs[0].Struct, Contents: c.Args[0]}, to)
}
