package ledger

import (
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// storeAbility lets anyone transfer an object.
const storeAbility = move.Store

// packageObject returns a package as an object. It says which types there are;
// it has no bytecode, for its code is Go.
func packageObject(p *move.Package) *suitx.MovePackage {
	o := &suitx.MovePackage{ID: p.ID, Version: 1}
	for _, m := range p.Modules {
		for _, s := range m.Structs {
			o.TypeOrigins = append(o.TypeOrigins, suitx.TypeOrigin{Module: m.Name, Type: s.Name, Package: p.ID})
		}
	}
	return o
}
