package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/walrus"
)

// What the sponsor keeps in its purses, in MIST and FROST.
const (
	gasCoinWorth = 2 * gasCap
	gasWanted    = (gasCoins + 1) * gasCoinWorth
	gasLow       = 10 * gasFloor
	walWanted    = 1_000_000_000_000
	walPiece     = 100_000_000 // what a coin should hold, at least, to be worth splitting off
	walLow       = 5 * walPiece
	fewPieces    = 8   // into which little is split
	maxPayment   = 255 // coins that one transaction may pay with
	faucetTries  = 64
)

// stock reads what coins there are and, when too few are fit for use, makes new
// ones: on the embedded network with the faucet's help, elsewhere out of what
// the address holds.
func (p *sponsor) stock(ctx context.Context) error {
	if err := p.take(ctx); err != nil {
		return err
	}
	p.tellLow(p.gas, "SUI", gasLow)
	p.tellLow(p.wal, "WAL", walLow)
	if n, _ := p.gas.fit(gasCap); n < gasCoins/2 {
		if err := p.splitGas(ctx); err != nil {
			return fmt.Errorf("couldn't split the sponsor's gas: %w", err)
		}
	}
	if n, _ := p.wal.fit(walWanted / walCoins / 4); n < walCoins/2 {
		if err := p.splitWAL(ctx); err != nil {
			return fmt.Errorf("couldn't split the sponsor's WAL: %w", err)
		}
	}
	return nil
}

// tellLow says once that little is left, and again only after there was more.
func (p *sponsor) tellLow(purse *purse, kind string, least uint64) {
	sum := purse.total()
	if low := sum < least; low != p.low[purse] {
		if p.low[purse] = low; low {
			p.log.Warn("the sponsor has little left; send it some", "kind", kind, "units", sum, "address", p.address.String())
		}
	}
}

// take takes stock, and asks the faucet where there is one.
func (p *sponsor) take(ctx context.Context) error {
	for range faucetTries {
		if err := p.read(ctx, p.gas, suitx.CoinOf(suitx.SUI())); err != nil {
			return err
		}
		if err := p.read(ctx, p.wal, p.walType); err != nil {
			return err
		}
		_, gas := p.gas.fit(0)
		_, wal := p.wal.fit(0)
		if p.local == nil || gas >= gasWanted/2 && wal >= walWanted/2 {
			return nil
		}
		if _, err := p.local.Faucet(ctx, p.address); err != nil {
			return fmt.Errorf("couldn't fund the sponsor: %w", err)
		}
	}
	return nil
}

func (p *sponsor) read(ctx context.Context, purse *purse, typ suitx.StructTag) error {
	objects, err := p.chain.Owned(ctx, p.address, typ)
	if err != nil {
		return fmt.Errorf("couldn't list the sponsor's coins: %w", err)
	}
	coins := make([]coin, 0, len(objects))
	for _, o := range objects {
		c, err := coinOf(o)
		if err != nil {
			return err
		}
		coins = append(coins, c)
	}
	purse.fill(coins)
	return nil
}

// pieces says how to split a sum: into how many coins, one more remaining, if
// that gives more fit ones than there are.
func pieces(coins []coin, most int, least, usual uint64) (n int, each uint64) {
	_, sum := held(coins)
	worth := usual
	if sum/usual < uint64(most)/2 {
		worth = max(least, sum/fewPieces)
	}
	n = min(most, int(sum/worth)-1)
	if n < 1 || fit(coins, worth/2) >= min(n+1, most/2) {
		return 0, 0
	}
	return n, sum / uint64(n+1)
}

// splitGas pays with all free coins, which makes them one, and splits that evenly.
func (p *sponsor) splitGas(ctx context.Context) error {
	if n, _ := pieces(p.gas.show(maxPayment), gasCoins, 2*gasFloor, gasCoinWorth); n == 0 {
		return nil
	}
	coins := p.gas.takeAll(maxPayment)
	var err error
	defer func() { p.settle(context.WithoutCancel(ctx), p.gas, err, restHeld, coins...) }()
	n, each := pieces(coins, gasCoins, 2*gasFloor, gasCoinWorth)
	if n == 0 {
		return nil
	}
	b := &suitx.Builder{}
	p.splitForMyself(b, suitx.GasCoin, each, n)
	if _, err = p.runWith(ctx, b, min(gasCap, each), coins...); err != nil {
		return p.calmly(err)
	}
	return p.read(ctx, p.gas, suitx.CoinOf(suitx.SUI()))
}

// splitWAL merges all free WAL coins and splits the sum evenly.
func (p *sponsor) splitWAL(ctx context.Context) error {
	if n, _ := pieces(p.wal.show(maxPayment), walCoins-1, walPiece, walWanted/walCoins); n == 0 {
		return nil
	}
	coins := p.wal.takeAll(maxPayment)
	var err error
	defer func() { p.settle(context.WithoutCancel(ctx), p.wal, err, restHeld, coins...) }()
	n, each := pieces(coins, walCoins-1, walPiece, walWanted/walCoins)
	if n == 0 {
		return nil
	}
	refs := make([]suitx.ObjectRef, len(coins))
	for i, c := range coins {
		refs[i] = c.ref
	}
	b := &suitx.Builder{}
	p.splitForMyself(b, walrus.Coins(b, refs...), each, n)
	if _, err = p.run(ctx, b); err != nil {
		return p.calmly(err)
	}
	return p.read(ctx, p.wal, p.walType)
}

// calmly takes a conflict for what it is: somebody else uses the coins, and the
// next stocktaking sees them as they are then. Too little to split isn't an error
// either.
func (p *sponsor) calmly(err error) error {
	var r *refusal
	switch {
	case errors.Is(err, ErrConflict):
		p.log.Info("the sponsor's coins moved on while they were being split; does another server use its key?")
		return nil
	case errors.As(err, &r) && r.told.Code == api.CodeFull: // as tellLow says
		return nil
	}
	return err
}

// splitForMyself takes n coins of amount out of one.
func (p *sponsor) splitForMyself(b *suitx.Builder, from suitx.Argument, amount uint64, n int) {
	split := &suitx.SplitCoins{Coin: from}
	for range n {
		split.Amounts = append(split.Amounts, b.U64(amount))
	}
	parts := b.Command(split)
	objects := make([]suitx.Argument, n)
	for i := range objects {
		objects[i] = parts.Result(uint16(i))
	}
	b.Transfer(p.address, objects...)
}

// fit counts the coins that hold at least that much.
func fit(coins []coin, least uint64) (n int) {
	for _, c := range coins {
		if c.balance >= least {
			n++
		}
	}
	return n
}

func held(coins []coin) (ids []suitx.Address, sum uint64) {
	for _, c := range coins {
		ids = append(ids, c.ref.ID)
		sum = add(sum, c.balance)
	}
	return ids, sum
}

// keepStocked takes stock until ctx ends.
func (p *sponsor) keepStocked(ctx context.Context) {
	every(ctx, 15*time.Second, func() {
		if err := p.stock(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("couldn't take stock of the sponsor's coins", "error", err)
		}
	})
}

// every calls f each time d has passed, until ctx ends.
func every(ctx context.Context, d time.Duration, f func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			f()
		}
	}
}
