package native

import "floe/server/ledger/move"

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
		c.ReturnU64(0)
		return nil
	}).Generic(0)
	m.Func("join", move.Params(move.Mut(self), move.Val(self)), move.Returns(u64), b.join).Generic(0)
	m.Func("split", move.Params(move.Mut(self), u64), move.Returns(move.Val(self)), b.split).Generic(0)
	m.Func("withdraw_all", move.Params(move.Mut(self)), move.Returns(move.Val(self)), func(c *move.Call) error {
		c.ReturnBytes(c.Args[0])
		c.SetU64(0, 0)
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
	c.SetU64(0, sum)
	c.ReturnU64(sum)
	return nil
}

func (b *balanceModule) split(c *move.Call) error {
	rest, err := b.sub(c.U64(0), c.U64(1))
	if err != nil {
		return err
	}
	c.SetU64(0, rest)
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
