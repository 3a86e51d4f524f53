package native

import (
	"bytes"

	"floe/codec/bcs"
	"floe/server/ledger/move"
)

// An option is 0, or 1 and a value, as a vector of one is: none and some begin so.
var optionNone = []byte{0}

func optionSome(v []byte) []byte { return append([]byte{1}, v...) }

// declareOptionChanges declares what 0x1::option does with options it is given.
func (f *framework) declareOptionChanges(m *move.Module) {
	opt, elem := f.option.Of(move.T(0)), move.Val(move.T(0))
	same := func(c *move.Call) error { c.ReturnBytes(c.Args[0]); return nil }
	set := func(c *move.Call) bool { return c.Args[0][0] == 1 }
	value := func(c *move.Call) []byte { return c.Args[0][optionOverhead:] }
	orDefault := func(c *move.Call) error {
		c.ReturnBytes(c.Args[1])
		if set(c) {
			c.Results[0] = value(c)
		}
		return nil
	}
	fn := func(name string, params, returns []move.Param, run func(*move.Call) error) *move.Function {
		return m.Func(name, params, returns, run).Generic(0)
	}
	fn("contains", move.Params(move.Imm(opt), move.Imm(move.T(0))), move.Returns(move.Val(move.Bool)), func(c *move.Call) error {
		c.ReturnWith(func(w *bcs.Writer) { w.Bool(set(c) && bytes.Equal(value(c), c.Args[1])) })
		return nil
	})
	fn("get_with_default", move.Params(move.Imm(opt), elem), move.Returns(elem), orDefault).Generic(move.Copy | move.Drop)
	fn("destroy_with_default", move.Params(move.Val(opt), elem), move.Returns(elem), orDefault).Generic(move.Drop)
	fn("to_vec", move.Params(move.Val(opt)), move.Returns(move.Val(move.Vector(move.T(0)))), same)
	fn("fill", move.Params(move.Mut(opt), elem), nil, func(c *move.Call) error {
		if set(c) {
			return m.Abort("fill", optionIsSet)
		}
		c.SetBytes(0, optionSome(c.Args[1]))
		return nil
	})
	fn("extract", move.Params(move.Mut(opt)), move.Returns(elem), func(c *move.Call) error {
		if !set(c) {
			return m.Abort("extract", optionNotSet)
		}
		c.ReturnBytes(value(c))
		c.SetBytes(0, optionNone)
		return nil
	})
	fn("take", move.Params(move.Mut(opt)), move.Returns(move.Val(opt)), func(c *move.Call) error {
		c.ReturnBytes(c.Args[0])
		c.SetBytes(0, optionNone)
		return nil
	})
	fn("swap", move.Params(move.Mut(opt), elem), move.Returns(elem), func(c *move.Call) error {
		if !set(c) {
			return m.Abort("swap", optionNotSet)
		}
		c.ReturnBytes(value(c))
		c.SetBytes(0, optionSome(c.Args[1]))
		return nil
	})
	fn("swap_or_fill", move.Params(move.Mut(opt), elem), move.Returns(move.Val(opt)), func(c *move.Call) error {
		c.ReturnBytes(c.Args[0])
		c.SetBytes(0, optionSome(c.Args[1]))
		return nil
	})
	fn("borrow", move.Params(move.Imm(opt)), move.Returns(move.Imm(move.T(0))), nil)
	fn("borrow_mut", move.Params(move.Mut(opt)), move.Returns(move.Mut(move.T(0))), nil)
	fn("borrow_with_default", move.Params(move.Imm(opt), move.Imm(move.T(0))), move.Returns(move.Imm(move.T(0))), nil)
}
