package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// Object returns an object at a version, 0 for the latest. It fails with
// ErrNotFound if there is none, and with a *Deleted, which is an ErrNotFound,
// if it is gone at that version.
func (l *Ledger) Object(id suitx.Address, version uint64) (*suitx.Object, error) {
	r, err := l.view()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readObject(r, id, version)
}

// Owned lists an address's objects ordered by type and ID, after the cursor. A
// nil filter takes all; one without type arguments takes any type arguments.
// next is nil at the end.
func (l *Ledger) Owned(owner suitx.Address, filter *suitx.StructTag, after []byte, limit int) (page []OwnedObject, next []byte, err error) {
	r, err := l.view()
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	prefix := key(keyOwned, owner[:])
	from := prefix
	if filter != nil {
		from = append(append([]byte{}, prefix...), filter.String()...)
	}
	if after != nil && !bytes.HasPrefix(after, from) {
		return nil, nil, fmt.Errorf("%w: cursor of another listing", ErrNotFound)
	}
	err = scan(r, from, after, func(k, v []byte) (bool, error) {
		if filter != nil && !endsType(k[len(from):]) {
			return true, nil // a longer name that begins alike
		}
		if len(page) == limit {
			next = append([]byte{}, last(page, owner)...)
			return false, nil
		}
		o, err := ownedEntry(r, k, v)
		page = append(page, o)
		return true, err
	})
	return page, next, err
}

// endsType says whether a type's name ends where rest begins: before its type
// arguments, or before the 0 that ends it.
func endsType(rest []byte) bool { return len(rest) > 0 && (rest[0] == 0 || rest[0] == '<') }

func last(page []OwnedObject, owner suitx.Address) []byte {
	o := page[len(page)-1]
	return ownedKey(owner, o.Type, o.Ref.ID)
}

func ownedEntry(r reader, k, v []byte) (OwnedObject, error) {
	id := suitx.Address(k[len(k)-32:])
	o, err := readObject(r, id, 0)
	if err != nil {
		return OwnedObject{}, fmt.Errorf("owned object %s: %w", id, err)
	}
	entry := OwnedObject{Ref: o.Ref(), Type: o.Move.Type}
	if len(v) == 8 {
		balance := binary.BigEndian.Uint64(v)
		entry.Balance = &balance
	}
	return entry, nil
}

// DynamicFields lists the objects that parent owns, by ID, after the cursor:
// its dynamic fields, of type 0x2::dynamic_field::Field. next is nil at the end.
func (l *Ledger) DynamicFields(parent suitx.Address, after []byte, limit int) (page []*suitx.Object, next []byte, err error) {
	r, err := l.view()
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	prefix := key(keyChild, parent[:])
	if after != nil && !bytes.HasPrefix(after, prefix) {
		return nil, nil, fmt.Errorf("%w: cursor of another listing", ErrNotFound)
	}
	err = scan(r, prefix, after, func(k, v []byte) (bool, error) {
		if len(page) == limit {
			id := page[limit-1].ID()
			next = key(keyChild, parent[:], id[:])
			return false, nil
		}
		id := suitx.Address(k[len(prefix):])
		o, err := readObject(r, id, 0)
		if err != nil {
			return false, fmt.Errorf("dynamic field %s: %w", id, err)
		}
		page = append(page, o)
		return true, nil
	})
	return page, next, err
}

// Balance returns what an address owns of a coin.
func (l *Ledger) Balance(owner suitx.Address, coin suitx.TypeTag) (Balance, error) {
	b := Balance{CoinType: coin}
	r, err := l.view()
	if err != nil {
		return b, err
	}
	defer r.Close()
	prefix := key(keyOwned, owner[:], []byte(suitx.CoinOf(coin).String()), []byte{0})
	err = scan(r, prefix, nil, func(_, v []byte) (bool, error) {
		b.Total += binary.BigEndian.Uint64(v)
		b.Coins++
		return true, nil
	})
	return b, err
}

