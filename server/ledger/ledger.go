package ledger

import (
	"context"
	"errors"
	"iter"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

var errNotYet = errors.New("not there yet")

// Ledger is an open ledger; its methods may be called concurrently.
type Ledger struct{}

// Open opens the ledger in cfg.Dir, or begins one there.
func Open(cfg Config) (*Ledger, error) { return nil, errNotYet }

// Close waits for what is under way and closes the store.
func (l *Ledger) Close() error { return errNotYet }

// Execute runs a signed transaction. When it returns without an error the
// transaction is durable, even if it failed (see Effects.Status). The same
// transaction again gives the same answer. Errors are *Refusal: nothing happened.
func (l *Ledger) Execute(ctx context.Context, tx []byte, sigs [][]byte) (*Executed, error) {
	return nil, errNotYet
}

// Simulate runs a transaction without signatures and changes nothing. With an
// empty gas payment it pays from a coin that doesn't exist.
func (l *Ledger) Simulate(ctx context.Context, data *suitx.TransactionData, opts SimulateOptions) (*Executed, error) {
	return nil, errNotYet
}

// Object returns an object at a version, 0 for the latest. It fails with
// ErrNotFound if there is none, and with a *Deleted if the latest is gone.
func (l *Ledger) Object(id suitx.Address, version uint64) (*suitx.Object, error) {
	return nil, errNotYet
}

// Owned lists an address's objects ordered by type and ID, after the cursor. A
// nil filter takes all; one without type arguments takes any type arguments.
func (l *Ledger) Owned(owner suitx.Address, filter *suitx.StructTag, after []byte, limit int) (page []OwnedObject, next []byte, err error) {
	return nil, nil, errNotYet
}

// DynamicFields lists an object's dynamic fields, after the cursor.
func (l *Ledger) DynamicFields(parent suitx.Address, after []byte, limit int) (page []*suitx.Object, next []byte, err error) {
	return nil, nil, errNotYet
}

// Balance returns what an address owns of a coin.
func (l *Ledger) Balance(owner suitx.Address, coin suitx.TypeTag) (Balance, error) {
	return Balance{}, errNotYet
}

// Balances returns what an address owns of every coin.
func (l *Ledger) Balances(owner suitx.Address) ([]Balance, error) { return nil, errNotYet }

// Transaction returns an executed transaction, or ErrNotFound.
func (l *Ledger) Transaction(digest suitx.Digest) (*Executed, error) { return nil, errNotYet }

// Checkpoint returns the checkpoint of that sequence number, or ErrNotFound.
func (l *Ledger) Checkpoint(sequence uint64) (*Checkpoint, error) { return nil, errNotYet }

// CheckpointByDigest returns the checkpoint of that digest, or ErrNotFound.
func (l *Ledger) CheckpointByDigest(d suitx.Digest) (*Checkpoint, error) { return nil, errNotYet }

// LatestCheckpoint returns the last checkpoint.
func (l *Ledger) LatestCheckpoint() (*Checkpoint, error) { return nil, errNotYet }

// Subscribe yields every checkpoint from that sequence number on, those that
// are there at once, later ones as they come. It ends with ctx's error.
func (l *Ledger) Subscribe(ctx context.Context, from uint64) iter.Seq2[*Checkpoint, error] {
	return func(yield func(*Checkpoint, error) bool) { yield(nil, errNotYet) }
}

// Faucet gives an address SUI and WAL from the treasury.
func (l *Ledger) Faucet(ctx context.Context, to suitx.Address) (*Gift, error) { return nil, errNotYet }

// Function returns the declaration of a Move function, or ErrNotFound.
func (l *Ledger) Function(pkg suitx.Address, module, name string) (*move.Function, error) {
	return nil, errNotYet
}

// Package returns a Move package's declarations, or ErrNotFound.
func (l *Ledger) Package(id suitx.Address) (*move.Package, error) { return nil, errNotYet }

// Packages returns all Move packages' declarations.
func (l *Ledger) Packages() *move.Packages { return nil }

// Epoch returns a Sui epoch, or ErrNotFound.
func (l *Ledger) Epoch(epoch uint64) (*Epoch, error) { return nil, errNotYet }

// CurrentEpoch returns the current Sui epoch.
func (l *Ledger) CurrentEpoch() (*Epoch, error) { return nil, errNotYet }

// ChainID is the digest of the first checkpoint.
func (l *Ledger) ChainID() suitx.Digest { return suitx.Digest{} }

// ReferenceGasPrice is in MIST per unit of computation.
func (l *Ledger) ReferenceGasPrice() uint64 { return 1000 }
