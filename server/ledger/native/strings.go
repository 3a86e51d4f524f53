package native

import (
	"floe/codec/bcs"
	"floe/server/ledger/move"
)

// What 0x1::ascii aborts with on bytes that aren't.
const asciiInvalid = 0x10000

// declareStrings declares what 0x1::string and 0x1::ascii do with whole strings,
// which are both a length and bytes, as vectors are.
func (f *framework) declareStrings(p *move.Package) {
	str, ascii := p.Find("string"), p.Find("ascii")
	same := func(c *move.Call) error { c.ReturnBytes(c.Args[0]); return nil }
	isASCII := func(b []byte) bool {
		for _, v := range b {
			if v > 0x7f {
				return false
			}
		}
		return true
	}
	toASCII := func(c *move.Call) error {
		if !isASCII(c.Bytes(0)) {
			return ascii.Abort("string", asciiInvalid)
		}
		return same(c)
	}
	ascii.Func("string", move.Params(move.Val(move.Bytes)), move.Returns(move.Val(f.ascii.Of())), toASCII)
	str.Func("to_ascii", move.Params(move.Val(f.str.Of())), move.Returns(move.Val(f.ascii.Of())), toASCII)
	str.Func("from_ascii", move.Params(move.Val(f.ascii.Of())), move.Returns(move.Val(f.str.Of())), same)
	for _, m := range []*move.Module{str, ascii} {
		s := m.FindStruct("String").Of()
		m.Func("into_bytes", move.Params(move.Val(s)), move.Returns(move.Val(move.Bytes)), same)
		m.Func("length", move.Params(move.Imm(s)), move.Returns(move.Val(move.U64)), func(c *move.Call) error {
			c.ReturnU64(uint64(c.Reader(0).Uleb()))
			return nil
		})
		m.Func("is_empty", move.Params(move.Imm(s)), move.Returns(move.Val(move.Bool)), func(c *move.Call) error {
			c.ReturnWith(func(w *bcs.Writer) { w.Bool(c.Reader(0).Uleb() == 0) })
			return nil
		})
		m.Func("append", move.Params(move.Mut(s), move.Val(s)), nil, func(c *move.Call) error {
			c.SetBytes(0, joined(c.Args[0], c.Args[1]))
			return nil
		})
	}
}
