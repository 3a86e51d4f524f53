package move

import (
	"slices"
	"testing"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/native"
)

// defined is what a module's bytecode says of itself, in its order.
type defined struct {
	structs   []string // with their fields
	functions []string
}

// readDefined reads the tables of a module whose types have no type parameters
// and whose functions aren't generic, as ours; see suitx for how tables lie.
func readDefined(t *testing.T, code []byte) (d defined) {
	t.Helper()
	r := bcs.NewReader(code[8:])
	at := map[byte][2]int{}
	for range r.Len(3) {
		at[r.U8()] = [2]int{int(r.Uleb()), int(r.Uleb())}
	}
	contents := code[8+r.Offset():]
	each := func(kind byte, read func(*bcs.Reader)) {
		table := bcs.NewReader(contents[at[kind][0]:][:at[kind][1]])
		for table.Remaining() > 0 && table.Err() == nil {
			read(table)
		}
		if table.Err() != nil {
			t.Fatalf("table %d: %v", kind, table.Err())
		}
	}
	var names, types, functions []string
	each(7, func(r *bcs.Reader) { names = append(names, r.String()) })
	each(2, func(r *bcs.Reader) { // module, name, abilities, type parameters
		r.Uleb()
		types = append(types, names[r.Uleb()])
		r.U8()
		if r.Uleb() != 0 {
			t.Fatal("a generic type")
		}
	})
	each(3, func(r *bcs.Reader) { // module, name, parameters, results, type parameters
		module, name := r.Uleb(), names[r.Uleb()]
		r.Uleb()
		r.Uleb()
		for range r.Uleb() {
			r.U8()
		}
		if module == 0 {
			functions = append(functions, name)
		}
	})
	each(10, func(r *bcs.Reader) { // handle, declared, fields
		text := types[r.Uleb()]
		r.U8()
		for range r.Uleb() {
			text += " " + names[r.Uleb()] + ":" + readToken(t, r, types)
		}
		d.structs = append(d.structs, text)
	})
	d.functions = functions
	return d
}

func readToken(t *testing.T, r *bcs.Reader, types []string) string {
	switch k := r.U8(); k {
	case 3:
		return "u64"
	case 2:
		return "u8"
	case 5:
		return "address"
	case 8:
		return types[r.Uleb()]
	case 10:
		return "vector<" + readToken(t, r, types) + ">"
	default:
		t.Fatalf("a field of type %d", k)
		return ""
	}
}

// The ledger's twin declares what the bytecode defines, in the same order:
// packages list where their types come from in it, and aborts name functions by it.
func TestTwinDeclaresWhatTheBytecodeDefines(t *testing.T) {
	ids, _ := api.Networks(api.Local)
	m := native.New(ids).Packages.Package(ids.FloePackage).Find("parcel")
	var twin defined
	for _, s := range m.Structs {
		text := s.Name
		for _, f := range s.Fields {
			name := f.Type.String()
			if f.Type.Kind == suitx.TypeStruct {
				name = f.Type.Struct.Name
			}
			text += " " + f.Name + ":" + name
		}
		twin.structs = append(twin.structs, text)
	}
	for _, f := range m.Functions {
		twin.functions = append(twin.functions, f.Name)
	}
	code := readDefined(t, Modules()[0])
	if !slices.Equal(code.structs, twin.structs) {
		t.Errorf("types of the bytecode %q, of the twin %q", code.structs, twin.structs)
	}
	if !slices.Equal(code.functions, twin.functions) {
		t.Errorf("functions of the bytecode %q, of the twin %q", code.functions, twin.functions)
	}
}

// The twin runs the bytecode that is published, and no other.
func TestTwinStandsForTheBytecode(t *testing.T) {
	ids, _ := api.Networks(api.Local)
	packages := native.New(ids).Packages
	twin, err := packages.TwinFor(Modules(), Dependencies())
	if err != nil || packages.Package(ids.FloePackage).Twin != twin {
		t.Errorf("%v", err)
	}
	if digest := suitx.Address(twin.Digest()).String(); digest != "0x"+Digest {
		t.Errorf("the twin's digest is %s", digest)
	}
}
