package native

import (
	"slices"

	"floe/codec/bcs"
	"floe/server/ledger/move"
)

// declareVector declares 0x1::vector but for what returns references. Where
// nothing is there to take, Move's own instruction fails, without a code.
func (f *framework) declareVector(p *move.Package) {
	m := p.Module("vector")
	all, elem, u64 := move.Vector(move.T(0)), move.Val(move.T(0)), move.Val(move.U64)
	fn := func(name string, params, returns []move.Param, run func(c *move.Call) error) {
		m.Func(name, params, returns, run).Generic(0)
	}
	split := func(c *move.Call, i int) [][]byte { return c.Elements(i, c.TypeArgs[0]) }
	fn("empty", nil, move.Returns(move.Val(all)), func(c *move.Call) error {
		c.ReturnBytes(move.VectorOf(nil))
		return nil
	})
	fn("singleton", move.Params(elem), move.Returns(move.Val(all)), func(c *move.Call) error {
		c.ReturnBytes(move.VectorOf(c.Args))
		return nil
	})
	fn("length", move.Params(move.Imm(all)), move.Returns(u64), func(c *move.Call) error {
		c.ReturnU64(uint64(c.Reader(0).Uleb()))
		return nil
	})
	fn("is_empty", move.Params(move.Imm(all)), move.Returns(move.Val(move.Bool)), func(c *move.Call) error {
		c.ReturnWith(func(w *bcs.Writer) { w.Bool(c.Reader(0).Uleb() == 0) })
		return nil
	})
	fn("push_back", move.Params(move.Mut(all), elem), nil, func(c *move.Call) error {
		c.SetBytes(0, joined(c.Args[0], move.VectorOf(c.Args[1:])))
		return nil
	})
	fn("append", move.Params(move.Mut(all), move.Val(all)), nil, func(c *move.Call) error {
		c.SetBytes(0, joined(c.Args[0], c.Args[1]))
		return nil
	})
	fn("pop_back", move.Params(move.Mut(all)), move.Returns(elem), func(c *move.Call) error {
		return takeElement(c, m, "pop_back", split(c, 0), -1)
	})
	fn("remove", move.Params(move.Mut(all), u64), move.Returns(elem), func(c *move.Call) error {
		elements := split(c, 0)
		if c.U64(1) >= uint64(len(elements)) {
			return m.Abort("remove", vectorOutOfBounds)
		}
		return takeElement(c, m, "remove", elements, int(c.U64(1)))
	})
	fn("reverse", move.Params(move.Mut(all)), nil, func(c *move.Call) error {
		elements := split(c, 0)
		slices.Reverse(elements)
		c.SetBytes(0, move.VectorOf(elements))
		return nil
	})
	fn("destroy_empty", move.Params(move.Val(all)), nil, func(c *move.Call) error {
		if c.Reader(0).Uleb() != 0 {
			return m.Arithmetic("destroy_empty")
		}
		return nil
	})
	fn("borrow", move.Params(move.Imm(all), u64), move.Returns(move.Imm(move.T(0))), nil)
	fn("borrow_mut", move.Params(move.Mut(all), u64), move.Returns(move.Mut(move.T(0))), nil)
}

const vectorOutOfBounds = 0x20000

// joined returns one vector of the elements of two.
func joined(a, b []byte) []byte {
	x, y := bcs.NewReader(a), bcs.NewReader(b)
	var w bcs.Writer
	w.Uleb(x.Uleb() + y.Uleb())
	w.Fixed(a[x.Offset():])
	w.Fixed(b[y.Offset():])
	return w.Data()
}

// takeElement takes element i, -1 for the last, out of the vector that is argument 0.
func takeElement(c *move.Call, m *move.Module, function string, elements [][]byte, i int) error {
	if i < 0 {
		i = len(elements) - 1
	}
	if i < 0 {
		return m.Arithmetic(function)
	}
	c.ReturnBytes(elements[i])
	c.SetBytes(0, move.VectorOf(slices.Delete(elements, i, i+1)))
	return nil
}
