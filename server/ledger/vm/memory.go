package vm

import (
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// checkMemory follows every value from where it comes from to where it goes:
// used after it moved, borrowed twice with &mut, or left over without drop, the
// transaction fails.
func (m *machine) checkMemory() error {
	c := memory{gone: make(map[location]bool), copied: make(map[location]bool)}
	for i, s := range m.program.steps {
		if err := c.step(s); err != nil {
			return atCommand(err, i)
		}
	}
	if m.tx.Trusting {
		return nil
	}
	for i, s := range m.program.steps {
		for j, t := range s.results {
			at := location{fromResult, i, j}
			if c.gone[at] || c.copied[at] {
				continue
			}
			if a, err := m.env.Packages.Abilities(t); err != nil || !a.Has(move.Drop) {
				return &failure{Kind: suitx.UnusedValueWithoutDrop, First: uint16(i), Second: uint16(j)}
			}
		}
	}
	return nil
}

// memory is which values are gone, and which were last used as a copy, which
// may then be the value itself.
type memory struct {
	gone, copied map[location]bool
}

func (c *memory) step(s step) error {
	borrowed := make(map[location]mode)
	var conflict error
	for _, u := range s.args {
		held, isBorrowed := borrowed[u.at]
		if u.mode == byMove && isBorrowed {
			return badArgument(u.arg, suitx.CannotMoveBorrowedValue)
		}
		if c.gone[u.at] {
			return badArgument(u.arg, suitx.ArgumentWithoutValue)
		}
		c.copied[u.at] = u.mode == byCopy
		switch u.mode {
		case byMove:
			c.gone[u.at] = true
		case byRef, byMut:
			if isBorrowed && (held == byMut || u.mode == byMut) && conflict == nil {
				conflict = badArgument(mutableOf(s, u.at), suitx.InvalidReferenceArgument)
			}
			borrowed[u.at] = max(held, u.mode)
		}
	}
	return conflict
}

// mutableOf returns the first argument that borrows a place by &mut.
func mutableOf(s step, at location) int {
	for _, u := range s.args {
		if u.at == at && u.mode == byMut {
			return u.arg
		}
	}
	return 0
}
