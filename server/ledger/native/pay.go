package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// payNoCoins is what 0x2::pay aborts with when there is nothing to join.
const payNoCoins = 0

// declarePay declares 0x2::pay: what coin does, given to somebody at once.
func (f *framework) declarePay(p *move.Package) {
	m := p.Module("pay")
	x := f.coin
	coin, u64, address := x.coin.Of(move.T(0)), move.Val(move.U64), move.Val(move.Address)
	fn := func(name string, params []move.Param, entry bool, run func(*move.Call) error) {
		g := m.Func(name, params, nil, run).Generic(0)
		g.Entry = entry
	}
	fn("keep", move.Params(move.Val(coin), f.ctxRef()), false, func(c *move.Call) error {
		x.give(c, c.Args[0], c.Context.Sender)
		return nil
	})
	fn("split", move.Params(move.Mut(coin), u64, f.ctx()), true, func(c *move.Call) error {
		return x.splitAndGive(c, []uint64{c.U64(1)}, c.Context.Sender)
	})
	fn("split_vec", move.Params(move.Mut(coin), move.Val(move.Vector(move.U64)), f.ctx()), true, func(c *move.Call) error {
		return x.splitAndGive(c, bcs.ReadSeq(c.Reader(1), 8, (*bcs.Reader).U64), c.Context.Sender)
	})
	fn("split_and_transfer", move.Params(move.Mut(coin), u64, address, f.ctx()), true, func(c *move.Call) error {
		return x.splitAndGive(c, []uint64{c.U64(1)}, c.Address(2))
	})
	fn("divide_and_keep", move.Params(move.Mut(coin), u64, f.ctx()), true, func(c *move.Call) error {
		coins, err := x.divide(c)
		for i := len(coins) - 1; i >= 0; i-- { // as Move takes them out
			x.give(c, move.Marshal(coins[i]), c.Context.Sender)
		}
		return err
	})
	fn("join", move.Params(move.Mut(coin), move.Val(coin)), true, x.join)
	fn("join_vec", move.Params(move.Mut(coin), move.Val(move.Vector(coin))), true, func(c *move.Call) error {
		var self Coin
		c.Get(0, &self)
		return x.joinAll(c, &self, x.coins(c, 1))
	})
	fn("join_vec_and_transfer", move.Params(move.Val(move.Vector(coin)), address), true, func(c *move.Call) error {
		return x.joinAndGive(c, m)
	})
}

// give transfers a coin of the call's type.
func (x *coinModule) give(c *move.Call, coin []byte, to suitx.Address) {
	c.State.Transfer(move.Object{Type: x.coin.Tag(c.TypeArgs[0]), Contents: coin}, suitx.Owner{Address: to})
}

func (x *coinModule) splitAndGive(c *move.Call, amounts []uint64, to suitx.Address) error {
	for _, amount := range amounts {
		coin, err := x.splitOff(c, amount)
		if err != nil {
			return err
		}
		x.give(c, move.Marshal(coin), to)
	}
	return nil
}

// coins returns the coins of a vector, the last first, as Move takes them out.
func (x *coinModule) coins(c *move.Call, arg int) []*Coin {
	r := c.Reader(arg)
	all := bcs.ReadSeq(r, 40, func(r *bcs.Reader) *Coin {
		v := &Coin{}
		v.Read(r)
		return v
	})
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

func (x *coinModule) joinAll(c *move.Call, self *Coin, others []*Coin) error {
	for _, other := range others {
		if err := x.joinCoins(c, self, other); err != nil {
			return err
		}
	}
	return nil
}

func (x *coinModule) joinAndGive(c *move.Call, m *move.Module) (err error) {
	coins := x.coins(c, 0)
	if len(coins) == 0 {
		return m.Abort("join_vec_and_transfer", payNoCoins)
	}
	self := coins[0]
	for _, other := range coins[1:] {
		if self.Balance, err = x.balance.add(self.Balance, other.Balance); err != nil {
			return err
		}
		c.State.DeleteID(other.ID)
	}
	x.give(c, move.Marshal(self), c.Address(1))
	return nil
}
