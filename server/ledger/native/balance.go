package native

import (
	"floe/codec/bcs"
	"floe/server/ledger/move"
)

// Codes that 0x2::balance aborts with.
const (
	balanceNonZero   = 0
	balanceOverflow  = 1
	balanceNotEnough = 2
)

// balanceModule is 0x2::balance: Balance<T> is a u64.
type balanceModule struct {
	*move.Module
	balance, supply *move.Struct
}

func (f *framework) declareBalance(p *move.Package) {
	m := p.Module("balance")
	b := &balanceModule{Module: m}
	f.balance = b
	b.supply = m.Struct("Supply", move.Store, move.Field{Name: "value", Type: move.U64}).Phantom()
	b.balance = m.Struct("Balance", move.Store, move.Field{Name: "value", Type: move.U64}).Phantom()
	self := b.balance.Of(move.T(0))
	u64 := move.Val(move.U64)

	m.Func("value", move.Params(move.Imm(self)), move.Returns(u64), func(c *move.Call) error {
		c.ReturnBytes(c.Args[0])
		return nil
	}).Generic(0)
	m.Func("supply_value", move.Params(move.Imm(b.supply.Of(move.T(0)))), move.Returns(u64), func(c *move.Call) error {
		c.ReturnBytes(c.Args[0])
		return nil
	}).Generic(0)
	m.Func("zero", nil, move.Returns(move.Val(self)), func(c *move.Call) error {
		returnU64(c, 0)
		return nil
	}).Generic(0)
	m.Func("join", move.Params(move.Mut(self), move.Val(self)), move.Returns(u64), b.join).Generic(0)
	m.Func("split", move.Params(move.Mut(self), u64), move.Returns(move.Val(self)), b.split).Generic(0)
	m.Func("withdraw_all", move.Params(move.Mut(self)), move.Returns(move.Val(self)), func(c *move.Call) error {
		c.ReturnBytes(c.Args[0])
		c.Set(0, number(0))
		return nil
	}).Generic(0)
	m.Func("destroy_zero", move.Params(move.Val(self)), nil, func(c *move.Call) error {
		if c.U64(0) != 0 {
			return m.Abort("destroy_zero", balanceNonZero)
		}
		return nil
	}).Generic(0)
}

func (b *balanceModule) join(c *move.Call) error {
	sum, err := b.add(c.U64(0), c.U64(1))
	if err != nil {
		return err
	}
	c.Set(0, number(sum))
	returnU64(c, sum)
	return nil
}

func (b *balanceModule) split(c *move.Call) error {
	rest, err := b.sub(c.U64(0), c.U64(1))
	if err != nil {
		return err
	}
	c.Set(0, number(rest))
	c.ReturnBytes(c.Args[1])
	return nil
}

// add is what join does: Move's own addition checks for overflow.
func (b *balanceModule) add(x, y uint64) (uint64, error) {
	if x+y < x {
		return 0, b.Arithmetic("join")
	}
	return x + y, nil
}

// sub is what split does.
func (b *balanceModule) sub(x, y uint64) (uint64, error) {
	if y > x {
		return 0, b.Abort("split", balanceNotEnough)
	}
	return x - y, nil
}

// number is a u64 as a value of its own: a Balance, a Supply.
type number uint64

func (n number) Write(w *bcs.Writer) { w.U64(uint64(n)) }
func (n number) Read(*bcs.Reader)    { panic("internal error: a number is read by Call.U64") }

func returnU64(c *move.Call, v uint64) { c.Return(number(v)) }
