package suitx

import (
	"fmt"
	"strings"
)

var primitives = map[string]TypeKind{
	"bool": TypeBool, "u8": TypeU8, "u16": TypeU16, "u32": TypeU32, "u64": TypeU64,
	"u128": TypeU128, "u256": TypeU256, "address": TypeAddress, "signer": TypeSigner,
}

// String returns t as Sui writes it: addresses with all their digits, type
// arguments separated by a comma and a space.
func (t TypeTag) String() string {
	switch t.Kind {
	case TypeVector:
		return "vector<" + t.Elem.String() + ">"
	case TypeStruct:
		return t.Struct.String()
	}
	for name, kind := range primitives {
		if kind == t.Kind {
			return name
		}
	}
	return fmt.Sprintf("type %d", t.Kind)
}

func (s StructTag) String() string {
	var b strings.Builder
	b.WriteString(s.Address.String() + "::" + s.Module + "::" + s.Name)
	for i, p := range s.Params {
		b.WriteString([]string{"<", ", "}[min(i, 1)])
		b.WriteString(p.String())
	}
	if len(s.Params) > 0 {
		b.WriteByte('>')
	}
	return b.String()
}

// ParseTypeTag reads a type, as in vector<0x2::coin::Coin<0x2::sui::SUI>>.
// Addresses may be short, blanks may stand around type arguments.
func ParseTypeTag(s string) (TypeTag, error) {
	p := typeParser{rest: s}
	t := p.tag(1)
	if p.failed || strings.TrimSpace(p.rest) != "" {
		return TypeTag{}, fmt.Errorf("%w type %q", ErrMalformedText, s)
	}
	return t, nil
}

// ParseStructTag reads a struct type, as in 0x2::sui::SUI.
func ParseStructTag(s string) (StructTag, error) {
	t, err := ParseTypeTag(s)
	if err == nil && t.Kind != TypeStruct {
		err = fmt.Errorf("%w struct type %q", ErrMalformedText, s)
	}
	if err != nil {
		return StructTag{}, err
	}
	return *t.Struct, nil
}

// typeParser takes a type off the front of rest.
type typeParser struct {
	rest   string
	failed bool
}

func (p *typeParser) tag(depth int) TypeTag {
	word := p.word()
	if depth > MaxTypeDepth {
		p.failed = true
	}
	if p.failed {
		return TypeTag{}
	}
	if kind, ok := primitives[word]; ok {
		return TypeTag{Kind: kind}
	}
	if word == "vector" {
		args := p.args(depth + 1)
		if len(args) != 1 {
			p.failed = true
			return TypeTag{}
		}
		return VectorOf(args[0])
	}
	parts := strings.Split(word, "::")
	if len(parts) != 3 || !isIdentifier(parts[1]) || !isIdentifier(parts[2]) {
		p.failed = true
		return TypeTag{}
	}
	a, err := ParseAddress(parts[0])
	p.failed = err != nil
	return StructTag{Address: a, Module: parts[1], Name: parts[2], Params: p.args(depth + 1)}.Tag()
}

// word takes everything up to a bracket, a comma or the end.
func (p *typeParser) word() string {
	end := strings.IndexAny(p.rest, "<>,")
	if end < 0 {
		end = len(p.rest)
	}
	w := strings.TrimSpace(p.rest[:end])
	p.rest = p.rest[end:]
	return w
}

// args takes type arguments in their brackets, if any stand there.
func (p *typeParser) args(depth int) (args []TypeTag) {
	if p.failed || !p.take('<') {
		return nil
	}
	for !p.failed {
		args = append(args, p.tag(depth))
		switch {
		case p.take('>'):
			p.rest = strings.TrimLeft(p.rest, " ")
			return args
		case !p.take(','):
			p.failed = true
		}
	}
	return nil
}

func (p *typeParser) take(c byte) bool {
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}
