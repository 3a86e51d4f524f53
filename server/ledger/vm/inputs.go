package vm

import (
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// checkInputs checks pure bytes against the types they are used as, and that
// input objects and the gas coin are used as they may.
func (m *machine) checkInputs() error {
	for _, p := range m.program.pures {
		if err := m.checkPure(p); err != nil {
			return atCommand(err, p.command)
		}
	}
	for i, s := range m.program.steps {
		for _, u := range s.args {
			if err := m.checkObjectUse(u); err != nil {
				return atCommand(err, i)
			}
			_, transfer := s.command.(*suitx.TransferObjects)
			if u.at.source == fromGas && u.mode == byMove && !transfer {
				return atCommand(badArgument(u.arg, suitx.InvalidGasCoinUsage), i)
			}
		}
	}
	return nil
}

func (m *machine) checkPure(p pure) error {
	if p.receiving {
		return nil
	}
	if !m.tx.Trusting && !move.IsPure(p.typ) {
		return badArgument(p.arg, suitx.InvalidUsageOfPureArg)
	}
	if m.env.Packages.Check(p.typ, p.bytes) != nil {
		return badArgument(p.arg, suitx.InvalidBCSBytes)
	}
	return nil
}

func (m *machine) checkObjectUse(u use) error {
	if u.at.source != fromInput || m.mutable(u.at.i) {
		return nil
	}
	switch u.mode {
	case byMut:
		return badArgument(u.arg, suitx.InvalidObjectByMutRef)
	case byMove:
		return badArgument(u.arg, suitx.InvalidObjectByValue)
	}
	return nil
}

// mutable says whether the transaction may change input i. One to receive isn't
// its to change before it is received.
func (m *machine) mutable(i int) bool {
	switch in := m.tx.Data.Inputs[i].Object; in.Kind {
	case suitx.Shared:
		return in.Mutable
	case suitx.Receiving:
		return false
	}
	return m.tx.Inputs[i].Owner.Kind != suitx.ImmutableOwner
}

// checkCalls lets only public functions be called that return no references.
func (m *machine) checkCalls() error {
	for i, s := range m.program.steps {
		if s.function == nil {
			continue
		}
		for j, r := range s.function.Returns {
			if r.Ref != move.ByValue {
				return atCommand(&failure{Kind: suitx.InvalidPublicFunctionReturnType, First: uint16(j)}, i)
			}
		}
		callable := !s.function.Guarded && s.function.Visibility == move.Public || s.function.Entry || m.tx.Trusting
		if !callable || s.function.Run == nil {
			return atCommand(fail(suitx.NonEntryFunctionInvoked), i)
		}
	}
	return nil
}
