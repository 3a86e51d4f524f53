package suitx

import (
	"bytes"

	"floe/codec/bcs"
)

// MovePackage is published code. Modules and Linkage stand in the order of
// their keys' BCS, as maps do: strings by length, then by bytes.
type MovePackage struct {
	ID          Address
	Version     uint64
	Modules     []Module
	TypeOrigins []TypeOrigin
	Linkage     []Link
}

// Module is a module's bytecode.
type Module struct {
	Name string
	Code []byte
}

// TypeOrigin says which version of the package defined a type first.
type TypeOrigin struct {
	Module, Type string
	Package      Address
}

// Link says which version of a dependency the package runs with.
type Link struct {
	Original Address
	Upgraded Address
	Version  uint64
}

func writePackage(w *bcs.Writer, p *MovePackage) {
	writeAddress(w, p.ID)
	w.U64(p.Version)
	bcs.WriteSeq(w, p.Modules, func(w *bcs.Writer, m Module) {
		w.String(m.Name)
		w.Bytes(m.Code)
	})
	bcs.WriteSeq(w, p.TypeOrigins, func(w *bcs.Writer, t TypeOrigin) {
		w.String(t.Module)
		w.String(t.Type)
		writeAddress(w, t.Package)
	})
	bcs.WriteSeq(w, p.Linkage, func(w *bcs.Writer, l Link) {
		writeAddress(w, l.Original)
		writeAddress(w, l.Upgraded)
		w.U64(l.Version)
	})
}

func readPackage(r *bcs.Reader) *MovePackage {
	p := &MovePackage{ID: readAddress(r), Version: r.U64()}
	p.Modules = bcs.ReadSeq(r, 2, func(r *bcs.Reader) Module { return Module{r.String(), r.Bytes()} })
	p.TypeOrigins = bcs.ReadSeq(r, 34, func(r *bcs.Reader) TypeOrigin {
		return TypeOrigin{r.String(), r.String(), readAddress(r)}
	})
	p.Linkage = bcs.ReadSeq(r, 72, func(r *bcs.Reader) Link {
		return Link{readAddress(r), readAddress(r), r.U64()}
	})
	for i := 1; i < len(p.Modules); i++ {
		a, b := p.Modules[i-1].Name, p.Modules[i].Name
		if len(a) > len(b) || len(a) == len(b) && a >= b {
			r.Fail("modules aren't in order")
		}
	}
	for i := 1; i < len(p.Linkage); i++ {
		if bytes.Compare(p.Linkage[i-1].Original[:], p.Linkage[i].Original[:]) >= 0 {
			r.Fail("links aren't in order")
		}
	}
	return p
}
