package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec/suitx"
	"floe/server/ledger/vm"
)

// latest is which version of an object is the last, and what it is.
type latest struct {
	version uint64
	kind    byte
}

func readLatest(r reader, id suitx.Address) (latest, error) {
	v, err := get(r, key(keyLatest, id[:]))
	if err != nil {
		return latest{}, err
	}
	if len(v) != 9 {
		return latest{}, fmt.Errorf("couldn't read latest version of %s: %d bytes", id, len(v))
	}
	return latest{binary.BigEndian.Uint64(v), v[8]}, nil
}

// readObject returns an object at a version, 0 for the latest. It fails with
// ErrNotFound or *Deleted.
func readObject(r reader, id suitx.Address, version uint64) (*suitx.Object, error) {
	if version == 0 {
		last, err := readLatest(r, id)
		if err != nil {
			return nil, err
		}
		version = last.version
	}
	v, err := get(r, objectKey(id, version))
	if err != nil {
		return nil, err
	}
	if v[0] != kindLive {
		return nil, &Deleted{ID: id, Version: version, Wrapped: v[0] == kindWrapped, By: suitx.Digest(v[1:])}
	}
	o, err := suitx.UnmarshalObject(v[1:])
	if err != nil {
		return nil, fmt.Errorf("object %s in store: %w", id, err)
	}
	return o, nil
}

// state is the objects as a reader sees them, for package vm.
type state struct{ reader }

// Object returns the latest version of an object, or nil if there is none.
func (s state) Object(id suitx.Address) (*suitx.Object, error) {
	o, err := readObject(s.reader, id, 0)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return o, err
}

// write enters an object's new version, after before, which may be nil.
func write(b *pebble.Batch, before, o *suitx.Object) error {
	id := o.ID()
	if err := setVersion(b, id, o.Version(), kindLive, o.Marshal()); err != nil {
		return err
	}
	if before != nil && !sameIndex(before, o) {
		if err := unindex(b, before); err != nil {
			return err
		}
	}
	return index(b, o)
}

// remove enters that an object is gone.
func remove(b *pebble.Batch, before *suitx.Object, r vm.Removal, version uint64, by suitx.Digest) error {
	kind := byte(kindDeleted)
	if r.Wrapped {
		kind = kindWrapped
	}
	if before != nil {
		if err := unindex(b, before); err != nil {
			return err
		}
	}
	return setVersion(b, r.ID, version, kind, by[:])
}

func setVersion(b *pebble.Batch, id suitx.Address, version uint64, kind byte, value []byte) error {
	return errors.Join(
		b.Set(objectKey(id, version), append([]byte{kind}, value...), nil),
		b.Set(key(keyLatest, id[:]), append(bigEndian(version), kind), nil))
}

func sameIndex(a, b *suitx.Object) bool {
	return a.Owner == b.Owner && a.Move != nil && b.Move != nil && a.Move.Type.Equal(b.Move.Type)
}

// indexEntry returns under which key an object is found by its owner.
func indexEntry(o *suitx.Object) (k, v []byte) {
	id := o.ID()
	switch o.Owner.Kind {
	case suitx.AddressOwner:
		if vm.IsCoin(o) {
			v = bigEndian(vm.CoinBalance(o))
		}
		return ownedKey(o.Owner.Address, o.Move.Type, id), v
	case suitx.ObjectOwner:
		return key(keyChild, o.Owner.Address[:], id[:]), nil
	}
	return nil, nil
}

func index(b *pebble.Batch, o *suitx.Object) error {
	k, v := indexEntry(o)
	if k == nil {
		return nil
	}
	return b.Set(k, v, nil)
}

func unindex(b *pebble.Batch, o *suitx.Object) error {
	k, _ := indexEntry(o)
	if k == nil {
		return nil
	}
	return b.Delete(k, nil)
}

// apply enters what a transaction did to objects.
func apply(b *pebble.Batch, out *vm.Outcome) error {
	before := make(map[suitx.Address]*suitx.Object, len(out.Inputs))
	for _, o := range out.Inputs {
		before[o.ID()] = o
	}
	for _, o := range out.Written {
		if err := write(b, before[o.ID()], o); err != nil {
			return fmt.Errorf("couldn't write object %s: %w", o.ID(), err)
		}
	}
	for _, p := range out.Published {
		if err := indexPackage(b, p.Code); err != nil {
			return err
		}
	}
	for _, r := range out.Removed {
		e := out.Effects
		if err := remove(b, before[r.ID], r, e.LamportVersion, e.TransactionDigest); err != nil {
			return fmt.Errorf("couldn't remove object %s: %w", r.ID, err)
		}
	}
	return nil
}
