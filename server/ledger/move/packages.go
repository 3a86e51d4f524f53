package move

import (
	"maps"

	"floe/codec/suitx"
)

// Packages are all packages of a ledger at one time. They never change: what is
// published makes others, see With.
type Packages struct {
	byID  map[suitx.Address]*Package
	all   []*Package
	twins map[[32]byte]*Twin // by digest
}

// NewPackages collects packages; their IDs differ. Those with a twin make it
// known for others.
func NewPackages(all ...*Package) *Packages {
	p := &Packages{byID: make(map[suitx.Address]*Package), all: all, twins: make(map[[32]byte]*Twin)}
	for _, pkg := range all {
		if pkg.Version == 0 {
			pkg.Original, pkg.Version = pkg.ID, 1
		}
		if pkg.Twin != nil {
			p.twins[pkg.Twin.Digest()] = pkg.Twin
		}
		p.byID[pkg.ID] = pkg
	}
	return p
}

// With returns these packages and more, whose twins are known.
func (p *Packages) With(more ...*Package) *Packages {
	if len(more) == 0 {
		return p
	}
	q := &Packages{byID: maps.Clone(p.byID), all: append(p.all[:len(p.all):len(p.all)], more...), twins: p.twins}
	for _, pkg := range more {
		q.byID[pkg.ID] = pkg
	}
	return q
}

// All returns the packages in the order in which they were given.
func (p *Packages) All() []*Package { return p.all }

// Package returns a package, or nil.
func (p *Packages) Package(id suitx.Address) *Package { return p.byID[id] }

// Function returns a function, or nil.
func (p *Packages) Function(id suitx.Address, module, name string) *Function {
	if m := p.module(id, module); m != nil {
		return m.FindFunc(name)
	}
	return nil
}

// Struct returns a declaration, or nil. Every version of a package has the
// types of those before.
func (p *Packages) Struct(id suitx.Address, module, name string) *Struct {
	if m := p.module(id, module); m != nil {
		return m.FindStruct(name)
	}
	return nil
}

// Defining names a type by the packages that defined it and its arguments
// first, which is how objects name it. Types that don't exist stay as they are.
func (p *Packages) Defining(t suitx.TypeTag) suitx.TypeTag {
	switch t.Kind {
	case suitx.TypeVector:
		return suitx.VectorOf(p.Defining(*t.Elem))
	case suitx.TypeStruct:
		named := *t.Struct
		if s := p.Struct(named.Address, named.Module, named.Name); s != nil {
			named.Address = s.Module.Package
		}
		named.Params = make([]suitx.TypeTag, len(t.Struct.Params))
		for i, param := range t.Struct.Params {
			named.Params[i] = p.Defining(param)
		}
		return named.Tag()
	}
	return t
}

func (p *Packages) module(id suitx.Address, name string) *Module {
	if pkg := p.byID[id]; pkg != nil {
		return pkg.Find(name)
	}
	return nil
}
