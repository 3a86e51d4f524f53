package move

import "floe/codec/suitx"

// Visibility says who may call a function.
type Visibility uint8

const (
	Public Visibility = iota
	Friend            // its own package
	Private
)

// Function is a function and the Go code that runs it.
type Function struct {
	Module     *Module
	Index      uint16 // in its module
	Name       string
	Visibility Visibility
	Entry      bool
	TypeParams []Abilities // constraints
	Params     []Param     // a TxContext, if any, is the last
	Returns    []Param
	Cost       uint64 // units of computation over those that every call costs

	// Run is nil for a function that is declared for readers but can't be called here.
	Run func(*Call) error
}

// Func declares a public function.
func (m *Module) Func(name string, params, returns []Param, run func(*Call) error) *Function {
	f := &Function{Module: m, Index: uint16(len(m.Functions)), Name: name, Params: params, Returns: returns, Run: run}
	m.Functions = append(m.Functions, f)
	return f
}

// Generic gives f type parameters with these constraints.
func (f *Function) Generic(constraints ...Abilities) *Function {
	f.TypeParams = constraints
	return f
}

// Costs sets how many units of computation a call costs over what every call does.
func (f *Function) Costs(units uint64) *Function {
	f.Cost = units
	return f
}

// Params and Returns make signatures readable.
func Params(p ...Param) []Param  { return p }
func Returns(p ...Param) []Param { return p }

// Args returns the parameters that a caller gives: all but the TxContext.
func (f *Function) Args() []Param {
	if n := len(f.Params); n > 0 && IsTxContext(f.Params[n-1]) {
		return f.Params[:n-1]
	}
	return f.Params
}

// IsTxContext says whether p is &TxContext or &mut TxContext, which no caller gives.
func IsTxContext(p Param) bool {
	return p.Ref != ByValue && p.Type.Kind == suitx.TypeStruct &&
		p.Type.Struct.Module.Package == suitx.FrameworkAddress(2) &&
		p.Type.Struct.Module.Name == "tx_context" && p.Type.Struct.Name == "TxContext"
}

// Abort is how Move code gives up: with a code, somewhere in a module.
type Abort struct {
	Package        suitx.Address
	Module         string
	Function       string
	FunctionIndex  uint16
	Code           uint64
	ArithmeticOnly bool // no code: an overflow, a division by zero, a cast that doesn't fit
}

func (a *Abort) Error() string { return "Move abort in " + a.Module + "::" + a.Function }

// Abort returns the error of an abort in function of m, which needn't be declared.
func (m *Module) Abort(function string, code uint64) error {
	a := &Abort{Package: m.Package, Module: m.Name, Function: function, Code: code}
	if f := m.FindFunc(function); f != nil {
		a.FunctionIndex = f.Index
	}
	return a
}

// Arithmetic returns the error of an overflow in function of m.
func (m *Module) Arithmetic(function string) error {
	a := &Abort{Package: m.Package, Module: m.Name, Function: function, ArithmeticOnly: true}
	if f := m.FindFunc(function); f != nil {
		a.FunctionIndex = f.Index
	}
	return a
}
