package daemon

import (
	"context"

	"floe/codec/suitx"
)

// Payer runs transactions that it signs and pays for itself, with coins that no
// two transactions use at once. All methods may be called at once.
type Payer interface {
	// Address is who pays, and owns what isn't given away.
	Address() suitx.Address
	// Pay runs one transaction. build is called with a WAL coin that holds
	// cost.WAL at least, if that isn't 0, and again when a coin moved on. An
	// error says that it didn't run or failed; ErrRefused, that it never will.
	Pay(ctx context.Context, cost Cost, build func(b *suitx.Builder, wal suitx.Argument)) (*suitx.Effects, error)
}

// Cost is what a transaction of the publisher's takes of its payer's means.
type Cost struct {
	WAL   uint64 // FROST
	Bytes uint64 // encoded, which the nodes will hold …
	Until uint32 // … up to that epoch
}
