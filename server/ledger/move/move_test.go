package move

import (
	"errors"
	"testing"

	"floe/codec/suitx"
)

func testPackages() *Packages {
	std := &Package{ID: suitx.FrameworkAddress(1)}
	std.Module("option").Struct("Option", Copy|Drop|Store, Field{"vec", Vector(T(0))}).Param(0)
	std.Module("string").Struct("String", Copy|Drop|Store, Field{"bytes", Bytes})
	std.Module("ascii").Struct("String", Copy|Drop|Store, Field{"bytes", Bytes})
	p := &Package{ID: suitx.FrameworkAddress(9)}
	m := p.Module("m")
	m.Struct("Empty", Drop)
	m.Struct("Hot", 0, Field{"v", U64})
	m.Struct("Box", Copy|Drop|Store|Key, Field{"a", T(0)}, Field{"b", T(1)}).Param(0).Param(Store)
	m.Struct("Mark", Copy|Drop|Store).Phantom()
	m.Struct("Kind", Copy|Drop|Store).Variants = []Variant{{Name: "None"}, {Name: "Some", Fields: []Field{{"v", U16}}}}
	return NewPackages(std, p)
}

func TestAbilities(t *testing.T) {
	p := testPackages()
	for text, want := range map[string]Abilities{
		"u8":                                   Copy | Drop | Store,
		"signer":                               Drop,
		"vector<u8>":                           Copy | Drop | Store,
		"vector<0x9::m::Hot>":                  0,
		"vector<signer>":                       Drop,
		"0x9::m::Empty":                        Drop,
		"0x9::m::Box<u8, u8>":                  Copy | Drop | Store | Key,
		"0x9::m::Box<0x9::m::Empty, u8>":       Drop,
		"0x9::m::Box<0x9::m::Hot, bool>":       0,
		"0x9::m::Mark<0x9::m::Hot>":            Copy | Drop | Store,
		"0x1::option::Option<0x9::m::Empty>":   Drop,
		"0x1::option::Option<0x9::m::Kind>":    Copy | Drop | Store,
		"vector<0x9::m::Mark<0x9::m::Empty>>":  Copy | Drop | Store,
		"0x9::m::Box<address, vector<u256>>":   Copy | Drop | Store | Key,
		"0x1::option::Option<vector<u128>>":    Copy | Drop | Store,
		"0x1::option::Option<0x9::m::Hot>":     0,
		"0x9::m::Box<0x9::m::Mark<u8>, bool>":  Copy | Drop | Store | Key,
		"0x9::m::Box<0x9::m::Box<u8,u8>, u64>": Copy | Drop | Store | Key,
	} {
		got, err := p.Abilities(tag(t, text))
		if err != nil || got != want {
			t.Errorf("%s has %s, want %s (%v)", text, got, want, err)
		}
	}
	for text, want := range map[string]error{
		"0x9::m::Nothing":                                   ErrTypeNotFound,
		"0x8::m::Empty":                                     ErrTypeNotFound,
		"vector<0x9::n::Empty>":                             ErrTypeNotFound,
		"0x9::m::Mark<0x9::m::Nothing>":                     ErrTypeNotFound,
		"0x9::m::Box<u8>":                                   ErrConstraint,
		"0x9::m::Empty<u8>":                                 ErrConstraint,
		"0x9::m::Box<u8, 0x9::m::Empty>":                    ErrConstraint,
		"0x1::option::Option<0x9::m::Box<u8, 0x9::m::Hot>>": ErrConstraint,
	} {
		if _, err := p.Abilities(tag(t, text)); !errors.Is(err, want) {
			t.Errorf("%s gives %v, want %v", text, err, want)
		}
	}
}

func tag(t *testing.T, text string) suitx.TypeTag {
	t.Helper()
	typ, err := suitx.ParseTypeTag(text)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

func TestCheck(t *testing.T) {
	p := testPackages()
	long := string(make([]byte, 32))
	for _, c := range []struct {
		typ, bytes string
		ok         bool
	}{
		{"bool", "\x01", true}, {"bool", "\x02", false}, {"bool", "", false}, {"bool", "\x01\x00", false},
		{"u8", "\xff", true}, {"u16", "\xff", false}, {"u32", "1234", true}, {"u64", "12345678", true},
		{"u128", "1234567890123456", true}, {"u256", long, true}, {"address", long, true}, {"address", long + "x", false},
		{"signer", long, false}, {"vector<u8>", "\x03abc", true}, {"vector<u8>", "\x04abc", false},
		{"vector<u16>", "\x01ab", true}, {"vector<u16>", "\x02ab", false}, {"vector<u8>", "\x80\x00", false},
		{"vector<vector<u8>>", "\x02\x01a\x00", true}, {"vector<bool>", "\x02\x01\x02", false},
		{"0x1::string::String", "\x02\xc3\xa9", true}, {"0x1::string::String", "\x01\xc3", false},
		{"0x1::ascii::String", "\x02ab", true}, {"0x1::ascii::String", "\x02\xc3\xa9", false},
		{"0x1::option::Option<u8>", "\x00", true}, {"0x1::option::Option<u8>", "\x01a", true},
		{"0x1::option::Option<u8>", "\x02ab", false}, {"0x1::option::Option<u8>", "\x01", false},
		{"0x9::m::Empty", "\x00", true}, {"0x9::m::Empty", "", false},
		{"0x9::m::Box<u8, vector<u8>>", "a\x01b", true}, {"0x9::m::Box<u8, vector<u8>>", "a", false},
		{"0x9::m::Kind", "\x00", true}, {"0x9::m::Kind", "\x01ab", true}, {"0x9::m::Kind", "\x02", false},
		{"0x9::m::Nothing", "\x00", false}, {"0x9::m::Box<u8>", "a", false},
	} {
		if err := p.Check(tag(t, c.typ), []byte(c.bytes)); (err == nil) != c.ok {
			t.Errorf("%q as %s gives %v", c.bytes, c.typ, err)
		}
	}
}

func TestIsPure(t *testing.T) {
	for text, want := range map[string]bool{
		"u8": true, "signer": false, "vector<address>": true, "0x1::string::String": true, "0x2::object::ID": true,
		"0x2::object::UID": false, "0x1::option::Option<vector<u8>>": true, "0x1::option::Option<0x2::object::UID>": false,
		"vector<vector<0x1::ascii::String>>": true, "0x9::m::Empty": false,
	} {
		if got := IsPure(tag(t, text)); got != want {
			t.Errorf("%s may be pure: %v", text, got)
		}
	}
}

func TestSignaturesAsText(t *testing.T) {
	p := testPackages()
	box := p.Struct(suitx.FrameworkAddress(9), "m", "Box")
	got := Mut(box.Of(T(0), Vector(box.Of(U8, T(1))))).String()
	if want := "&mut 0x9::m::Box<T0, vector<0x9::m::Box<u8, T1>>>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if (Copy | Key).String() != "copy, key" {
		t.Errorf("abilities are %s", Copy|Key)
	}
}
