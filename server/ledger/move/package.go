package move

import "floe/codec/suitx"

// Package is a Move package: its modules in the order in which they were declared.
type Package struct {
	ID       suitx.Address
	Original suitx.Address // of its first version
	Version  uint64        // 1 for the first
	Name     string        // for people
	Partial  bool          // it has more modules and functions elsewhere than are declared here
	Twin     *Twin         // nil: it has no bytecode
	Modules  []*Module
}

// Module is a module of a package. Its structs may be another's: an upgrade has
// those of the first version.
type Module struct {
	Package   suitx.Address
	Name      string
	Structs   []*Struct
	Functions []*Function
}

// Struct is a struct, or an enum when it has Variants.
type Struct struct {
	Module     *Module
	Name       string
	Abilities  Abilities
	TypeParams []TypeParam
	Fields     []Field
	Variants   []Variant
}

// TypeParam is a type parameter of a struct.
type TypeParam struct {
	Constraints Abilities
	Phantom     bool // it doesn't stand in a field, so its abilities don't count
}

// Field is a field of a struct or of an enum's variant.
type Field struct {
	Name string
	Type Type
}

// Variant is a variant of an enum.
type Variant struct {
	Name   string
	Fields []Field
}

// Module declares a module.
func (p *Package) Module(name string) *Module {
	m := &Module{Package: p.ID, Name: name}
	p.Modules = append(p.Modules, m)
	return m
}

// Find returns the module of that name, or nil.
func (p *Package) Find(name string) *Module {
	for _, m := range p.Modules {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Struct declares a struct. Type parameters and variants may be set on what it returns.
func (m *Module) Struct(name string, a Abilities, fields ...Field) *Struct {
	s := &Struct{Module: m, Name: name, Abilities: a, Fields: fields}
	m.Structs = append(m.Structs, s)
	return s
}

// Members are a struct's fields as Move has them: one without any has a bool.
func (s *Struct) Members() []Field {
	if len(s.Fields) == 0 && len(s.Variants) == 0 {
		return []Field{{"dummy_field", Bool}}
	}
	return s.Fields
}

// FindStruct returns the struct of that name, or nil.
func (m *Module) FindStruct(name string) *Struct {
	for _, s := range m.Structs {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// FindFunc returns the function of that name, or nil.
func (m *Module) FindFunc(name string) *Function {
	for _, f := range m.Functions {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Of returns the struct's type with these type arguments.
func (s *Struct) Of(args ...Type) Type {
	return Type{Kind: suitx.TypeStruct, Struct: s, Args: args}
}

// Tag names the struct with these type arguments.
func (s *Struct) Tag(args ...suitx.TypeTag) suitx.StructTag {
	return suitx.StructTag{Address: s.Module.Package, Module: s.Module.Name, Name: s.Name, Params: args}
}

// Phantom gives s one type parameter that stands in no field.
func (s *Struct) Phantom() *Struct {
	s.TypeParams = append(s.TypeParams, TypeParam{Phantom: true})
	return s
}

// Param gives s one more type parameter with constraints.
func (s *Struct) Param(constraints Abilities) *Struct {
	s.TypeParams = append(s.TypeParams, TypeParam{Constraints: constraints})
	return s
}
