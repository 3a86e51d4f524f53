package native

import (
	"floe/codec/bcs"
	"floe/server/ledger/move"
)

// metadataModule is walrus::metadata: a blob's attributes.
type metadataModule struct {
	*move.Module
	f        *framework
	metadata *move.Struct
}

func (x *walrus) declareMetadata(p *move.Package) {
	m := &metadataModule{Module: p.Module("metadata"), f: x.f}
	x.metadata = m
	str := x.f.str.Of()
	m.metadata = m.Struct("Metadata", move.Drop|move.Store,
		move.Field{Name: "metadata", Type: x.f.vecMap.vecMap.Of(str, str)})
	self, text := m.metadata.Of(), move.Val(str)
	m.Func("new", nil, move.Returns(move.Val(self)), func(c *move.Call) error {
		c.Return(&vecMap{})
		return nil
	})
	m.Func("insert_or_update", move.Params(move.Mut(self), text, text), nil, func(c *move.Call) error {
		return m.change(c, func(v *vecMap) error {
			v.put(c.Text(1), c.Text(2))
			return nil
		})
	})
	m.Func("remove", move.Params(move.Mut(self), move.Imm(str)), move.Returns(text, text), func(c *move.Call) error {
		return m.change(c, func(v *vecMap) error { return m.remove(c, v, c.Text(1)) })
	})
	m.Func("remove_if_exists", move.Params(move.Mut(self), move.Imm(str)), move.Returns(move.Val(x.f.option.Of(str))),
		func(c *move.Call) error {
			return m.change(c, func(v *vecMap) error {
				m.removeIfExists(c, v, c.Text(1))
				return nil
			})
		})
}

// change lets do change the metadata that is argument 0.
func (m *metadataModule) change(c *move.Call, do func(*vecMap) error) error {
	v := &vecMap{}
	c.Get(0, v)
	if err := do(v); err != nil {
		return err
	}
	c.Set(0, v)
	return nil
}

// put enters a pair at the end; a former one of that key goes.
func (v *vecMap) put(key, value string) {
	if i := v.find(key); i >= 0 {
		v.remove(i)
	}
	v.Entries = append(v.Entries, vecMapEntry{key, value})
}

// remove takes a pair out and returns it to the caller of c.
func (m *metadataModule) remove(c *move.Call, v *vecMap, key string) error {
	i := v.find(key)
	if i < 0 {
		return m.f.vecMap.Abort("get_idx", vecMapNoKey)
	}
	e := v.remove(i)
	c.ReturnWith(func(w *bcs.Writer) { w.String(e.Key) })
	c.ReturnWith(func(w *bcs.Writer) { w.String(e.Value) })
	return nil
}

// removeIfExists takes a pair out, if it is there, and returns its value as an option.
func (m *metadataModule) removeIfExists(c *move.Call, v *vecMap, key string) {
	i := v.find(key)
	c.ReturnWith(func(w *bcs.Writer) {
		w.Option(i >= 0)
		if i >= 0 {
			w.String(v.remove(i).Value)
		}
	})
}
