package native

import (
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// declareTransfer declares 0x2::transfer. What isn't public_… may be called by
// the module alone that declares the type, so no transaction can.
func (f *framework) declareTransfer(p *move.Package) {
	m := p.Module("transfer")
	f.transfer = m
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
		move.Returns(obj), nil).Generic(move.Key | move.Store)
}

func give(c *move.Call, to suitx.Owner) {
	c.State.Transfer(move.Object{Type: *c.TypeArgs[0].Struct, Contents: c.Args[0]}, to)
}
