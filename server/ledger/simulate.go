package ledger

import (
	"context"

	"floe/codec/suitx"
)

// Simulate runs a transaction without signatures and changes nothing. With an
// empty gas payment it pays from a coin that doesn't exist, which effects then
// name; a budget of 0 is then as high as budgets go, a price of 0 the
// reference price.
func (l *Ledger) Simulate(ctx context.Context, data *suitx.TransactionData, opts SimulateOptions) (*Executed, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if r := checkLimits(data); r != nil {
		return nil, r
	}
	copied := *data
	if len(data.Gas.Payment) == 0 {
		fillGas(&copied.Gas, data.Sender)
		if r := checkMostGas(copied.Gas); r != nil {
			return nil, r
		}
	} else if r := checkGas(data.Gas); r != nil {
		return nil, r
	}
	v, err := l.view()
	if err != nil {
		return nil, err
	}
	defer v.Close()
	h, packages := l.snapshot(), l.packages.Load()
	digest := copied.Digest()
	timeMS := max(toMS(l.clock()), h.timeMS)
	a := &admission{l: l, r: v, packages: packages, head: &h, data: &copied, digest: digest, anyOwner: opts.SkipChecks, unpaid: true}
	tx, err := a.admit(timeMS)
	if err != nil {
		return nil, err
	}
	if len(tx.Gas) == 0 {
		tx.Gas = []*suitx.Object{simulatedCoin(copied.Gas.Owner, digest)}
	}
	tx.Trusting, tx.Trace = opts.SkipChecks, true
	out, err := l.runVM(v, packages, &h, *tx)
	if err != nil {
		return nil, err
	}
	e := executed(out)
	e.Transaction, e.Time = copied.Marshal(), fromMS(timeMS)
	return e, nil
}

func fillGas(g *suitx.GasData, sender suitx.Address) {
	if g.Owner.IsZero() {
		g.Owner = sender
	}
	if g.Price == 0 {
		g.Price = referencePrice
	}
	if g.Budget == 0 {
		g.Budget = maxBudget
	}
}

// simulatedCoin is a coin that pays for a simulation.
func simulatedCoin(owner suitx.Address, digest suitx.Digest) *suitx.Object {
	id := suitx.DerivedObjectID(digest, ^uint64(0))
	var balance [8]byte
	balance[7] = maxSimulateCoin >> 56
	return &suitx.Object{Owner: suitx.Owner{Address: owner}, Move: &suitx.MoveObject{
		Type: suitx.CoinOf(suitx.SUI()), HasPublicTransfer: true, Version: 1,
		Contents: append(id[:], balance[:]...)}}
}
