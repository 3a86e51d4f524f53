package suitx

import "floe/codec/bcs"

// TypeKind says which type a TypeTag is. The values are Sui's: never reorder.
type TypeKind uint8

const (
	TypeBool    TypeKind = 0
	TypeU8      TypeKind = 1
	TypeU64     TypeKind = 2
	TypeU128    TypeKind = 3
	TypeAddress TypeKind = 4
	TypeSigner  TypeKind = 5
	TypeVector  TypeKind = 6
	TypeStruct  TypeKind = 7
	TypeU16     TypeKind = 8
	TypeU32     TypeKind = 9
	TypeU256    TypeKind = 10

	typeKinds = 11
)

// MaxTypeDepth bounds how deep types nest, in BCS and in text.
const MaxTypeDepth = 16

// TypeTag is a Move type. Elem is a vector's element, Struct a struct's name;
// they are nil for all other kinds.
type TypeTag struct {
	Kind   TypeKind
	Elem   *TypeTag
	Struct *StructTag
}

// StructTag is a Move struct with its type arguments.
type StructTag struct {
	Address Address
	Module  string
	Name    string
	Params  []TypeTag
}

// VectorOf returns the type vector<elem>.
func VectorOf(elem TypeTag) TypeTag { return TypeTag{Kind: TypeVector, Elem: &elem} }

// Tag returns s as a type.
func (s StructTag) Tag() TypeTag { return TypeTag{Kind: TypeStruct, Struct: &s} }

func (t TypeTag) Equal(o TypeTag) bool {
	if t.Kind != o.Kind {
		return false
	}
	switch t.Kind {
	case TypeVector:
		return t.Elem.Equal(*o.Elem)
	case TypeStruct:
		return t.Struct.Equal(*o.Struct)
	}
	return true
}

func (s StructTag) Equal(o StructTag) bool {
	if s.Address != o.Address || s.Module != o.Module || s.Name != o.Name || len(s.Params) != len(o.Params) {
		return false
	}
	for i := range s.Params {
		if !s.Params[i].Equal(o.Params[i]) {
			return false
		}
	}
	return true
}

// Is says whether s is address::module::name, whatever its type arguments.
func (s StructTag) Is(address Address, module, name string) bool {
	return s.Address == address && s.Module == module && s.Name == name
}

// Marshal returns the BCS of t.
func (t TypeTag) Marshal() []byte {
	var w bcs.Writer
	writeTypeTag(&w, t)
	return w.Data()
}

// Marshal returns the BCS of s: of the struct, not of it as a TypeTag.
func (s StructTag) Marshal() []byte {
	var w bcs.Writer
	writeStructTag(&w, s)
	return w.Data()
}

// UnmarshalTypeTag reads the BCS of one TypeTag.
func UnmarshalTypeTag(b []byte) (TypeTag, error) {
	r := bcs.NewReader(b)
	t := readTypeTag(r)
	return t, r.Done()
}

func writeTypeTag(w *bcs.Writer, t TypeTag) {
	w.Uleb(uint32(t.Kind))
	switch t.Kind {
	case TypeVector:
		writeTypeTag(w, *t.Elem)
	case TypeStruct:
		writeStructTag(w, *t.Struct)
	}
}

func writeStructTag(w *bcs.Writer, s StructTag) {
	writeAddress(w, s.Address)
	w.String(s.Module)
	w.String(s.Name)
	bcs.WriteSeq(w, s.Params, writeTypeTag)
}

func readTypeTag(r *bcs.Reader) TypeTag { return readTypeAt(r, 1) }

func readStructTag(r *bcs.Reader) StructTag { return readStructAt(r, 1) }

func readTypeAt(r *bcs.Reader, depth int) TypeTag {
	if depth > MaxTypeDepth {
		r.Fail("types nest deeper than %d", MaxTypeDepth)
		return TypeTag{}
	}
	t := TypeTag{Kind: TypeKind(r.Variant(typeKinds))}
	switch t.Kind {
	case TypeVector:
		elem := readTypeAt(r, depth+1)
		t.Elem = &elem
	case TypeStruct:
		s := readStructAt(r, depth)
		t.Struct = &s
	}
	return t
}

func readStructAt(r *bcs.Reader, depth int) StructTag {
	s := StructTag{Address: readAddress(r), Module: readIdentifier(r), Name: readIdentifier(r)}
	s.Params = bcs.ReadSeq(r, 1, func(r *bcs.Reader) TypeTag { return readTypeAt(r, depth+1) })
	return s
}

func readIdentifier(r *bcs.Reader) string {
	s := r.String()
	if r.Err() == nil && !isIdentifier(s) {
		r.Fail("%q is no Move identifier", s)
	}
	return s
}

// isIdentifier says whether s may name a module, a struct or a function.
func isIdentifier(s string) bool {
	if s == "" || s == "_" || len(s) > 128 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}
