package sui

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"floe/codec/suitx"
)

// Bytecode is a package as the compiler made it.
type Bytecode struct {
	Modules      [][]byte
	Dependencies []suitx.Address
}

// Digest is Sui's digest of the package.
func (b Bytecode) Digest() [32]byte { return suitx.PackageDigest(b.Modules, b.Dependencies) }

// Publisher publishes and upgrades packages; its key's address pays.
type Publisher struct {
	Client *Client
	Key    ed25519.PrivateKey
	Budget uint64 // MIST for gas; 0: half more than a simulation says, and 2 SUI at most
}

// Publish publishes a package and returns its ID with that of the capability to
// upgrade it, which the publisher owns. When it returns an error and IDs, the
// package is there but isn't what was to be published.
func (p *Publisher) Publish(ctx context.Context, code Bytecode) (pkg, capability suitx.Address, err error) {
	var b suitx.Builder
	b.Transfer(p.address(), b.Command(&suitx.Publish{Modules: code.Modules, Dependencies: code.Dependencies}))
	r, err := p.run(ctx, &b)
	if err != nil {
		return pkg, capability, fmt.Errorf("couldn't publish: %w", err)
	}
	pkg, others := made(r.Effects)
	objects, err := p.Client.Objects(ctx, others...)
	if err != nil {
		return pkg, capability, err
	}
	for _, o := range objects {
		if isCapability(o) {
			capability = o.ID()
		}
	}
	if capability.IsZero() {
		return pkg, capability, fmt.Errorf("transaction %s made no capability to upgrade", r.Digest)
	}
	return pkg, capability, p.Client.CheckPackage(ctx, pkg, code.Digest())
}

// Upgrade makes the next version of the package that the capability is for, and
// returns that version's ID. Types stay those of the first version.
func (p *Publisher) Upgrade(ctx context.Context, capability suitx.Address, code Bytecode) (pkg suitx.Address, err error) {
	o, err := p.capability(ctx, capability)
	if err != nil {
		return pkg, err
	}
	digest := code.Digest()
	current, policy := suitx.Address(o.Move.Contents[32:]), o.Move.Contents[72]
	var b suitx.Builder
	held := b.Object(o.Ref())
	call := func(function string, args ...suitx.Argument) suitx.Argument {
		return b.Call(suitx.FrameworkAddress(2), "package", function, args...)
	}
	ticket := call("authorize_upgrade", held, b.U8(policy), b.Bytes(digest[:]))
	receipt := b.Command(&suitx.Upgrade{Modules: code.Modules, Dependencies: code.Dependencies, Package: current, Ticket: ticket})
	call("commit_upgrade", held, receipt)
	r, err := p.run(ctx, &b)
	if err != nil {
		return pkg, fmt.Errorf("couldn't upgrade %s: %w", current, err)
	}
	pkg, _ = made(r.Effects)
	return pkg, p.Client.CheckPackage(ctx, pkg, digest)
}

// Freeze deletes the capability: nobody can upgrade the package any more.
func (p *Publisher) Freeze(ctx context.Context, capability suitx.Address) error {
	o, err := p.capability(ctx, capability)
	if err != nil {
		return err
	}
	var b suitx.Builder
	b.Call(suitx.FrameworkAddress(2), "package", "make_immutable", b.Object(o.Ref()))
	if _, err := p.run(ctx, &b); err != nil {
		return fmt.Errorf("couldn't make the package immutable: %w", err)
	}
	return nil
}

// CheckPackage makes sure that the ledger has a package of that digest at an ID.
func (c *Client) CheckPackage(ctx context.Context, id suitx.Address, digest [32]byte) error {
	objects, err := c.Objects(ctx, id)
	if err != nil {
		return err
	}
	if objects[0] == nil || objects[0].Package == nil {
		return fmt.Errorf("package %s: %w", id, ErrNotFound)
	}
	got, err := objects[0].Package.Digest()
	if err != nil {
		return fmt.Errorf("package %s: %w", id, err)
	}
	if got != digest {
		return fmt.Errorf("package %s has the digest %x instead of %x", id, got, digest)
	}
	return nil
}

func (p *Publisher) address() suitx.Address {
	return suitx.AddressOf(p.Key.Public().(ed25519.PublicKey))
}

