package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// Codes that 0x2::coin aborts with.
const (
	coinInvalidArg = 1
	coinNotEnough  = 2
)

// coinModule is 0x2::coin.
type coinModule struct {
	*move.Module
	balance                     *balanceModule
	coin, treasuryCap, metadata *move.Struct
}

// Coin is a coin of any type.
type Coin struct {
	ID      suitx.Address
	Balance uint64
}

func (v *Coin) Read(r *bcs.Reader) { v.ID, v.Balance = readAddress(r), r.U64() }
func (v *Coin) Write(w *bcs.Writer) {
	writeAddress(w, v.ID)
	w.U64(v.Balance)
}

func (f *framework) declareCoin(p *move.Package) {
	m := p.Module("coin")
	x := &coinModule{Module: m, balance: f.balance}
	f.coin = x
	id, self, bal := move.Field{Name: "id", Type: f.uid.Of()}, move.T(0), f.balance.balance
	x.coin = m.Struct("Coin", move.Key|move.Store, id, move.Field{Name: "balance", Type: bal.Of(self)}).Phantom()
	x.metadata = m.Struct("CoinMetadata", move.Key|move.Store, id, move.Field{Name: "decimals", Type: move.U8},
		move.Field{Name: "name", Type: f.str.Of()}, move.Field{Name: "symbol", Type: f.ascii.Of()},
		move.Field{Name: "description", Type: f.str.Of()},
		move.Field{Name: "icon_url", Type: f.option.Of(f.url.Of())}).Phantom()
	x.treasuryCap = m.Struct("TreasuryCap", move.Key|move.Store, id,
		move.Field{Name: "total_supply", Type: f.balance.supply.Of(self)}).Phantom()
	p.Module("sui").Struct("SUI", move.Drop)

	coin, balance := x.coin.Of(self), bal.Of(self)
	u64 := move.Val(move.U64)
	fn := func(name string, params, returns []move.Param, run func(*move.Call) error) {
		m.Func(name, params, returns, run).Generic(0)
	}
	fn("value", move.Params(move.Imm(coin)), move.Returns(u64), x.value)
	fn("balance", move.Params(move.Imm(coin)), move.Returns(move.Imm(balance)), nil)
	fn("balance_mut", move.Params(move.Mut(coin)), move.Returns(move.Mut(balance)), nil)
	fn("from_balance", move.Params(move.Val(balance), f.ctx()), move.Returns(move.Val(coin)), x.fromBalance)
	fn("into_balance", move.Params(move.Val(coin)), move.Returns(move.Val(balance)), x.intoBalance)
	fn("take", move.Params(move.Mut(balance), u64, f.ctx()), move.Returns(move.Val(coin)), x.take)
	fn("put", move.Params(move.Mut(balance), move.Val(coin)), nil, x.put)
	fn("join", move.Params(move.Mut(coin), move.Val(coin)), nil, x.join)
	fn("split", move.Params(move.Mut(coin), u64, f.ctx()), move.Returns(move.Val(coin)), x.split)
	fn("divide_into_n", move.Params(move.Mut(coin), u64, f.ctx()), move.Returns(move.Val(move.Vector(coin))), x.divideIntoN)
	fn("zero", move.Params(f.ctx()), move.Returns(move.Val(coin)), x.zero)
	fn("destroy_zero", move.Params(move.Val(coin)), nil, x.destroyZero)
	x.declareMetadata(f)
	fn("total_supply", move.Params(move.Imm(x.treasuryCap.Of(self))), move.Returns(u64), x.value)
}

// value is that of a coin, and the supply of a TreasuryCap: both are {id, u64}.
func (x *coinModule) value(c *move.Call) error {
	c.ReturnBytes(c.Args[0][32:])
	return nil
}

// fresh returns a new coin's first result.
func (x *coinModule) fresh(c *move.Call, balance uint64) *Coin {
	return &Coin{ID: c.State.NewID(), Balance: balance}
}

func (x *coinModule) fromBalance(c *move.Call) error {
	c.Return(x.fresh(c, c.U64(0)))
	return nil
}

func (x *coinModule) intoBalance(c *move.Call) error {
	var self Coin
	c.Get(0, &self)
	c.State.DeleteID(self.ID)
	c.ReturnU64(self.Balance)
	return nil
}

func (x *coinModule) take(c *move.Call) error {
	rest, err := x.balance.sub(c.U64(0), c.U64(1))
	if err != nil {
		return err
	}
	c.SetU64(0, rest)
	c.Return(x.fresh(c, c.U64(1)))
	return nil
}

func (x *coinModule) put(c *move.Call) error {
	var coin Coin
	c.Get(1, &coin)
	sum, err := x.balance.add(c.U64(0), coin.Balance)
	if err != nil {
		return err
	}
	c.State.DeleteID(coin.ID)
	c.SetU64(0, sum)
	return nil
}

func (x *coinModule) join(c *move.Call) error {
	var self, other Coin
	c.Get(0, &self)
	c.Get(1, &other)
	return x.joinCoins(c, &self, &other)
}

// joinCoins puts other into self, which is argument 0.
func (x *coinModule) joinCoins(c *move.Call, self, other *Coin) (err error) {
	if self.Balance, err = x.balance.add(self.Balance, other.Balance); err != nil {
		return err
	}
	c.State.DeleteID(other.ID)
	c.Set(0, self)
	return nil
}

func (x *coinModule) split(c *move.Call) error {
	coin, err := x.splitOff(c, c.U64(1))
	if err == nil {
		c.Return(coin)
	}
	return err
}

// splitOff takes amount out of the coin that is argument 0.
func (x *coinModule) splitOff(c *move.Call, amount uint64) (_ *Coin, err error) {
	var self Coin
	c.Get(0, &self)
	if self.Balance, err = x.balance.sub(self.Balance, amount); err != nil {
		return nil, err
	}
	c.Set(0, &self)
	return x.fresh(c, amount), nil
}

func (x *coinModule) divideIntoN(c *move.Call) error {
	coins, err := x.divide(c)
	if err != nil {
		return err
	}
	c.ReturnWith(func(w *bcs.Writer) {
		bcs.WriteSeq(w, coins, func(w *bcs.Writer, v *Coin) { v.Write(w) })
	})
	return nil
}

// divide takes n-1 equal coins out of the coin that is argument 0.
func (x *coinModule) divide(c *move.Call) (coins []*Coin, err error) {
	var self Coin
	c.Get(0, &self)
	n := c.U64(1)
	if n == 0 {
		return nil, x.Abort("divide_into_n", coinInvalidArg)
	}
	if n > self.Balance {
		return nil, x.Abort("divide_into_n", coinNotEnough)
	}
	if n > maxDivide {
		return nil, x.Arithmetic("divide_into_n") // Sui runs out of gas or of objects here
	}
	part := self.Balance / n
	for range n - 1 {
		self.Balance -= part
		coins = append(coins, x.fresh(c, part))
	}
	c.Set(0, &self)
	return coins, nil
}

// maxDivide bounds what one call may create, as Sui bounds new IDs per transaction.
const maxDivide = 2048

func (x *coinModule) zero(c *move.Call) error {
	c.Return(x.fresh(c, 0))
	return nil
}

func (x *coinModule) destroyZero(c *move.Call) error {
	var self Coin
	c.Get(0, &self)
	if self.Balance != 0 {
		return x.balance.Abort("destroy_zero", balanceNonZero)
	}
	c.State.DeleteID(self.ID)
	return nil
}
