package server

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"slices"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/walrus"
)

// What the sponsor spends, in MIST and coins. One transaction may cost gasCap,
// and it may be tried with a coin that holds gasFloor; as many may be in flight as
// there are coins.
const (
	gasCap   = 500_000_000
	gasFloor = 50_000_000
	gasCoins = 32
	walCoins = 8
	walMerge = 16 // coins that pay for storage together, at most
)

// How long a coin rests after a conflict. Where it didn't move on, another
// transaction holds it, maybe until the epoch ends; but what made a transaction
// of somebody else's conflict was more likely hers.
const (
	restMoved  = time.Second
	restHeld   = 2 * time.Minute
	restDoubt  = 5 * time.Second
	maxTries   = gasCoins + walCoins // of a transaction whose coins moved on
	retryAfter = 50 * time.Millisecond
	retryFor   = 20 * time.Second
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
	low     map[*purse]bool // that little is left was said
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
		gas:     newPurse(cfg.Clock),
		wal:     newPurse(cfg.Clock),
		low:     make(map[*purse]bool),
	}
}

// nothingFree says that a purse can't give as much: for the moment, or until
// somebody fills it.
func (p *sponsor) nothingFree(from *purse, least uint64) error {
	kind := map[*purse]string{p.gas: "SUI", p.wal: "WAL"}[from]
	if from.total() < least {
		return full("This server's sponsor hasn't enough %s left. Its owner must fill it up.", kind).after(time.Hour)
	}
	return full("This server's sponsor has no %s free just now.", kind).after(5 * time.Second).because(errNothingFree)
}

// errNothingFree says that all coins that would do are in transactions just now.
var errNothingFree = errors.New("no coin is free")

// pay runs a transaction of the sponsor's own whose WAL argument holds that much
// at least, if that isn't 0; with other coins, and a builder of its own, when
// those it took have moved on. Where all coins are in transactions it waits for
// one, but not for long.
func (p *sponsor) pay(ctx context.Context, wal uint64, build func(b *suitx.Builder, wal suitx.Argument)) (res *Result, err error) {
	end := time.Now().Add(retryFor)
	for conflicts := 0; conflicts < maxTries; {
		res, err = p.payOnce(ctx, wal, build)
		switch {
		case errors.Is(err, ErrConflict):
			conflicts++
		case !errors.Is(err, errNothingFree):
			return res, err
		}
		if time.Now().After(end) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(rand.N(retryAfter)): // whoever else uses them does likewise
		}
	}
	return nil, err
}

func (p *sponsor) payOnce(ctx context.Context, wal uint64, build func(b *suitx.Builder, wal suitx.Argument)) (res *Result, err error) {
	b := &suitx.Builder{}
	if wal == 0 {
		build(b, suitx.Argument{})
		return p.run(ctx, b)
	}
	coins, ok := p.wal.takeSum(wal, walMerge)
	if !ok {
		return nil, p.nothingFree(p.wal, wal)
	}
	defer func() { p.settle(context.WithoutCancel(ctx), p.wal, err, restHeld, coins...) }()
	refs := make([]suitx.ObjectRef, len(coins))
	for i, c := range coins {
		refs[i] = c.ref
	}
	// No more than was counted can be taken, whatever the package called does.
	purse := walrus.Coins(b, refs...)
	exact := b.Split(purse, wal)
	build(b, exact)
	b.Command(&suitx.MergeCoins{Into: purse, Sources: []suitx.Argument{exact}})
	return p.run(ctx, b)
}

// run executes a transaction of the sponsor's own, with a gas coin from the
// purse. Move aborts are ErrRefused.
func (p *sponsor) run(ctx context.Context, b *suitx.Builder) (res *Result, err error) {
	c, ok := p.gas.take(gasFloor)
	if !ok {
		return nil, p.nothingFree(p.gas, gasFloor)
	}
	defer func() { p.settle(context.WithoutCancel(ctx), p.gas, err, restHeld, c) }()
	return p.runWith(ctx, b, gasCap, c)
}

