package client

import (
	"context"
	"fmt"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// account is what a wallet holds, as far as the server shows it. A coin's
// version and balance are bound by the digest that the transaction names it by:
// the ledger refuses what isn't so.
type account struct {
	address  suitx.Address
	sui, wal coins
	epoch    uint64
	gasPrice uint64
}

// coins are the richest first.
type coins []coin

type coin struct {
	ref     suitx.ObjectRef
	balance uint64
}

func (c *Client) account(ctx context.Context, net *network, address suitx.Address) (*account, error) {
	var in api.Account
	if err := c.call(ctx, api.PathAccounts+address.String(), nil, &in); err != nil {
		return nil, err
	}
	a := &account{address: address, epoch: in.Epoch, gasPrice: in.GasPrice}
	wal := suitx.StructTag{Address: net.ids.WALPackage, Module: "wal", Name: "WAL"}
	var err error
	if a.sui, err = readCoins(in.SUI, suitx.SUI(), address); err == nil {
		a.wal, err = readCoins(in.WAL, wal.Tag(), address)
	}
	if err == nil && (a.gasPrice == 0 || a.gasPrice > maxGasPrice) {
		err = fmt.Errorf("a gas price of %d", a.gasPrice)
	}
	if err != nil {
		return nil, liar("the account of %s: %w", address, err)
	}
	return a, nil
}

// maxGasPrice is Sui's bound.
const maxGasPrice = 100_000

func readCoins(raws [][]byte, kind suitx.TypeTag, owner suitx.Address) (all coins, err error) {
	for _, raw := range raws {
		o, err := suitx.UnmarshalObject(raw)
		if err != nil {
			return nil, err
		}
		c, err := readCoin(o, kind, owner)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// readCoin reads 0x2::coin::Coin { id 32, balance u64 } of that kind and owner.
func readCoin(o *suitx.Object, kind suitx.TypeTag, owner suitx.Address) (c coin, err error) {
	if o.Move == nil || !o.Move.Type.Equal(suitx.CoinOf(kind)) || o.Owner != (suitx.Owner{Kind: suitx.AddressOwner, Address: owner}) {
		return c, fmt.Errorf("object %s isn't a coin of that kind and owner", o.ID())
	}
	var id [32]byte
	r := bcs.NewReader(o.Move.Contents)
	r.Fixed(id[:])
	c = coin{ref: o.Ref(), balance: r.U64()}
	return c, r.Done()
}

func (all coins) sum() (n uint64) {
	for _, c := range all {
		if n += c.balance; n < c.balance {
			return ^uint64(0)
		}
	}
	return n
}

// enough returns as few of the coins as hold that much together, or all.
func (all coins) enough(amount uint64) (some coins) {
	for _, c := range all {
		some = append(some, c)
		if some.sum() >= amount {
			break
		}
	}
	return some
}

func (all coins) refs() (refs []suitx.ObjectRef) {
	for _, c := range all {
		refs = append(refs, c.ref)
	}
	return refs
}

// poor is the error for a wallet that holds too little, or nil.
func poor(short ...Shortage) error {
	var lacking []Shortage
	for _, s := range short {
		if s.Lack > 0 {
			lacking = append(lacking, s)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	return &Error{Code: CodePoor, Message: "Your wallet holds too little for this. Nothing was paid.", Short: lacking}
}

// lack is how much of need isn't there.
func lack(need, have uint64) uint64 { return need - min(need, have) }
