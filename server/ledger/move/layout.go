package move

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
)

// maxDepth bounds how deep values nest: types are bounded by suitx, structs by their declarations.
const maxDepth = 64

// Check says whether b is the BCS of a value of t.
func (p *Packages) Check(t suitx.TypeTag, b []byte) error {
	r := bcs.NewReader(b)
	p.check(r, t, 0)
	return r.Done()
}

func (p *Packages) check(r *bcs.Reader, t suitx.TypeTag, depth int) {
	if depth > maxDepth {
		r.Fail("value nests deeper than %d", maxDepth)
	}
	if r.Err() != nil {
		return
	}
	switch t.Kind {
	case suitx.TypeVector:
		if t.Elem.Kind == suitx.TypeU8 {
			r.Bytes()
			return
		}
		for range r.Len(1) {
			p.check(r, *t.Elem, depth+1)
		}
	case suitx.TypeStruct:
		p.checkStruct(r, t.Struct, depth)
	default:
		checkPrimitive(r, t.Kind)
	}
}

func checkPrimitive(r *bcs.Reader, k suitx.TypeKind) {
	switch k {
	case suitx.TypeBool:
		r.Bool()
	case suitx.TypeU8:
		r.U8()
	case suitx.TypeU16:
		r.U16()
	case suitx.TypeU32:
		r.U32()
	case suitx.TypeU64:
		r.U64()
	case suitx.TypeU128:
		r.U128()
	case suitx.TypeU256, suitx.TypeAddress:
		r.U256()
	default:
		r.Fail("no value is of type %d", k)
	}
}

func (p *Packages) checkStruct(r *bcs.Reader, t *suitx.StructTag, depth int) {
	switch {
	case IsString(t):
		_ = r.String() // checks UTF-8
		return
	case IsASCII(t):
		checkASCII(r)
		return
	case IsOption(t):
		if r.Option() {
			p.check(r, t.Params[0], depth+1)
		}
		return
	}
	s := p.Struct(t.Address, t.Module, t.Name)
	if s == nil || len(s.TypeParams) != len(t.Params) {
		r.Fail("no type %s", t)
		return
	}
	fields := s.Members()
	if len(s.Variants) > 0 {
		fields = s.Variants[r.Variant(len(s.Variants))].Fields
	}
	for _, f := range fields {
		p.check(r, f.Type.Tag(t.Params), depth+1)
	}
}

func checkASCII(r *bcs.Reader) {
	for _, c := range r.Bytes() {
		if c > 0x7f {
			r.Fail("string isn't ASCII")
		}
	}
}
