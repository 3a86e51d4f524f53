package walrus

import (
	"errors"
	"fmt"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// MaxEpochsAhead is for how many epochs Walrus stores at most.
const MaxEpochsAhead = 53

const (
	unit        = 1 << 20 // bytes of encoded size that a price is for
	encodingRS2 = 1
)

// Price is what registering the blobs costs in FROST: the price of storage for
// every epoch and once that of writing, for every unit of encoded size, as
// Walrus counts.
func Price(blobs []Wanted, com *api.Committee, epochs uint32) (frost uint64) {
	for _, w := range blobs {
		units := (w.Encoded + unit - 1) / unit
		frost += units * (com.StoragePrice*uint64(epochs) + com.WritePrice)
	}
	return frost
}

// Contracts is where Walrus' functions are called.
type Contracts struct {
	System   suitx.Address // the System object …
	SharedAt uint64        // … and the version at which it was shared
	Package  suitx.Address // to call; it may be newer than the types
}

// ReadSystem reads the System object.
//
//	id 32 ‖ version u64 ‖ package ID 32 ‖ …
func ReadSystem(o *suitx.Object) (c Contracts, err error) {
	if o == nil || o.Move == nil || o.Owner.Kind != suitx.SharedOwner {
		return c, errors.New("couldn't read the System object: the ledger has no shared object of that ID")
	}
	r := bcs.NewReader(o.Move.Contents)
	r.Fixed(c.System[:])
	r.U64()
	r.Fixed(c.Package[:])
	if r.Err() != nil {
		return c, fmt.Errorf("couldn't read the System object: %w", r.Err())
	}
	c.SharedAt = o.Owner.Version
	return c, nil
}

// Register adds the commands that reserve space for blobs and register them,
// paid with the WAL coin payment, and give the Blob objects to owner.
func (c Contracts) Register(b *suitx.Builder, owner suitx.Address, blobs []Wanted, payment suitx.Argument, epochs uint32, deletable bool) {
	system := b.Shared(c.System, c.SharedAt, true)
	made := make([]suitx.Argument, len(blobs))
	for i, w := range blobs {
		storage := b.Call(c.Package, "system", "reserve_space", system, b.U64(w.Encoded), b.U32(epochs), payment)
		made[i] = b.Call(c.Package, "system", "register_blob", system, storage, b.U256(w.ID.U256LE()),
			b.U256(w.Root), b.U64(w.Size), b.U8(encodingRS2), b.Bool(deletable), payment)
	}
	b.Transfer(owner, made...)
}

// Made lists the objects that a transaction created and gave to owner.
func Made(e *suitx.Effects, owner suitx.Address) (ids []suitx.Address) {
	for _, c := range e.ChangedObjects {
		if c.IDOperation == suitx.IDCreated && c.Output.Owner == (suitx.Owner{Kind: suitx.AddressOwner, Address: owner}) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// Coins adds up coins into one argument, the first of them; there is one at least.
func Coins(b *suitx.Builder, coins ...suitx.ObjectRef) suitx.Argument {
	first := b.Object(coins[0])
	if len(coins) > 1 {
		merge := &suitx.MergeCoins{Into: first}
		for _, c := range coins[1:] {
			merge.Sources = append(merge.Sources, b.Object(c))
		}
		b.Command(merge)
	}
	return first
}
