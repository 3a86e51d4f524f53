package move

import (
	"fmt"

	"floe/codec/bcs"
	"floe/codec/suitx"
)

// FieldKey names a dynamic field of an object: a value that may be copied and dropped.
type FieldKey struct {
	Type suitx.TypeTag
	BCS  []byte
}

// U64Key and BytesKey are keys of the types u64 and vector<u8>.
func U64Key(v uint64) FieldKey {
	var w bcs.Writer
	w.U64(v)
	return FieldKey{suitx.TypeTag{Kind: suitx.TypeU64}, w.Data()}
}

func BytesKey(b []byte) FieldKey {
	var w bcs.Writer
	w.Bytes(b)
	return FieldKey{suitx.VectorOf(suitx.TypeTag{Kind: suitx.TypeU8}), w.Data()}
}

// Codes that 0x2::dynamic_field aborts with.
const (
	FieldAlreadyExists = 0
	FieldDoesNotExist  = 1
	FieldTypeMismatch  = 2
)

// FieldType returns the type of the object that holds a field:
// 0x2::dynamic_field::Field<K, V>, a struct of id, name and value.
func FieldType(k FieldKey, value suitx.TypeTag) suitx.StructTag {
	return suitx.StructTag{Address: suitx.FrameworkAddress(2), Module: "dynamic_field", Name: "Field",
		Params: []suitx.TypeTag{k.Type, value}}
}

// FieldObject returns the object that holds a field of parent.
func FieldObject(parent suitx.Address, k FieldKey, valueType suitx.TypeTag, value []byte) (suitx.Address, Object) {
	id := suitx.DynamicFieldID(parent, k.Type, k.BCS)
	contents := append(append(append([]byte{}, id[:]...), k.BCS...), value...)
	return id, Object{Type: FieldType(k, valueType), Contents: contents}
}

// HasField says whether parent has a field under k.
func (c *Call) HasField(parent suitx.Address, k FieldKey) bool { return c.field(parent, k) != nil }

func (c *Call) field(parent suitx.Address, k FieldKey) *Object {
	o, err := c.Children.Child(parent, suitx.DynamicFieldID(parent, k.Type, k.BCS))
	if err != nil {
		c.Fail(fmt.Errorf("couldn't read dynamic field: %w", err))
		return nil
	}
	return o
}

// Field returns the value of parent's field under k, which must be of that
// type; it aborts as Move does if it isn't or doesn't exist.
func (c *Call) Field(parent suitx.Address, k FieldKey, valueType suitx.TypeTag) ([]byte, error) {
	o := c.field(parent, k)
	if o == nil {
		return nil, fieldAbort("borrow_child_object", FieldDoesNotExist)
	}
	if !o.Type.Equal(FieldType(k, valueType)) {
		return nil, fieldAbort("borrow_child_object", FieldTypeMismatch)
	}
	return o.Contents[32+len(k.BCS):], nil
}

// AddField gives parent a field; it aborts if there is one under k.
func (c *Call) AddField(parent suitx.Address, k FieldKey, valueType suitx.TypeTag, value []byte) error {
	if c.HasField(parent, k) {
		return fieldAbort("add", FieldAlreadyExists)
	}
	c.SetField(parent, k, valueType, value)
	return nil
}

// SetField writes the field under k, whether it exists or not.
func (c *Call) SetField(parent suitx.Address, k FieldKey, valueType suitx.TypeTag, value []byte) {
	id, o := FieldObject(parent, k, valueType, value)
	c.Children.PutChild(parent, id, o)
}

// RemoveField takes the field under k from parent and returns its value; it
// aborts if it isn't there or of another type.
func (c *Call) RemoveField(parent suitx.Address, k FieldKey, valueType suitx.TypeTag) ([]byte, error) {
	v, err := c.Field(parent, k, valueType)
	if err == nil {
		c.Children.RemoveChild(parent, suitx.DynamicFieldID(parent, k.Type, k.BCS))
	}
	return v, err
}

func fieldAbort(function string, code uint64) error {
	return &Abort{Package: suitx.FrameworkAddress(2), Module: "dynamic_field", Function: function, Code: code}
}
