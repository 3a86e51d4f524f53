package native

import (
	"unicode/utf8"

	"floe/codec/bcs"
	"floe/server/ledger/move"
)

// declareStd declares the types of 0x1.
func (f *framework) declareStd(p *move.Package) {
	option := p.Module("option")
	f.option = option.Struct("Option", move.Copy|move.Drop|move.Store,
		move.Field{Name: "vec", Type: move.Vector(move.T(0))}).Param(0)
	str := p.Module("string")
	f.str = str.Struct("String", move.Copy|move.Drop|move.Store, move.Field{Name: "bytes", Type: move.Bytes})
	f.ascii = p.Module("ascii").Struct("String", move.Copy|move.Drop|move.Store, move.Field{Name: "bytes", Type: move.Bytes})
}

// Codes that option aborts with.
const (
	optionIsSet    = 0x40000
	optionNotSet   = 0x40001
	invalidUTF8    = 1
	optionOverhead = 1 // bytes before an option's value
)

func (f *framework) declareStdFunctions(p *move.Package) {
	m := p.Find("option")
	opt := f.option.Of(move.T(0))
	m.Func("none", nil, move.Returns(move.Val(opt)), func(c *move.Call) error {
		c.ReturnBytes([]byte{0})
		return nil
	}).Generic(0)
	m.Func("some", move.Params(move.Val(move.T(0))), move.Returns(move.Val(opt)), func(c *move.Call) error {
		c.ReturnBytes(append([]byte{1}, c.Args[0]...))
		return nil
	}).Generic(0)
	m.Func("is_none", move.Params(move.Imm(opt)), move.Returns(move.Val(move.Bool)), func(c *move.Call) error {
		c.ReturnWith(func(w *bcs.Writer) { w.Bool(c.Args[0][0] == 0) })
		return nil
	}).Generic(0)
	m.Func("is_some", move.Params(move.Imm(opt)), move.Returns(move.Val(move.Bool)), func(c *move.Call) error {
		c.ReturnWith(func(w *bcs.Writer) { w.Bool(c.Args[0][0] == 1) })
		return nil
	}).Generic(0)
	m.Func("destroy_some", move.Params(move.Val(opt)), move.Returns(move.Val(move.T(0))), func(c *move.Call) error {
		if c.Args[0][0] == 0 {
			return m.Abort("destroy_some", optionNotSet)
		}
		c.ReturnBytes(c.Args[0][optionOverhead:])
		return nil
	}).Generic(0)
	m.Func("destroy_none", move.Params(move.Val(opt)), nil, func(c *move.Call) error {
		if c.Args[0][0] != 0 {
			return m.Abort("destroy_none", optionIsSet)
		}
		return nil
	}).Generic(0)
	f.declareOptionChanges(m)
	f.declareVector(p)
	p.Find("string").Func("utf8", move.Params(move.Val(move.Bytes)), move.Returns(move.Val(f.str.Of())), func(c *move.Call) error {
		if !utf8.Valid(c.Bytes(0)) {
			return p.Find("string").Abort("utf8", invalidUTF8)
		}
		c.ReturnBytes(c.Args[0])
		return nil
	})
	f.declareStrings(p)
}
