package native

import (
	"fmt"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// walModule is wal::wal, Walrus' token of nine decimals. Its TreasuryCap is a
// dynamic object field of the shared ProtectedTreasury.
type walModule struct {
	*move.Module
	f             *framework
	wal, treasury *move.Struct
	capKey        *move.Struct
}

// TreasuryCap is 0x2::coin::TreasuryCap.
type treasuryCap struct {
	ID     suitx.Address
	Supply uint64
}

func (v *treasuryCap) Read(r *bcs.Reader) { v.ID, v.Supply = readAddress(r), r.U64() }
func (v *treasuryCap) Write(w *bcs.Writer) {
	writeAddress(w, v.ID)
	w.U64(v.Supply)
}

func declareWAL(p *move.Package, f *framework) *walModule {
	m := p.Module("wal")
	x := &walModule{Module: m, f: f}
	x.wal = m.Struct("WAL", move.Drop)
	x.treasury = m.Struct("ProtectedTreasury", move.Key, move.Field{Name: "id", Type: f.uid.Of()})
	x.capKey = m.Struct("TreasuryCapKey", move.Copy|move.Drop|move.Store)
	m.Func("total_supply", move.Params(move.Imm(x.treasury.Of())), move.Returns(move.Val(move.U64)), func(c *move.Call) error {
		if held := x.cap(c, 0); held != nil {
			c.ReturnU64(held.Supply)
		}
		return nil
	})
	m.Func("burn", move.Params(move.Mut(x.treasury.Of()), move.Val(x.coin())), nil, func(c *move.Call) error {
		var coin Coin
		c.Get(1, &coin)
		c.State.DeleteID(coin.ID)
		x.burn(c, 0, coin.Balance)
		return nil
	})
	return x
}

// coin is Coin<WAL>.
func (x *walModule) coin() move.Type { return x.f.coin.coin.Of(x.wal.Of()) }

// balance is Balance<WAL>.
func (x *walModule) balance() move.Type { return x.f.balance.balance.Of(x.wal.Of()) }

func (x *walModule) key() move.FieldKey {
	return move.FieldKey{Type: x.capKey.Tag().Tag(), BCS: []byte{0}}
}

// cap returns the TreasuryCap of the treasury that is argument i; nil after a fault.
func (x *walModule) cap(c *move.Call, i int) *treasuryCap {
	field := x.f.objectFieldID(c.Address(i), x.key())
	held, err := c.Children.Child(field, x.capID())
	if err == nil && held == nil {
		err = fmt.Errorf("treasury %s holds no cap", c.Address(i))
	}
	if err != nil {
		c.Fail(err)
		return nil
	}
	v := &treasuryCap{}
	c.Unmarshal(held.Contents, v)
	return v
}

// burn takes an amount off the supply; the balance that goes with it is the caller's to drop.
func (x *walModule) burn(c *move.Call, treasury int, amount uint64) {
	held := x.cap(c, treasury)
	if held == nil {
		return
	}
	held.Supply -= amount // no more was ever minted
	c.Children.PutChild(x.f.objectFieldID(c.Address(treasury), x.key()), held.ID,
		move.Object{Type: x.f.coin.treasuryCap.Tag(x.wal.Tag().Tag()), Contents: move.Marshal(held)})
}

func (x *walModule) treasuryID() suitx.Address { return embeddedID(x.Package, "treasury") }
func (x *walModule) capID() suitx.Address      { return embeddedID(x.Package, "treasury cap") }
