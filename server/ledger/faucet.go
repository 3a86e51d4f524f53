package ledger

import (
	"context"
	"crypto/ed25519"
	"fmt"

	"floe/codec/suitx"
)

// What the faucet gives: enough to store some hundred gibibytes for an epoch.
const (
	giftSUI = 100_000_000_000
	giftWAL = 500_000_000_000
)

// Faucet gives an address SUI and WAL by a transaction of the treasury's.
func (l *Ledger) Faucet(ctx context.Context, to suitx.Address) (*Gift, error) {
	var slot int
	select {
	case slot = <-l.faucet: // its coins are ours until we put it back
	case <-ctx.Done():
		return nil, fmt.Errorf("couldn't get at the faucet: %w", ctx.Err())
	}
	defer func() { l.faucet <- slot }()
	gas, err := l.Object(l.world.TreasuryCoin(suitx.SUI(), slot), 0)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the treasury's SUI: %w", err)
	}
	wal, err := l.Object(l.world.TreasuryCoin(l.world.WAL(), slot), 0)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the treasury's WAL: %w", err)
	}
	var b suitx.Builder
	b.Transfer(to, b.Split(suitx.GasCoin, giftSUI), b.Split(b.Object(wal.Ref()), giftWAL))
	q, err := l.fromTreasury(&b, gas.Ref())
	if err != nil {
		return nil, err
	}
	e, err := l.submit(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("couldn't give: %w", err)
	}
	if f := e.Effects.Status.Failure; f != nil {
		return nil, fmt.Errorf("couldn't give: failure %d, abort code %d", f.Kind, f.AbortCode)
	}
	return &Gift{Digest: e.Digest, SUI: giftSUI, WAL: giftWAL}, nil
}

// treasuryBudget is what the treasury pays at most for one transaction.
const treasuryBudget = maxBudget

// fromTreasury signs what b holds for the treasury.
func (l *Ledger) fromTreasury(b *suitx.Builder, gas suitx.ObjectRef) (*request, error) {
	data, err := b.Build(l.treasury)
	if err != nil {
		return nil, err
	}
	data.Gas = suitx.GasData{Payment: []suitx.ObjectRef{gas}, Owner: l.treasury, Price: referencePrice, Budget: treasuryBudget}
	tx := data.Marshal()
	return &request{tx: tx, sigs: [][]byte{suitx.SignTransaction(l.treasuryKey, tx)}, data: data,
		digest: suitx.TransactionDigest(tx), done: make(chan struct{})}, nil
}

func addressOf(k ed25519.PrivateKey) suitx.Address {
	return suitx.AddressOf(k.Public().(ed25519.PublicKey))
}
