package ledger

import (
	"encoding/hex"
	"strings"
	"testing"

	"floe/codec/suitx"
)

// std calls a function of 0x1, or of 0x2 if its module begins with "2 ", with types in a comma list.
func std(t *testing.T, b *suitx.Builder, module, function, types string, args ...suitx.Argument) suitx.Argument {
	t.Helper()
	pkg := suitx.FrameworkAddress(1)
	if rest, ok := strings.CutPrefix(module, "2 "); ok {
		pkg, module = framework(), rest
	}
	c := &suitx.MoveCall{Package: pkg, Module: module, Function: function, Args: args}
	for text := range strings.SplitSeq(types, ",") {
		if text != "" {
			c.TypeArgs = append(c.TypeArgs, must(suitx.ParseTypeTag(text)))
		}
	}
	return b.Command(c)
}

// TestStandardLibrary has programs whose last command returns these bytes, or
// which end so.
func TestStandardLibrary(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	type arg = suitx.Argument
	for _, c := range []struct {
		name, want string
		do         func(b *suitx.Builder)
	}{
		{"option contains", "01", func(b *suitx.Builder) {
			std(t, b, "option", "contains", "u8", std(t, b, "option", "some", "u8", b.U8(7)), b.U8(7))
		}},
		{"option get_with_default", "05", func(b *suitx.Builder) {
			std(t, b, "option", "get_with_default", "u8", std(t, b, "option", "none", "u8"), b.U8(5))
		}},
		{"option destroy_with_default", "07", func(b *suitx.Builder) {
			std(t, b, "option", "destroy_with_default", "u8", std(t, b, "option", "some", "u8", b.U8(7)), b.U8(5))
		}},
		{"option fill, swap, extract", "0109", func(b *suitx.Builder) {
			o := std(t, b, "option", "none", "u8")
			std(t, b, "option", "fill", "u8", o, b.U8(7))
			std(t, b, "option", "swap", "u8", o, b.U8(8))
			std(t, b, "option", "extract", "u8", o)
			std(t, b, "option", "swap_or_fill", "u8", o, b.U8(9))
			std(t, b, "option", "take", "u8", o)
		}},
		{"option to_vec", "0107", func(b *suitx.Builder) {
			std(t, b, "option", "to_vec", "u8", std(t, b, "option", "some", "u8", b.U8(7)))
		}},
		{"option filled twice", "abort option::fill 262144 at 1", func(b *suitx.Builder) {
			std(t, b, "option", "fill", "u8", std(t, b, "option", "some", "u8", b.U8(7)), b.U8(7))
		}},
		{"nothing to extract", "abort option::extract 262145 at 1", func(b *suitx.Builder) {
			std(t, b, "option", "extract", "u8", std(t, b, "option", "none", "u8"))
		}},
		{"nothing to swap", "abort option::swap 262145 at 1", func(b *suitx.Builder) {
			std(t, b, "option", "swap", "u8", std(t, b, "option", "none", "u8"), b.U8(7))
		}},
		{"vector", "03000000000000000003000000000000000100000000000000", func(b *suitx.Builder) {
			v := std(t, b, "vector", "singleton", "u64", b.U64(1))
			std(t, b, "vector", "push_back", "u64", v, b.U64(2))
			w := std(t, b, "vector", "empty", "u64")
			std(t, b, "vector", "push_back", "u64", w, b.U64(3))
			std(t, b, "vector", "append", "u64", v, w)
			std(t, b, "vector", "remove", "u64", v, b.U64(1))
			std(t, b, "vector", "push_back", "u64", v, b.U64(0))
			std(t, b, "vector", "reverse", "u64", v)
			std(t, b, "option", "destroy_some", "vector<u64>", std(t, b, "option", "some", "vector<u64>", v))
		}},
		{"vector pop_back", "0262c3", func(b *suitx.Builder) {
			v := std(t, b, "vector", "singleton", "vector<u8>", b.Bytes([]byte("a")))
			std(t, b, "vector", "push_back", "vector<u8>", v, b.Bytes([]byte("b\xc3")))
			std(t, b, "vector", "pop_back", "vector<u8>", v)
		}},
		{"vector length", "0200000000000000", func(b *suitx.Builder) {
			typ := must(suitx.ParseTypeTag("u16"))
			v := b.Command(&suitx.MakeMoveVec{Type: &typ, Elements: []arg{b.Pure([]byte{1, 0}), b.Pure([]byte{2, 0})}})
			std(t, b, "vector", "is_empty", "u16", v)
			std(t, b, "vector", "length", "u16", v)
		}},
		{"vector pop_back of nothing", "arithmetic vector::pop_back at 1", func(b *suitx.Builder) {
			std(t, b, "vector", "pop_back", "u8", std(t, b, "vector", "empty", "u8"))
		}},
		{"vector remove beyond the end", "abort vector::remove 131072 at 1", func(b *suitx.Builder) {
			std(t, b, "vector", "remove", "u8", std(t, b, "vector", "empty", "u8"), b.U64(0))
		}},
		{"vector not empty", "arithmetic vector::destroy_empty at 1", func(b *suitx.Builder) {
			std(t, b, "vector", "destroy_empty", "u8", std(t, b, "vector", "singleton", "u8", b.U8(1)))
		}},
		{"coins out of a vector", "", func(b *suitx.Builder) {
			coin := suitx.CoinOf(suitx.SUI()).String()
			v := sui(b, "coin", "divide_into_n", b.Split(suitx.GasCoin, 9), b.U64(3))
			b.Transfer(a.Address, std(t, b, "vector", "pop_back", coin, v), std(t, b, "vector", "pop_back", coin, v),
				suitx.Argument{Kind: suitx.ArgNestedResult, Index: 0})
			std(t, b, "vector", "destroy_empty", coin, v)
		}},
		{"map", "0200000000000000", func(b *suitx.Builder) {
			m := n.someMap(t, b)
			std(t, b, "2 vec_map", "insert", "u8,vector<u8>", m, b.U8(3), b.Bytes(nil))
			std(t, b, "2 vec_map", "remove", "u8,vector<u8>", m, b.U8(1))
			std(t, b, "2 vec_map", "is_empty", "u8,vector<u8>", m)
			std(t, b, "2 vec_map", "size", "u8,vector<u8>", m)
		}},
		{"map keys", "020102", func(b *suitx.Builder) { std(t, b, "2 vec_map", "keys", "u8,vector<u8>", n.someMap(t, b)) }},
		{"map into_keys_values", "020102 02016100", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "into_keys_values", "u8,vector<u8>", n.someMap(t, b))
		}},
		{"map try_get", "010161", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "try_get", "u8,vector<u8>", n.someMap(t, b), b.U8(1))
		}},
		{"map try_get of nothing", "00", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "try_get", "u8,vector<u8>", n.someMap(t, b), b.U8(9))
		}},
		{"map contains", "01", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "contains", "u8,vector<u8>", n.someMap(t, b), b.U8(2))
		}},
		{"map get_idx", "0100000000000000", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "get_idx", "u8,vector<u8>", n.someMap(t, b), b.U8(2))
		}},
		{"map get_idx_opt", "00", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "get_idx_opt", "u8,vector<u8>", n.someMap(t, b), b.U8(4))
		}},
		{"map pop", "02 00", func(b *suitx.Builder) { std(t, b, "2 vec_map", "pop", "u8,vector<u8>", n.someMap(t, b)) }},
		{"map remove_entry_by_idx", "01 0161", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "remove_entry_by_idx", "u8,vector<u8>", n.someMap(t, b), b.U64(0))
		}},
		{"map key twice", "abort vec_map::insert 0 at 2", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "insert", "u8,vector<u8>", n.someMap(t, b), b.U8(1), b.Bytes(nil))
		}},
		{"map without the key", "abort vec_map::get_idx 1 at 2", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "remove", "u8,vector<u8>", n.someMap(t, b), b.U8(9))
		}},
		{"map not empty", "abort vec_map::destroy_empty 2 at 2", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "destroy_empty", "u8,vector<u8>", n.someMap(t, b))
		}},
		{"map entry beyond the end", "abort vec_map::remove_entry_by_idx 3 at 2", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "remove_entry_by_idx", "u8,vector<u8>", n.someMap(t, b), b.U64(2))
		}},
		{"map empty", "abort vec_map::pop 4 at 1", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "pop", "u8,u8", std(t, b, "2 vec_map", "empty", "u8,u8"))
		}},
		{"map of unequal lengths", "abort vec_map::from_keys_values 5 at 0", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "from_keys_values", "u8,u8", b.Bytes([]byte{1, 2}), b.Bytes([]byte{1}))
		}},
		{"map of one key", "abort vec_map::insert 0 at 0", func(b *suitx.Builder) {
			std(t, b, "2 vec_map", "from_keys_values", "u8,u8", b.Bytes([]byte{1, 1}), b.Bytes([]byte{1, 2}))
		}},
		{"strings", "046162c3a9", func(b *suitx.Builder) {
			s := std(t, b, "string", "from_ascii", "", std(t, b, "ascii", "string", "", b.Bytes([]byte("ab"))))
			std(t, b, "string", "length", "", s)
			std(t, b, "string", "append", "", s, b.Text("é"))
			std(t, b, "string", "into_bytes", "", s)
		}},
		{"string that isn't ASCII", "abort ascii::string 65536 at 0", func(b *suitx.Builder) {
			std(t, b, "string", "to_ascii", "", b.Text("é"))
		}},
		{"id of too few bytes", "abort address::from_bytes 0 at 0", func(b *suitx.Builder) {
			std(t, b, "2 object", "id_from_bytes", "", b.Bytes([]byte{1}))
		}},
		{"id to bytes", "20" + strings.Repeat("05", 32), func(b *suitx.Builder) {
			five := suitx.Address([]byte(strings.Repeat("\x05", 32)))
			std(t, b, "2 object", "id_to_bytes", "", std(t, b, "2 object", "id_from_bytes", "", b.Bytes(five[:])))
		}},
		{"metadata of a coin", "0357414c", func(b *suitx.Builder) {
			wal := n.world.WAL().String()
			metadata := b.Object(must(n.Object(n.world.MetadataID(n.world.WAL()), 0)).Ref())
			for _, f := range []string{"get_decimals", "get_name", "get_description", "get_icon_url", "get_symbol"} {
				std(t, b, "2 coin", f, wal, metadata)
			}
		}},
		{"divide and keep", "", func(b *suitx.Builder) { sui(b, "pay", "divide_and_keep", suitx.GasCoin, b.U64(4)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b suitx.Builder
			c.do(&b)
			data := must(b.Build(a.Address))
			e, err := n.Simulate(t.Context(), data, SimulateOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			if statusText(e) != "" {
				got = []string{statusText(e)}
			} else {
				for _, v := range e.Results[len(e.Results)-1].Returned {
					got = append(got, hex.EncodeToString(v.BCS))
				}
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("ended %q, want %q", text, c.want)
			}
			n.checkOutcome(t, e)
		})
	}
}

// someMap adds a map of 1 to "a" and of 2 to nothing.
func (n *network) someMap(t *testing.T, b *suitx.Builder) suitx.Argument {
	t.Helper()
	typ := must(suitx.ParseTypeTag("vector<u8>"))
	values := b.Command(&suitx.MakeMoveVec{Type: &typ, Elements: []suitx.Argument{b.Bytes([]byte("a")), b.Bytes(nil)}})
	return std(t, b, "2 vec_map", "from_keys_values", "u8,vector<u8>", b.Bytes([]byte{1, 2}), values)
}