// runWith pays with coins of the caller's, and most at most.
func (p *sponsor) runWith(ctx context.Context, b *suitx.Builder, most uint64, payment ...coin) (*Result, error) {
	t, err := b.Build(p.address)
	if err != nil {
		return nil, err
	}
	if err := p.fillGas(ctx, t, most, payment...); err != nil {
		return nil, err
	}
	tx := t.Marshal()
	return p.submit(ctx, tx, suitx.SignTransaction(p.key, tx))
}

// fillGas fills in payment, price, expiration and a budget with little to
// spare, after a simulation that succeeds.
func (p *sponsor) fillGas(ctx context.Context, t *suitx.TransactionData, most uint64, payment ...coin) error {
	now, err := p.chain.Now(ctx)
	if err != nil {
		return fmt.Errorf("couldn't read the ledger's epoch: %w", err)
	}
	t.Gas = suitx.GasData{Owner: p.address, Price: now.GasPrice}
	for _, c := range payment {
		t.Gas.Payment = append(t.Gas.Payment, c.ref)
		t.Gas.Budget = min(add(t.Gas.Budget, c.balance), most)
	}
	t.Expiration = suitx.Expiration{Kind: suitx.ExpirationEpoch, Epoch: now.Epoch + 1}
	gas, err := p.tryOut(ctx, t.Marshal())
	if errors.Is(err, errGas) && t.Gas.Budget < gasCap {
		return p.nothingFree(p.gas, gasCap)
	}
	if err != nil {
		return err
	}
	t.Gas.Budget = min(gas+gas/4, t.Gas.Budget)
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
// transaction that ended with err, and reports whether any has moved on. After a
// conflict they rest; those that didn't move on as long as stuck says. What can't
// be read is dropped; the next stocktaking finds it.
func (p *sponsor) settle(ctx context.Context, purse *purse, err error, stuck time.Duration, used ...coin) (moved bool) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	ids, _ := held(used)
	objects, unread := p.ledger.Objects(ctx, ids...)
	if unread != nil {
		p.log.Warn("couldn't read coins after a transaction", "error", unread)
		objects = make([]*suitx.Object, len(ids))
	}
	for i, was := range used {
		c, unread := coinOf(objects[i])
		if unread != nil || objects[i].Owner != p.owner() {
			purse.drop(was.ref.ID)
			moved = true
			continue
		}
		moved = moved || c.ref != was.ref
		switch {
		case !errors.Is(err, ErrConflict):
			purse.put(c)
		case c.ref != was.ref:
			purse.putAside(c, restMoved, false)
		default:
			p.suspect(purse, err, stuck, c)
		}
	}
	return moved
}

// objectID is how ledgers name the object that a conflict is about.
var objectID = regexp.MustCompile(`0x[0-9a-f]{64}`)

// suspect puts a coin back after a conflict though it didn't move on: to rest for
// long if the ledger names it, a little if it names nothing.
func (p *sponsor) suspect(purse *purse, conflict error, stuck time.Duration, c coin) {
	named := objectID.FindAllString(conflict.Error(), -1)
	switch {
	case slices.Contains(named, c.ref.ID.String()):
		purse.putAside(c, stuck, stuck >= restHeld)
	case len(named) == 0:
		purse.putAside(c, restDoubt, false)
	default:
		purse.put(c)
	}
}

func (p *sponsor) owner() suitx.Owner {
	return suitx.Owner{Kind: suitx.AddressOwner, Address: p.address}
}

// errGas says that a transaction takes more gas than it may. It is ErrRefused too.
var errGas = fmt.Errorf("%w: too little gas", ErrRefused)

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
	cause := ErrRefused
	if f.Kind == suitx.InsufficientGas {
		cause = errGas
	}
	return refuse(422, api.CodeExecution, "The ledger can't run the transaction%s: failure %d.", where, f.Kind).because(cause)
}
