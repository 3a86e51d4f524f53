package server

import (
	"context"
	"fmt"
	"time"

	"floe/codec/suitx"
)

// What the sponsor keeps in its purses, in MIST and FROST.
const (
	gasCoinWorth = 2 * gasCap
	gasWanted    = (gasCoins + 1) * gasCoinWorth
	walWanted    = 1_000_000_000_000
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

// splitGas pays with all free coins, which makes them one, and splits that
// evenly, unless that gives no more fit coins than there are.
func (p *sponsor) splitGas(ctx context.Context) error {
	coins := p.gas.takeAll(maxPayment)
	ids, sum := held(coins)
	n := min(gasCoins, int(sum/gasCoinWorth)-1)
	if n+1 <= fit(coins, gasCap) || n < 1 {
		p.log.Warn("the sponsor has little SUI", "mist", sum)
		p.gas.put(coins...)
		return nil
	}
	defer p.settle(ctx, p.gas, ids...)
	b := &suitx.Builder{}
	p.splitForMyself(b, suitx.GasCoin, sum/uint64(n+1), n)
	if _, err := p.run(ctx, b, coins...); err != nil {
		return err
	}
	return p.read(ctx, p.gas, suitx.CoinOf(suitx.SUI()))
}

// splitWAL merges all free WAL coins and splits the sum evenly, unless they are
// even already.
func (p *sponsor) splitWAL(ctx context.Context) error {
	coins := p.wal.takeAll(maxPayment)
	ids, sum := held(coins)
	if fit(coins, sum/walCoins/4) >= walCoins/2 || sum < walCoins {
		p.log.Warn("the sponsor has little WAL", "frost", sum)
		p.wal.put(coins...)
		return nil
	}
	defer p.settle(ctx, p.wal, ids...)
	b := &suitx.Builder{}
	first := b.Object(coins[0].ref)
	if len(coins) > 1 {
		merge := &suitx.MergeCoins{Into: first}
		for _, c := range coins[1:] {
			merge.Sources = append(merge.Sources, b.Object(c.ref))
		}
		b.Command(merge)
	}
	p.splitForMyself(b, first, sum/walCoins, walCoins-1)
	if _, err := p.run(ctx, b); err != nil {
		return err
	}
	return p.read(ctx, p.wal, p.walType)
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
