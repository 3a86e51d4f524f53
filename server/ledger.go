package server

import (
	"context"
	"errors"

	"floe/codec/suitx"
	"floe/server/api"
)

// What callers of a [Ledger], a [Chain] or [Nodes] branch on.
var (
	// ErrConflict says that an input of a transaction has another version by
	// now, or is locked by another transaction. This one didn't run.
	ErrConflict = errors.New("an input moved on")
	// ErrRefused says that a transaction is invalid. It didn't run and never will.
	ErrRefused = errors.New("transaction refused")
	// ErrNotFound says that nothing is known under an ID.
	ErrNotFound = errors.New("not found")
	// ErrPruned says that something was there once, and that the full node no
	// longer holds it.
	ErrPruned = errors.New("pruned")
	// ErrTooFewNodes says that no quorum of the storage nodes answers.
	ErrTooFewNodes = errors.New("too few storage nodes")
)

// Ledger runs transactions on Sui. All methods may be called at once.
type Ledger interface {
	// Execute hands in a transaction with all its signatures and returns when
	// its effects are final and durable. Handing in the same transaction again
	// returns the same effects. A Move abort isn't an error but a status in the
	// effects. ErrConflict and ErrRefused mean that nothing ran; after any other
	// error the outcome is open.
	Execute(ctx context.Context, tx []byte, signatures [][]byte) (*Result, error)
	// Simulate tells what Execute would do now, without signatures. Inputs that
	// moved on are ErrConflict here, too.
	Simulate(ctx context.Context, tx []byte) (*Result, error)
	// Transaction returns what an executed transaction did, or ErrNotFound.
	Transaction(ctx context.Context, digest suitx.Digest) (*Result, error)
	// Objects returns the last versions of objects, in the order asked; nil
	// where there is none.
	Objects(ctx context.Context, ids ...suitx.Address) ([]*suitx.Object, error)
}

// Chain reads what Sui holds. What it returns is at least as new as every
// transaction that a [Ledger] on the same network has answered before the call.
// All methods may be called at once.
type Chain interface {
	Now(ctx context.Context) (Moment, error)
	// Committee returns the storage nodes of the current epoch in their order,
	// and the prices.
	Committee(ctx context.Context) (*api.Committee, error)
	// Owned returns all objects of that type and owner; of coins, some thousands.
	Owned(ctx context.Context, owner suitx.Address, typ suitx.StructTag) ([]*suitx.Object, error)
	// Parcel returns all that is known of a parcel, or ErrNotFound; ErrPruned where
	// its history is known no longer.
	Parcel(ctx context.Context, id suitx.Address) (*api.Parcel, error)
}

// Result is what a transaction did, or would do.
type Result struct {
	Digest  suitx.Digest
	Effects *suitx.Effects
	Raw     []byte // BCS of Effects
}

// Moment is what a transaction must know of the present.
type Moment struct {
	ChainID  string // base58 of the genesis checkpoint's digest
	Epoch    uint64 // Sui's, not Walrus'
	GasPrice uint64 // MIST per unit of gas
}
