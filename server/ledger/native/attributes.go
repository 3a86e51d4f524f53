package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// declareAttributes declares what walrus::blob does with a blob's Metadata,
// which is a dynamic field of it under b"metadata".
func (m *blobModule) declareAttributes() {
	self, md, str := m.blob.Of(), move.Val(m.x.metadata.metadata.Of()), m.x.f.str.Of()
	option := m.x.f.option
	m.Func("add_metadata", move.Params(move.Mut(self), md), nil, func(c *move.Call) error {
		if c.HasField(objectID(c, 0), metadataKey()) {
			return m.Abort("add_metadata", blobDuplicateMetadata)
		}
		m.setMetadata(c, objectID(c, 0), c.Args[1])
		return nil
	})
	m.Func("add_or_replace_metadata", move.Params(move.Mut(self), md),
		move.Returns(move.Val(option.Of(m.x.metadata.metadata.Of()))), m.replaceMetadata)
	m.Func("take_metadata", move.Params(move.Mut(self)), move.Returns(md), func(c *move.Call) error {
		if !c.HasField(objectID(c, 0), metadataKey()) {
			return m.Abort("take_metadata", blobMissingMetadata)
		}
		old, err := c.RemoveField(objectID(c, 0), metadataKey(), m.metadataType())
		c.ReturnBytes(old)
		return err
	})
	m.Func("insert_or_update_metadata_pair", move.Params(move.Mut(self), move.Val(str), move.Val(str)), nil, m.putPair)
	m.Func("remove_metadata_pair", move.Params(move.Mut(self), move.Imm(str)),
		move.Returns(move.Val(str), move.Val(str)), m.removePair)
	m.Func("remove_metadata_pair_if_exists", move.Params(move.Mut(self), move.Imm(str)),
		move.Returns(move.Val(option.Of(str))), m.removePairIfExists)
}

func metadataKey() move.FieldKey { return move.BytesKey([]byte("metadata")) }

func (m *blobModule) metadataType() suitx.TypeTag { return m.x.metadata.metadata.Tag().Tag() }

func (m *blobModule) setMetadata(c *move.Call, blob suitx.Address, md []byte) {
	c.SetField(blob, metadataKey(), m.metadataType(), md)
}

// loadMetadata returns a blob's attributes; found is false if it has none.
func (m *blobModule) loadMetadata(c *move.Call, blob suitx.Address) (v *vecMap, found bool, err error) {
	if !c.HasField(blob, metadataKey()) {
		return &vecMap{}, false, nil
	}
	b, err := c.Field(blob, metadataKey(), m.metadataType())
	if err != nil {
		return nil, false, err
	}
	v = &vecMap{}
	c.Unmarshal(b, v)
	return v, true, nil
}

func (m *blobModule) dropMetadata(c *move.Call, blob suitx.Address) error {
	if !c.HasField(blob, metadataKey()) {
		return nil
	}
	_, err := c.RemoveField(blob, metadataKey(), m.metadataType())
	return err
}

func (m *blobModule) replaceMetadata(c *move.Call) error {
	old := []byte{0}
	if c.HasField(objectID(c, 0), metadataKey()) {
		v, err := c.RemoveField(objectID(c, 0), metadataKey(), m.metadataType())
		if err != nil {
			return err
		}
		old = append([]byte{1}, v...)
	}
	m.setMetadata(c, objectID(c, 0), c.Args[1])
	c.ReturnBytes(old)
	return nil
}

func (m *blobModule) putPair(c *move.Call) error {
	v, _, err := m.loadMetadata(c, objectID(c, 0))
	if err != nil {
		return err
	}
	v.put(c.Text(1), c.Text(2))
	m.setMetadata(c, objectID(c, 0), move.Marshal(v))
	return nil
}

func (m *blobModule) removePair(c *move.Call) error {
	v, found, err := m.loadMetadata(c, objectID(c, 0))
	if err != nil {
		return err
	}
	if !found {
		return m.Abort("metadata", blobMissingMetadata)
	}
	if err := m.x.metadata.remove(c, v, c.Text(1)); err != nil {
		return err
	}
	m.setMetadata(c, objectID(c, 0), move.Marshal(v))
	return nil
}

func (m *blobModule) removePairIfExists(c *move.Call) error {
	v, found, err := m.loadMetadata(c, objectID(c, 0))
	if err != nil {
		return err
	}
	if !found {
		c.ReturnWith(func(w *bcs.Writer) { w.Option(false) })
		return nil
	}
	m.x.metadata.removeIfExists(c, v, c.Text(1))
	m.setMetadata(c, objectID(c, 0), move.Marshal(v))
	return nil
}
