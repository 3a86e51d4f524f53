package server

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// What the sponsor spends, in MIST and coins. One transaction may cost gasCap;
// as many may be in flight as there are coins.
const (
	gasCap   = 500_000_000
	gasCoins = 32
	walCoins = 8
)

// sponsor pays for others from one address: gas for the transactions of the
// allow-list, gas and WAL for registering blobs. Every coin is in one
// transaction at a time.
type sponsor struct {
	key     ed25519.PrivateKey
	address suitx.Address
	walType suitx.StructTag
	ledger  Ledger
	chain   Chain
	local   Local // nil where nobody gives money away
	log     *slog.Logger
	gas     *purse
	wal     *purse
}

func newSponsor(key ed25519.PrivateKey, ids api.NetworkIDs, cfg Config) *sponsor {
	wal := suitx.StructTag{Address: ids.WALPackage, Module: "wal", Name: "WAL"}
	return &sponsor{
		key:     key,
		address: suitx.AddressOf(key.Public().(ed25519.PublicKey)),
		walType: suitx.CoinOf(wal.Tag()),
		ledger:  cfg.Ledger,
		chain:   cfg.Chain,
		local:   cfg.Local,
		log:     cfg.Logger,
		gas:     newPurse(),
		wal:     newPurse(),
	}
}

// errNoCoin says that the purse is empty: for the moment, or for good.
func errNoCoin() error {
	return full("This server's sponsor has no coin free just now.").after(5 * time.Second)
}

// run executes a transaction of the sponsor's own. With no payment given it
// takes a gas coin from the purse and puts it back; a given payment stays the
// caller's. Move aborts are ErrRefused.
func (p *sponsor) run(ctx context.Context, b *suitx.Builder, payment ...coin) (*Result, error) {
	if len(payment) == 0 {
		c, ok := p.gas.take(gasCap)
		if !ok {
			return nil, errNoCoin()
		}
		defer p.settle(context.WithoutCancel(ctx), p.gas, c.ref.ID)
		payment = []coin{c}
	}
	t, err := b.Build(p.address)
	if err != nil {
		return nil, err
	}
	if err := p.fillGas(ctx, t, payment...); err != nil {
		return nil, err
	}
	tx := t.Marshal()
	return p.submit(ctx, tx, suitx.SignTransaction(p.key, tx))
}

// fillGas fills in payment, price, expiration and a budget with little to
// spare, after a simulation that succeeds.
func (p *sponsor) fillGas(ctx context.Context, t *suitx.TransactionData, payment ...coin) error {
	now, err := p.chain.Now(ctx)
	if err != nil {
		return fmt.Errorf("couldn't read the ledger's epoch: %w", err)
	}
	t.Gas = suitx.GasData{Owner: p.address, Price: now.GasPrice, Budget: gasCap}
	for _, c := range payment {
		t.Gas.Payment = append(t.Gas.Payment, c.ref)
	}
	t.Expiration = suitx.Expiration{Kind: suitx.ExpirationEpoch, Epoch: now.Epoch + 1}
	gas, err := p.tryOut(ctx, t.Marshal())
	if err != nil {
		return err
	}
	t.Gas.Budget = min(gas+gas/4, gasCap)
	return nil
}

// tryOut simulates a transaction and returns the gas it takes, rebates not
// counted; a transaction that would fail is ErrRefused.
func (p *sponsor) tryOut(ctx context.Context, tx []byte) (gas uint64, err error) {
	would, err := p.ledger.Simulate(ctx, tx)
	if err != nil {
		return 0, fmt.Errorf("couldn't simulate the transaction: %w", err)
	}
	if err := failureOf(would.Effects); err != nil {
		return 0, err
	}
	return add(would.Effects.GasUsed.Computation, would.Effects.GasUsed.Storage), nil
}

// submit hands in a transaction until its outcome is known.
func (p *sponsor) submit(ctx context.Context, tx []byte, signatures ...[]byte) (*Result, error) {
	return handIn(ctx, p.ledger, p.log, tx, signatures...)
}

// handIn hands in a transaction until its outcome is known: after a refusal
// nothing ran, after anything else it asks again with the same bytes, which
// can't run twice.
func handIn(ctx context.Context, ledger Ledger, log *slog.Logger, tx []byte, signatures ...[]byte) (*Result, error) {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		res, err := ledger.Execute(ctx, tx, signatures)
		switch {
		case err == nil:
			return res, failureOf(res.Effects)
		case errors.Is(err, ErrConflict), errors.Is(err, ErrRefused):
			return nil, fmt.Errorf("couldn't execute %s: %w", suitx.TransactionDigest(tx), err)
		}
		log.Warn("a transaction's outcome is open; asking again", "digest", suitx.TransactionDigest(tx).String(), "error", err)
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("couldn't learn the outcome of %s: %w", suitx.TransactionDigest(tx), errors.Join(ctx.Err(), err))
		case <-time.After(wait):
		}
	}
}

// settle puts coins back into their purse as the ledger shows them after a
// transaction. What can't be read is dropped; the next stocktaking finds it.
func (p *sponsor) settle(ctx context.Context, purse *purse, ids ...suitx.Address) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	objects, err := p.ledger.Objects(ctx, ids...)
	if err != nil {
		p.log.Warn("couldn't read coins after a transaction", "error", err)
	}
	for i, id := range ids {
		if err == nil && i < len(objects) {
			if c, err := coinOf(objects[i]); err == nil && objects[i].Owner == p.owner() {
				purse.put(c)
				continue
			}
		}
		purse.drop(id)
	}
}

func (p *sponsor) owner() suitx.Owner {
	return suitx.Owner{Kind: suitx.AddressOwner, Address: p.address}
}

// failureOf turns a failed status into ErrRefused with its reason.
func failureOf(e *suitx.Effects) error {
	if e.Status.Success() {
		return nil
	}
	f := e.Status.Failure
	where := ""
	if f.Command != nil {
		where = fmt.Sprintf(" at command %d", *f.Command)
	}
	if f.Kind == suitx.MoveAbort && f.Location != nil {
		return refuse(422, api.CodeExecution, "The ledger aborted the transaction%s: %s::%s, code %d.", where, f.Location.Package, f.Location.Module, f.AbortCode).because(ErrRefused)
	}
	return refuse(422, api.CodeExecution, "The ledger can't run the transaction%s: failure %d.", where, f.Kind).because(ErrRefused)
}
