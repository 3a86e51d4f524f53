package native

import (
	"bytes"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// More codes that 0x2::vec_map aborts with.
const (
	vecMapNotEmpty      = 2
	vecMapOutOfBounds   = 3
	vecMapEmpty         = 4
	vecMapUnequalLength = 5
)

// entry is an entry of a map of any types, in BCS.
type entry struct{ key, value []byte }

// entries reads the map that is argument 0.
func (m *vecMapModule) entries(c *move.Call) (all []entry) {
	kind := suitx.StructTag{Address: m.Package, Module: m.Name, Name: "Entry", Params: c.TypeArgs}.Tag()
	for _, b := range c.Elements(0, kind) {
		parts, err := c.Packages.Parts(b, c.TypeArgs...)
		if err != nil {
			c.Fail(err)
			return nil
		}
		all = append(all, entry{parts[0], parts[1]})
	}
	return all
}

// mapOf returns the BCS of a map.
func mapOf(all []entry) []byte {
	var w bcs.Writer
	bcs.WriteSeq(&w, all, func(w *bcs.Writer, e entry) {
		w.Fixed(e.key)
		w.Fixed(e.value)
	})
	return w.Data()
}

func indexOf(all []entry, key []byte) int {
	for i, e := range all {
		if bytes.Equal(e.key, key) {
			return i
		}
	}
	return -1
}

// take returns entry i and leaves the others in the map that is argument 0.
func (m *vecMapModule) take(c *move.Call, all []entry, i int) error {
	c.ReturnBytes(all[i].key)
	c.ReturnBytes(all[i].value)
	c.SetBytes(0, mapOf(append(all[:i:i], all[i+1:]...)))
	return nil
}

// declareVecMap declares the functions of 0x2::vec_map but for those that
// return references.
func (f *framework) declareVecMap() {
	m := f.vecMap
	self := m.vecMap.Of(move.T(0), move.T(1))
	key, value, u64, yes := move.Val(move.T(0)), move.Val(move.T(1)), move.Val(move.U64), move.Val(move.Bool)
	keys, vals := move.Vector(move.T(0)), move.Vector(move.T(1))
	byKey := move.Params(move.Imm(self), move.Imm(move.T(0)))
	fn := func(name string, params, returns []move.Param, run func(*move.Call) error) *move.Function {
		return m.Func(name, params, returns, run).Generic(move.Copy, 0)
	}
	fn("empty", nil, move.Returns(move.Val(self)), func(c *move.Call) error { c.ReturnBytes(mapOf(nil)); return nil })
	fn("insert", move.Params(move.Mut(self), key, value), nil, m.insert)
	fn("remove", move.Params(move.Mut(self), move.Imm(move.T(0))), move.Returns(key, value), m.removeKey)
	fn("pop", move.Params(move.Mut(self)), move.Returns(key, value), func(c *move.Call) error {
		all := m.entries(c)
		if len(all) == 0 {
			return m.Abort("pop", vecMapEmpty)
		}
		return m.take(c, all, len(all)-1)
	})
	fn("remove_entry_by_idx", move.Params(move.Mut(self), u64), move.Returns(key, value), func(c *move.Call) error {
		all := m.entries(c)
		if c.U64(1) >= uint64(len(all)) {
			return m.Abort("remove_entry_by_idx", vecMapOutOfBounds)
		}
		return m.take(c, all, int(c.U64(1)))
	})
	fn("try_get", byKey, move.Returns(move.Val(f.option.Of(move.T(1)))), m.tryGet).Generic(move.Copy, move.Copy)
	fn("contains", byKey, move.Returns(yes), func(c *move.Call) error {
		c.ReturnWith(func(w *bcs.Writer) { w.Bool(indexOf(m.entries(c), c.Args[1]) >= 0) })
		return nil
	})
	fn("size", move.Params(move.Imm(self)), move.Returns(u64), func(c *move.Call) error {
		c.ReturnU64(uint64(c.Reader(0).Uleb()))
		return nil
	})
	fn("is_empty", move.Params(move.Imm(self)), move.Returns(yes), func(c *move.Call) error {
		c.ReturnWith(func(w *bcs.Writer) { w.Bool(c.Reader(0).Uleb() == 0) })
		return nil
	})
	fn("destroy_empty", move.Params(move.Val(self)), nil, func(c *move.Call) error {
		if c.Reader(0).Uleb() != 0 {
			return m.Abort("destroy_empty", vecMapNotEmpty)
		}
		return nil
	})
	fn("keys", move.Params(move.Imm(self)), move.Returns(move.Val(keys)), m.split)
	fn("into_keys_values", move.Params(move.Val(self)), move.Returns(move.Val(keys), move.Val(vals)), m.split)
	fn("from_keys_values", move.Params(move.Val(keys), move.Val(vals)), move.Returns(move.Val(self)), m.fromKeysValues)
	fn("get_idx", byKey, move.Returns(u64), m.getIndex)
	fn("get_idx_opt", byKey, move.Returns(move.Val(f.option.Of(move.U64))), m.getIndex)
	fn("get", byKey, move.Returns(move.Imm(move.T(1))), nil)
	fn("get_mut", move.Params(move.Mut(self), move.Imm(move.T(0))), move.Returns(move.Mut(move.T(1))), nil)
	fn("get_entry_by_idx", move.Params(move.Imm(self), u64), move.Returns(move.Imm(move.T(0)), move.Imm(move.T(1))), nil)
	fn("get_entry_by_idx_mut", move.Params(move.Mut(self), u64), move.Returns(move.Imm(move.T(0)), move.Mut(move.T(1))), nil)
}

func (m *vecMapModule) insert(c *move.Call) error {
	all := m.entries(c)
	if indexOf(all, c.Args[1]) >= 0 {
		return m.Abort("insert", vecMapKeyExists)
	}
	c.SetBytes(0, mapOf(append(all, entry{c.Args[1], c.Args[2]})))
	return nil
}

func (m *vecMapModule) removeKey(c *move.Call) error {
	all := m.entries(c)
	i := indexOf(all, c.Args[1])
	if i < 0 {
		return m.Abort("get_idx", vecMapNoKey)
	}
	return m.take(c, all, i)
}

func (m *vecMapModule) tryGet(c *move.Call) error {
	all := m.entries(c)
	if i := indexOf(all, c.Args[1]); i >= 0 {
		c.ReturnBytes(optionSome(all[i].value))
	} else {
		c.ReturnBytes(optionNone)
	}
	return nil
}

// getIndex is get_idx, and get_idx_opt, which returns none where that aborts.
func (m *vecMapModule) getIndex(c *move.Call) error {
	i := indexOf(m.entries(c), c.Args[1])
	optional := c.Function.Name == "get_idx_opt"
	if i < 0 && !optional {
		return m.Abort("get_idx", vecMapNoKey)
	}
	c.ReturnWith(func(w *bcs.Writer) {
		if optional {
			w.Option(i >= 0)
		}
		if i >= 0 {
			w.U64(uint64(i))
		}
	})
	return nil
}

// split returns the keys and, if they are asked for, the values.
func (m *vecMapModule) split(c *move.Call) error {
	var keys, values [][]byte
	for _, e := range m.entries(c) {
		keys, values = append(keys, e.key), append(values, e.value)
	}
	c.ReturnBytes(move.VectorOf(keys))
	if len(c.Function.Returns) > 1 {
		c.ReturnBytes(move.VectorOf(values))
	}
	return nil
}

func (m *vecMapModule) fromKeysValues(c *move.Call) error {
	keys, values := c.Elements(0, c.TypeArgs[0]), c.Elements(1, c.TypeArgs[1])
	if len(keys) != len(values) {
		return m.Abort("from_keys_values", vecMapUnequalLength)
	}
	var all []entry
	seen := make(map[string]bool)
	for i, k := range keys {
		if seen[string(k)] {
			return m.Abort("insert", vecMapKeyExists)
		}
		seen[string(k)] = true
		all = append(all, entry{k, values[i]})
	}
	c.ReturnBytes(mapOf(all))
	return nil
}
