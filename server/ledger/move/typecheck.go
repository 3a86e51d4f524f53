package move

import (
	"errors"

	"floe/codec/suitx"
)

var (
	// ErrTypeNotFound says that no package here declares the type.
	ErrTypeNotFound = errors.New("type not found")
	// ErrConstraint says that a type argument lacks an ability, or that there are too few or too many.
	ErrConstraint = errors.New("type constraint not satisfied")
)

// Abilities returns what may be done with values of t, or ErrTypeNotFound or
// ErrConstraint if there is no such type.
func (p *Packages) Abilities(t suitx.TypeTag) (Abilities, error) {
	switch t.Kind {
	case suitx.TypeSigner:
		return Drop, nil
	case suitx.TypeVector:
		a, err := p.Abilities(*t.Elem)
		return a & primitive, err
	case suitx.TypeStruct:
		return p.structAbilities(t.Struct)
	}
	return primitive, nil
}

func (p *Packages) structAbilities(t *suitx.StructTag) (Abilities, error) {
	s := p.Struct(t.Address, t.Module, t.Name)
	if s == nil {
		return 0, ErrTypeNotFound
	}
	if len(s.TypeParams) != len(t.Params) {
		return 0, ErrConstraint
	}
	all := s.Abilities
	for i, param := range s.TypeParams {
		a, err := p.Abilities(t.Params[i])
		if err != nil {
			return 0, err
		}
		if !a.Has(param.Constraints) {
			return 0, ErrConstraint
		}
		if !param.Phantom {
			all &= conferred(a)
		}
	}
	return all, nil
}

// conferred returns the abilities that a struct may have when a field has a: a
// field must have copy, drop and store itself, and store for the struct's key.
func conferred(a Abilities) Abilities {
	c := a & primitive
	if a.Has(Store) {
		c |= Key
	}
	return c
}

// IsOption, IsString, IsASCII and IsID say whether t is that type of the
// framework, which may be given as pure bytes although it is a struct.
func IsOption(t *suitx.StructTag) bool {
	return t.Is(suitx.FrameworkAddress(1), "option", "Option") && len(t.Params) == 1
}

func IsString(t *suitx.StructTag) bool { return t.Is(suitx.FrameworkAddress(1), "string", "String") }
func IsASCII(t *suitx.StructTag) bool  { return t.Is(suitx.FrameworkAddress(1), "ascii", "String") }
func IsID(t *suitx.StructTag) bool     { return t.Is(suitx.FrameworkAddress(2), "object", "ID") }

// IsPure says whether a transaction may give values of t as bytes.
func IsPure(t suitx.TypeTag) bool {
	switch t.Kind {
	case suitx.TypeSigner:
		return false
	case suitx.TypeVector:
		return IsPure(*t.Elem)
	case suitx.TypeStruct:
		if IsOption(t.Struct) {
			return IsPure(t.Struct.Params[0])
		}
		return len(t.Struct.Params) == 0 && (IsString(t.Struct) || IsASCII(t.Struct) || IsID(t.Struct))
	}
	return true
}
