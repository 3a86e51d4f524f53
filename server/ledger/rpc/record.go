package rpc

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// A record reads and writes a message that sui-go-sdk lacks, by its fields'
// names. The nil record of a message that isn't there has no fields.
type record struct{ m protoreflect.Message }

func recordOf(m *dynamicpb.Message) record { return record{m.ProtoReflect()} }

func (r record) field(name protoreflect.Name) protoreflect.FieldDescriptor {
	return r.m.Descriptor().Fields().ByName(name)
}

func (r record) has(name protoreflect.Name) bool { return r.m != nil && r.m.Has(r.field(name)) }

func (r record) value(name protoreflect.Name) protoreflect.Value { return r.m.Get(r.field(name)) }

// number is the unsigned number in a field, or nil.
func (r record) number(name protoreflect.Name) *uint64 {
	if !r.has(name) {
		return nil
	}
	n := r.value(name).Uint()
	return &n
}

func (r record) text(name protoreflect.Name) *string {
	if !r.has(name) {
		return nil
	}
	t := r.value(name).String()
	return &t
}

func (r record) bytes(name protoreflect.Name) []byte {
	if !r.has(name) {
		return nil
	}
	return r.value(name).Bytes()
}

func (r record) enum(name protoreflect.Name) protoreflect.EnumNumber {
	if !r.has(name) {
		return 0
	}
	return r.value(name).Enum()
}

func (r record) flag(name protoreflect.Name) bool { return r.has(name) && r.value(name).Bool() }

func (r record) sub(name protoreflect.Name) record {
	if !r.has(name) {
		return record{}
	}
	return record{r.value(name).Message()}
}

func (r record) list(name protoreflect.Name) []record {
	if !r.has(name) {
		return nil
	}
	var out []record
	for list, i := r.value(name).List(), 0; i < list.Len(); i++ {
		out = append(out, record{list.Get(i).Message()})
	}
	return out
}

// readMask is the request's field mask, or nil.
func (r record) readMask() *fieldmaskpb.FieldMask {
	if !r.has("read_mask") {
		return nil
	}
	m := r.sub("read_mask").m
	paths := m.Get(m.Descriptor().Fields().ByName("paths")).List()
	out := &fieldmaskpb.FieldMask{}
	for i := range paths.Len() {
		out.Paths = append(out.Paths, paths.Get(i).String())
	}
	return out
}

func (r record) set(name protoreflect.Name, v any) {
	r.m.Set(r.field(name), protoreflect.ValueOf(v))
}

// put sets a field to a message.
func (r record) put(name protoreflect.Name, m proto.Message) {
	r.m.Set(r.field(name), protoreflect.ValueOfMessage(m.ProtoReflect()))
}
