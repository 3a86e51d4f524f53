package move

import (
	"errors"
	"fmt"
	"slices"

	"floe/codec/suitx"
)

// Twin is Go code that runs as any package of one bytecode.
type Twin struct {
	Name         string   // of the package, for people
	Modules      [][]byte // as compiled: at address 0
	Dependencies []suitx.Address
	// Declare declares a package's modules. Its types are those of first, which
	// is the package itself unless that is an upgrade.
	Declare func(p, first *Package)
}

// Digest is Sui's digest of the bytecode.
func (t *Twin) Digest() [32]byte { return suitx.PackageDigest(t.Modules, t.Dependencies) }

// Package returns the first version of a package that t runs as.
func (t *Twin) Package(id suitx.Address) *Package {
	p := &Package{ID: id, Original: id, Version: 1, Name: t.Name, Twin: t}
	t.Declare(p, p)
	return p
}

// Upgrade returns the next version of a package that t runs as, too: its
// functions work on the types of the first.
func (t *Twin) Upgrade(id suitx.Address, version uint64, first *Package) *Package {
	p := &Package{ID: id, Original: first.ID, Version: version, Name: t.Name, Twin: t}
	t.Declare(p, first)
	return p
}

// Object returns a package as it is on the ledger, with its bytecode if it has any.
func (p *Package) Object(linkage []suitx.Link) (*suitx.MovePackage, error) {
	o := &suitx.MovePackage{ID: p.ID, Version: p.Version, Linkage: linkage}
	for _, m := range p.Modules {
		for _, s := range m.Structs {
			o.TypeOrigins = append(o.TypeOrigins, suitx.TypeOrigin{Module: m.Name, Type: s.Name, Package: s.Module.Package})
		}
	}
	if p.Twin == nil {
		return o, nil
	}
	for _, code := range p.Twin.Modules {
		_, name, err := suitx.ModuleID(code)
		if err == nil {
			code, err = suitx.Rebase(code, p.Original)
		}
		if err != nil {
			return nil, fmt.Errorf("bytecode of %s: %w", p.Name, err)
		}
		o.Modules = append(o.Modules, suitx.Module{Name: name, Code: code})
	}
	slices.SortFunc(o.Modules, func(a, b suitx.Module) int {
		if len(a.Name) != len(b.Name) {
			return len(a.Name) - len(b.Name)
		}
		return slices.Compare([]byte(a.Name), []byte(b.Name))
	})
	return o, nil
}

// ErrNotAtZero says that modules have an address already: the compiler leaves it 0.
var ErrNotAtZero = errors.New("modules aren't at address 0")

// NoTwin says that bytecode is of a package that no Go code runs as.
type NoTwin struct{ Digest [32]byte }

func (e *NoTwin) Error() string { return fmt.Sprintf("no twin for the package of digest %x", e.Digest) }

// TwinFor returns the code for modules as they would be published. It fails with
// a *NoTwin, or, as Sui would, with suitx.ErrNotBytecode or ErrNotAtZero.
func (p *Packages) TwinFor(modules [][]byte, dependencies []suitx.Address) (*Twin, error) {
	var compiled [][]byte
	for _, m := range modules {
		code, err := suitx.Rebase(m, suitx.Address{})
		if err != nil {
			return nil, err
		}
		compiled = append(compiled, code)
	}
	digest := suitx.PackageDigest(modules, dependencies)
	if t := p.TwinOf(digest); t != nil {
		return t, nil
	}
	if p.TwinOf(suitx.PackageDigest(compiled, dependencies)) != nil {
		return nil, ErrNotAtZero
	}
	return nil, &NoTwin{digest}
}

// TwinOf returns the code for a digest, or nil.
func (p *Packages) TwinOf(digest [32]byte) *Twin { return p.twins[digest] }
