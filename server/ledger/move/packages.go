package move

import "floe/codec/suitx"

// Packages are all packages of a ledger.
type Packages struct {
	byID map[suitx.Address]*Package
	all  []*Package
}

// NewPackages collects packages; their IDs differ.
func NewPackages(all ...*Package) *Packages {
	p := &Packages{byID: make(map[suitx.Address]*Package), all: all}
	for _, pkg := range all {
		p.byID[pkg.ID] = pkg
	}
	return p
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

// Struct returns a declaration, or nil.
func (p *Packages) Struct(id suitx.Address, module, name string) *Struct {
	if m := p.module(id, module); m != nil {
		return m.FindStruct(name)
	}
	return nil
}

func (p *Packages) module(id suitx.Address, name string) *Module {
	if pkg := p.byID[id]; pkg != nil {
		return pkg.Find(name)
	}
	return nil
}
