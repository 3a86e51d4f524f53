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
	Guarded    bool        // public, but no transaction may call it
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
