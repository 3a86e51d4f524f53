package move

import "floe/codec/suitx"

// Abort is how Move code gives up: with a code, somewhere in a module.
type Abort struct {
	Package    suitx.Address
	Module     string
	Function   string
	Index      uint16 // of the function in its module, 0 if it isn't declared
	Code       uint64
	Arithmetic bool // there is no code: an overflow, a division by zero, a cast that doesn't fit
}

func (a *Abort) Error() string { return "Move abort in " + a.Module + "::" + a.Function }

// Abort returns the error of an abort in a function of m, which needn't be declared.
func (m *Module) Abort(function string, code uint64) error {
	return &Abort{Package: m.Package, Module: m.Name, Function: function, Index: m.index(function), Code: code}
}

// Arithmetic returns the error of arithmetic that failed in a function of m.
func (m *Module) Arithmetic(function string) error {
	return &Abort{Package: m.Package, Module: m.Name, Function: function, Index: m.index(function), Arithmetic: true}
}

func (m *Module) index(function string) uint16 {
	if f := m.FindFunc(function); f != nil {
		return f.Index
	}
	return 0
}
