package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// storeAbility lets anyone transfer an object.
const storeAbility = move.Store

// firstPackage returns a package of the first checkpoint as an object. It says
// which types there are, and has bytecode if ours is what runs as its twin:
// Floe's. Ledgers that began before bytecode was kept have none there either.
func firstPackage(p *move.Package) (*suitx.MovePackage, error) {
	var links []suitx.Link
	if p.Twin != nil {
		for _, id := range p.Twin.Dependencies { // ascending
			links = append(links, suitx.Link{Original: id, Upgraded: id, Version: 1})
		}
	}
	return p.Object(links)
}

// PackageVersion is one version of a package.
type PackageVersion struct {
	ID      suitx.Address
	Version uint64
}

// PackageVersions returns all versions of the package one of whose versions id
// is, the first first, or ErrNotFound.
func (l *Ledger) PackageVersions(id suitx.Address) (all []PackageVersion, err error) {
	p, err := l.Package(id)
	if err != nil {
		return nil, err
	}
	r, err := l.view()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	err = scanPackages(r, p.Original[:], func(v PackageVersion, _ suitx.Address) error {
		all = append(all, v)
		return nil
	})
	if len(all) == 0 { // of the first checkpoint
		all = []PackageVersion{{p.ID, p.Version}}
	}
	return all, err
}

func indexPackage(b *pebble.Batch, p *move.Package) error {
	return b.Set(key(keyPackage, p.Original[:], bigEndian(p.Version)), p.ID[:], nil)
}

// scanPackages visits the published packages whose original ID begins with
// prefix, each package's versions in order.
func scanPackages(r reader, prefix []byte, visit func(v PackageVersion, original suitx.Address) error) error {
	return scan(r, key(keyPackage, prefix), nil, func(k, v []byte) (bool, error) {
		if len(k) != 1+32+8 || len(v) != 32 {
			return false, errors.New("couldn't read the index of packages")
		}
		return true, visit(PackageVersion{suitx.Address(v), binary.BigEndian.Uint64(k[33:])}, suitx.Address(k[1:33]))
	})
}

// loadPackages finds what was published and the twins that run it. A twin is
// found by the bytecode: it must still be there.
func (l *Ledger) loadPackages() error {
	byID := make(map[suitx.Address]*move.Package)
	var all []*move.Package
	err := scanPackages(l.db, nil, func(v PackageVersion, original suitx.Address) error {
		t, err := l.storedTwin(v.ID)
		if err != nil {
			return fmt.Errorf("couldn't load package %s: %w", v.ID, err)
		}
		p := t.Package(v.ID)
		if first := byID[original]; first != nil {
			p = t.Upgrade(v.ID, v.Version, first)
		}
		byID[v.ID] = p
		all = append(all, p)
		return nil
	})
	l.packages.Store(l.world.Packages.With(all...))
	return err
}

func (l *Ledger) storedTwin(id suitx.Address) (*move.Twin, error) {
	o, err := readObject(l.db, id, 0)
	if err != nil {
		return nil, err
	}
	if o.Package == nil {
		return nil, errors.New("it isn't a package")
	}
	digest, err := o.Package.Digest()
	if err != nil {
		return nil, err
	}
	t := l.world.Packages.TwinOf(digest)
	if t == nil {
		return nil, &move.NoTwin{Digest: digest}
	}
	return t, nil
}