// Balances returns what an address owns of every coin, ordered by type.
func (l *Ledger) Balances(owner suitx.Address) (all []Balance, err error) {
	r, err := l.view()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	start := key(keyOwned, owner[:])
	coins := suitx.StructTag{Address: suitx.FrameworkAddress(2), Module: "coin", Name: "Coin"}
	var name []byte
	err = scan(r, append(append([]byte{}, start...), coins.String()+"<"...), nil, func(k, v []byte) (bool, error) {
		typ := k[len(start) : len(k)-33]
		if !bytes.Equal(typ, name) {
			name = append([]byte{}, typ...)
			t, err := suitx.ParseStructTag(string(typ))
			if err != nil {
				return false, err
			}
			all = append(all, Balance{CoinType: t.Params[0]})
		}
		b := &all[len(all)-1]
		b.Total += binary.BigEndian.Uint64(v)
		b.Coins++
		return true, nil
	})
	return all, err
}

// Transaction returns an executed transaction, or ErrNotFound.
func (l *Ledger) Transaction(digest suitx.Digest) (*Executed, error) {
	r, err := l.view()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	e, err := readTransaction(r, digest)
	if err != nil {
		return nil, err
	}
	return e, e.loadObjects(r)
}

// Outcome returns an executed transaction without the objects that it read and
// wrote, or ErrNotFound.
func (l *Ledger) Outcome(digest suitx.Digest) (*Executed, error) {
	r, err := l.view()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readTransaction(r, digest)
}

// Checkpoint returns the checkpoint of that sequence number, or ErrNotFound.
func (l *Ledger) Checkpoint(sequence uint64) (*Checkpoint, error) {
	r, err := l.view()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readCheckpoint(r, sequence)
}

// CheckpointByDigest returns the checkpoint of that digest, or ErrNotFound.
func (l *Ledger) CheckpointByDigest(d suitx.Digest) (*Checkpoint, error) {
	r, err := l.view()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	sequence, err := sequenceOf(r, d)
	if err != nil {
		return nil, err
	}
	return readCheckpoint(r, sequence)
}

// LatestCheckpoint returns the last checkpoint; there is always one.
func (l *Ledger) LatestCheckpoint() (*Checkpoint, error) {
	return l.Checkpoint(l.snapshot().next - 1)
}

// Tip says where the ledger stands, at no cost: its last checkpoint, its epoch
// and its time.
func (l *Ledger) Tip() (checkpoint, epoch uint64, at time.Time) {
	h := l.snapshot()
	return h.next - 1, h.epoch, fromMS(h.timeMS)
}

// Function returns the declaration of a Move function, or ErrNotFound.
func (l *Ledger) Function(pkg suitx.Address, module, name string) (*move.Function, error) {
	if f := l.packages.Load().Function(pkg, module, name); f != nil {
		return f, nil
	}
	return nil, fmt.Errorf("function %s::%s::%s: %w", pkg, module, name, ErrNotFound)
}

// Package returns a Move package's declarations, or ErrNotFound.
func (l *Ledger) Package(id suitx.Address) (*move.Package, error) {
	if p := l.packages.Load().Package(id); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("package %s: %w", id, ErrNotFound)
}

// Packages returns all Move packages' declarations as they are now.
func (l *Ledger) Packages() *move.Packages { return l.packages.Load() }

// Epoch returns a Sui epoch, or ErrNotFound.
func (l *Ledger) Epoch(epoch uint64) (*Epoch, error) {
	r, err := l.view()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readEpoch(r, epoch)
}

// CurrentEpoch returns the current Sui epoch.
func (l *Ledger) CurrentEpoch() (*Epoch, error) { return l.Epoch(l.snapshot().epoch) }

// ChainID is the digest of the first checkpoint.
func (l *Ledger) ChainID() suitx.Digest { return l.chain }

// ReferenceGasPrice is in MIST per unit of computation.
func (l *Ledger) ReferenceGasPrice() uint64 { return referencePrice }
