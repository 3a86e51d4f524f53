package move

import (
	"fmt"
	"strings"

	"floe/codec/suitx"
)

// typeParam is the kind of a [Type] that stands for a type argument. It is no
// TypeKind of Sui's wire.
const typeParam suitx.TypeKind = 0xff

// Type is a type as it stands in a declaration: it may hold type parameters.
type Type struct {
	Kind   suitx.TypeKind
	Elem   *Type   // of a vector
	Struct *Struct // of a struct or enum
	Args   []Type  // its type arguments
	Index  int     // of a type parameter
}

// Types without arguments.
var (
	Bool    = Type{Kind: suitx.TypeBool}
	U8      = Type{Kind: suitx.TypeU8}
	U16     = Type{Kind: suitx.TypeU16}
	U32     = Type{Kind: suitx.TypeU32}
	U64     = Type{Kind: suitx.TypeU64}
	U128    = Type{Kind: suitx.TypeU128}
	U256    = Type{Kind: suitx.TypeU256}
	Address = Type{Kind: suitx.TypeAddress}
	Bytes   = Vector(U8)
)

// Vector returns vector<elem>.
func Vector(elem Type) Type { return Type{Kind: suitx.TypeVector, Elem: &elem} }

// T returns type parameter i of the declaration in which it stands.
func T(i int) Type { return Type{Kind: typeParam, Index: i} }

// IsParam says whether t is a type parameter.
func (t Type) IsParam() bool { return t.Kind == typeParam }

// Tag puts args in the place of type parameters.
func (t Type) Tag(args []suitx.TypeTag) suitx.TypeTag {
	switch t.Kind {
	case typeParam:
		return args[t.Index]
	case suitx.TypeVector:
		return suitx.VectorOf(t.Elem.Tag(args))
	case suitx.TypeStruct:
		inner := make([]suitx.TypeTag, len(t.Args))
		for i, a := range t.Args {
			inner[i] = a.Tag(args)
		}
		return t.Struct.Tag(inner...).Tag()
	}
	return suitx.TypeTag{Kind: t.Kind}
}

// String returns t as Move writes it, with type parameters as T0, T1, …
func (t Type) String() string {
	switch t.Kind {
	case typeParam:
		return fmt.Sprintf("T%d", t.Index)
	case suitx.TypeVector:
		return "vector<" + t.Elem.String() + ">"
	case suitx.TypeStruct:
		s := t.Struct.Module.Package.Short() + "::" + t.Struct.Module.Name + "::" + t.Struct.Name
		if len(t.Args) == 0 {
			return s
		}
		args := make([]string, len(t.Args))
		for i, a := range t.Args {
			args[i] = a.String()
		}
		return s + "<" + strings.Join(args, ", ") + ">"
	}
	return suitx.TypeTag{Kind: t.Kind}.String()
}

// Ref says how a parameter or result is passed.
type Ref uint8

const (
	ByValue  Ref = iota
	ByRef        // &T
	ByMutRef     // &mut T
)

// Param is a parameter or a result of a function.
type Param struct {
	Ref  Ref
	Type Type
}

// Val passes by value, Imm by &, Mut by &mut.
func Val(t Type) Param { return Param{ByValue, t} }
func Imm(t Type) Param { return Param{ByRef, t} }
func Mut(t Type) Param { return Param{ByMutRef, t} }

// String returns p as Move writes it.
func (p Param) String() string { return [...]string{"", "&", "&mut "}[p.Ref] + p.Type.String() }
