package direct

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"time"

	"floe/codec/suitx"
	"floe/server/sui"
	"floe/wasm/client"
)

const (
	gasCap     = 500_000_000 // MIST that one transaction may cost
	gasFloor   = 80_000_000  // MIST that a parcel's transactions take at least, about …
	gasOfBlob  = 5_000_000   // … and those of each of its blobs
	maxPayment = 255         // coins that one transaction may pay with
	maxTries   = 4           // of a transaction whose coins moved on
	openTime   = time.Minute // for the outcome of a transaction to be learnt
)

// payer pays for parcels out of one address.
type payer struct {
	*Relay
	key     ed25519.PrivateKey
	address suitx.Address
	wal     suitx.TypeTag

	budget budget
	turn   *turn // held from reading coins until what spends them has run
	mu     sync.Mutex
	paid   Spent
}

// Spent is what a payer has paid.
type Spent struct {
	Payer suitx.Address
	FROST uint64
	MIST  int64 // less what was given back
}

func newPayer(cfg Config, r *Relay) *payer {
	key := cfg.Payer
	wal := suitx.StructTag{Address: r.place.WALPackage, Module: "wal", Name: "WAL"}
	address := suitx.AddressOf(key.Public().(ed25519.PublicKey))
	most := DefaultBudget(r.place.Name)
	if cfg.Budget.FROST != 0 {
		most.FROST = cfg.Budget.FROST
	}
	if cfg.Budget.MIST != 0 {
		most.MIST = cfg.Budget.MIST
	}
	return &payer{Relay: r, key: key, address: address, wal: wal.Tag(), budget: budget{most: most}, turn: &turn{others: cfg.Turn}, paid: Spent{Payer: address}}
}

// Spent is what was paid since Open.
func (r *Relay) Spent() Spent {
	if r.payer == nil {
		return Spent{}
	}
	r.payer.mu.Lock()
	defer r.payer.mu.Unlock()
	return r.payer.paid
}

// Afford says before anything is uploaded whether the payer may spend and has
// that much WAL, and SUI for about as much gas as so many blobs take.
func (r *Relay) Afford(ctx context.Context, frost uint64, blobs int) error {
	if r.payer == nil {
		return errNoPayer()
	}
	if most := r.payer.budget.most.FROST; frost > most {
		return exceeds("WAL", "-wal-budget", frost, most)
	}
	for _, c := range []struct {
		name, what string
		of         suitx.TypeTag
		needs      uint64
	}{
		{"WAL", "to store this", r.payer.wal, frost},
		{"SUI", "or a little more or less for the transactions", suitx.SUI(), gasFloor + gasOfBlob*uint64(blobs)},
	} {
		_, has, err := r.payer.coins(ctx, c.of, c.needs)
		if err != nil {
			return err
		}
		if has < c.needs {
			return r.payer.short(c.name, has, c.needs, c.what, nil)
		}
	}
	return nil
}

func (p *payer) count(frost uint64, e *suitx.Effects) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paid.FROST += frost
	p.paid.MIST += e.GasUsed.Net()
}

// fillGas fills in payment, price, expiration and a budget with little to
// spare, after a simulation that succeeds. The coins are read anew, so that
// nothing is kept that another of the payer's programs may spend meanwhile.
func (p *payer) fillGas(ctx context.Context, t *suitx.TransactionData) error {
	now, err := p.chain.Now(ctx)
	if err != nil {
		return p.ledgerError(ctx, err)
	}
	coins, sum, err := p.coins(ctx, suitx.SUI(), gasCap)
	if err != nil {
		return err
	}
	if len(coins) == 0 {
		return p.short("SUI", 0, gasFloor, "for the transactions", nil)
	}
	t.Gas = suitx.GasData{Owner: p.address, Price: now.GasPrice, Budget: min(sum, gasCap), Payment: coins}
	t.Expiration = suitx.Expiration{Kind: suitx.ExpirationEpoch, Epoch: now.Epoch + 1}
	would, err := p.chain.Simulate(ctx, t.Marshal())
	if err == nil {
		err = failureOf(would.Effects)
	}
	if err != nil && (sum < gasFloor || would != nil && sum < gasCap && outOfGas(would.Effects)) {
		return p.short("SUI", sum, max(gasFloor, min(2*sum, gasCap)), "for the transactions", err)
	}
	if err != nil {
		return p.ledgerError(ctx, err)
	}
	gas := would.Effects.GasUsed.Computation + would.Effects.GasUsed.Storage
	t.Gas.Budget = min(gas+gas/4, sum, gasCap)
	return nil
}

func outOfGas(e *suitx.Effects) bool {
	return e.Status.Failure != nil && e.Status.Failure.Kind == suitx.InsufficientGas
}

// coins returns the payer's richest coins of a type, as many as it takes to hold
// enough, and what they hold.
func (p *payer) coins(ctx context.Context, of suitx.TypeTag, enough uint64) (refs []suitx.ObjectRef, sum uint64, err error) {
	coins, err := p.chain.Coins(ctx, p.address, of)
	if err != nil {
		return nil, 0, p.ledgerError(ctx, err)
	}
	for _, c := range coins {
		if sum >= enough || len(refs) == maxPayment || c.Balance == 0 {
			break
		}
		refs, sum = append(refs, c.Ref), sum+c.Balance
	}
	return refs, sum, nil
}

// short is the error for who has too little.
func (p *payer) short(coin string, has, needs uint64, what string, cause error) error {
	lack := needs - min(has, needs)
	return &client.Error{Code: client.CodePoor, Err: cause, Short: []client.Shortage{{Coin: coin, Lack: lack}},
		Message: fmt.Sprintf("%s has %s %s and needs %s %s: %s %s are missing. Send them there, then try again.",
			p.address, amount(has), coin, amount(needs), what, amount(lack), coin)}
}

// String says what was paid, for people.
func (s Spent) String() string {
	return fmt.Sprintf("%s WAL and %s SUI", amount(s.FROST), amount(uint64(max(s.MIST, 0))))
}

// run executes a transaction of the payer's own that spends so much WAL, built
// anew when coins that it names moved on meanwhile.
func (p *payer) run(ctx context.Context, frost uint64, build func(context.Context, *suitx.Builder) error) (res *sui.Result, err error) {
	if err := p.turn.take(ctx); err != nil {
		return nil, err
	}
	defer p.turn.give()
	for range maxTries {
		b := &suitx.Builder{}
		if err := build(ctx, b); err != nil {
			return nil, err
		}
		t, err := b.Build(p.address)
		if err != nil {
			return nil, err
		}
		if err = p.fillGas(ctx, t); err == nil {
			err = p.budget.allow(frost, t.Gas.Budget)
		}
		if err == nil {
			tx := t.Marshal()
			res, err = p.submit(ctx, tx, suitx.SignTransaction(p.key, tx))
		}
		if !errors.Is(err, sui.ErrConflict) {
			return res, err
		}
	}
	return nil, fmt.Errorf("the payer's coins are being spent by others all the time: %w", sui.ErrConflict)
}

// submit hands in a transaction until its outcome is known: the same bytes can't
// run twice. It goes on for a while when the caller has left: what was signed
// may run.
func (p *payer) submit(ctx context.Context, tx []byte, signatures ...[]byte) (*sui.Result, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), openTime)
	defer cancel()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		res, err := p.chain.Execute(ctx, tx, signatures)
		switch {
		case err == nil:
			return res, failureOf(res.Effects)
		case errors.Is(err, sui.ErrConflict), errors.Is(err, sui.ErrRefused):
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, p.unreachable(context.WithoutCancel(ctx), err)
		case <-time.After(wait):
		}
	}
}