// capability returns the capability, which must be the publisher's: ID, package
// ID, version u64, policy u8.
func (p *Publisher) capability(ctx context.Context, id suitx.Address) (*suitx.Object, error) {
	objects, err := p.Client.Objects(ctx, id)
	if err != nil {
		return nil, err
	}
	o := objects[0]
	switch {
	case o == nil:
		return nil, fmt.Errorf("upgrade capability %s: %w", id, ErrNotFound)
	case !isCapability(o):
		return nil, fmt.Errorf("object %s isn't a capability to upgrade", id)
	case o.Owner != suitx.Owner{Address: p.address()}:
		return nil, fmt.Errorf("upgrade capability %s isn't %s's, whose key this is", id, p.address())
	}
	return o, nil
}

func isCapability(o *suitx.Object) bool {
	return o != nil && o.Move != nil && len(o.Move.Contents) == 73 &&
		o.Move.Type.Is(suitx.FrameworkAddress(2), "package", "UpgradeCap")
}

// made returns the package and the other objects that a transaction created.
func made(e *suitx.Effects) (pkg suitx.Address, others []suitx.Address) {
	for _, c := range e.ChangedObjects {
		switch {
		case c.Output.Kind == suitx.OutputPackage:
			pkg = c.ID
		case c.IDOperation == suitx.IDCreated && c.Output.Kind == suitx.OutputObject:
			others = append(others, c.ID)
		}
	}
	return pkg, others
}

// mostGas bounds what a simulation is believed, in MIST: the node could name any
// price. leastGas is the least budget for each MIST of the gas price.
const (
	mostGas  = 2_000_000_000
	leastGas = 1000
	gasCoins = 255
)

// run pays for a transaction, signs and executes it; it must succeed.
func (p *Publisher) run(ctx context.Context, b *suitx.Builder) (*Result, error) {
	data, err := b.Build(p.address())
	if err != nil {
		return nil, err
	}
	if err := p.pay(ctx, data); err != nil {
		return nil, err
	}
	tx := data.Marshal()
	r, err := p.Client.Execute(ctx, tx, [][]byte{suitx.SignTransaction(p.Key, tx)})
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrRefused) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("transaction %s may have run or not; look for it before trying again: %w", suitx.TransactionDigest(tx), err)
	}
	return r, failed(r)
}

// pay fills in gas and an end: a transaction that gets lost is over next epoch.
func (p *Publisher) pay(ctx context.Context, data *suitx.TransactionData) error {
	now, err := p.Client.Now(ctx)
	if err != nil {
		return err
	}
	coins, err := p.Client.Coins(ctx, p.address(), suitx.SUI())
	if err != nil {
		return err
	}
	var total uint64
	data.Gas = suitx.GasData{Owner: p.address(), Price: now.GasPrice, Budget: p.Budget}
	for _, c := range coins[:min(len(coins), gasCoins)] {
		data.Gas.Payment = append(data.Gas.Payment, c.Ref)
		total += c.Balance
	}
	data.Expiration = suitx.Expiration{Kind: suitx.ExpirationEpoch, Epoch: now.Epoch + 1}
	if need := max(p.Budget, leastGas*now.GasPrice); total < need {
		return fmt.Errorf("address %s has %d MIST for gas and needs %d: send it SUI first", p.address(), total, need)
	}
	if p.Budget != 0 {
		return nil
	}
	data.Gas.Budget = min(total, mostGas)
	r, err := p.Client.Simulate(ctx, data.Marshal())
	if err == nil && outOfGas(r) && total > mostGas {
		return fmt.Errorf("it costs more than %d MIST, which is the most without a budget that says more", uint64(mostGas))
	}
	if err == nil {
		err = failed(r)
	}
	if err != nil {
		return fmt.Errorf("couldn't find out what it costs: %w", err)
	}
	cost := r.Effects.GasUsed.Computation + r.Effects.GasUsed.Storage
	data.Gas.Budget = min(total, mostGas, max(cost+cost/2, leastGas*now.GasPrice))
	return nil
}

func outOfGas(r *Result) bool {
	f := r.Effects.Status.Failure
	return f != nil && f.Kind == suitx.InsufficientGas
}

// failed returns why a transaction that ran failed.
func failed(r *Result) error {
	f := r.Effects.Status.Failure
	switch {
	case f == nil:
		return nil
	case outOfGas(r):
		return errors.New("what it costs isn't covered by the gas budget")
	case f.Kind == suitx.MoveAbort:
		return fmt.Errorf("transaction %s aborted in module %s with code %d", r.Digest, f.Location.Module, f.AbortCode)
	}
	return fmt.Errorf("transaction %s failed with Sui's failure %d", r.Digest, f.Kind)
}
