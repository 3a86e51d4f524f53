package rpc

import (
	"context"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/bcs"
	"floe/codec/suitx"
)

const fieldMask = "parent,field_id"

func (s *server) listDynamicFields(_ context.Context, r *pb.ListDynamicFieldsRequest) (*pb.ListDynamicFieldsResponse, error) {
	parent, failure := address("parent", r.Parent)
	if failure != nil {
		return nil, failure
	}
	m, err := s.schema.mask(r.ReadMask, fieldMask, "DynamicField")
	if err != nil {
		return nil, err
	}
	out := &pb.ListDynamicFieldsResponse{}
	out.NextPageToken, err = s.page(parent, r.PageToken, r.PageSize, func(after []byte, limit int) (int, []byte, error) {
		page, next, err := s.ledger.DynamicFields(parent, after, limit)
		size := 0
		for _, o := range page {
			if !isField(o) {
				continue // the child of a dynamic object field, which belongs to the field
			}
			f, err := s.dynamicField(parent, o, m)
			if err != nil {
				return size, nil, err
			}
			out.DynamicFields = append(out.DynamicFields, f)
			size += proto.Size(f)
		}
		return size, next, err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func isField(o *suitx.Object) bool {
	return o.Move != nil && o.Move.Type.Is(suitx.FrameworkAddress(2), "dynamic_field", "Field") && len(o.Move.Type.Params) == 2
}

// dynamicField is the field that o holds. Its object is a
// 0x2::dynamic_field::Field<K, V>: ID ‖ key ‖ value. A dynamic object field is
// a Field<0x2::dynamic_object_field::Wrapper<K>, ID> of a child's ID.
func (s *server) dynamicField(parent suitx.Address, o *suitx.Object, m mask) (*pb.DynamicField, error) {
	out := &pb.DynamicField{
		Kind:    pb.DynamicField_FIELD.Enum(),
		Parent:  proto.String(parent.String()),
		FieldId: proto.String(o.ID().String()),
	}
	key, value := o.Move.Type.Params[0], o.Move.Type.Params[1]
	r := bcs.NewReader(o.Move.Contents[32:])
	if s.render(r, key); r.Err() != nil {
		return nil, r.Err()
	}
	cut := 32 + r.Offset()
	out.Name = named(key.String(), o.Move.Contents[32:cut])
	out.Value = named(value.String(), o.Move.Contents[cut:])
	out.ValueType = proto.String(value.String())
	if sub := m.sub("field_object"); sub != nil {
		out.FieldObject = s.object(o, sub)
	}
	if w := key.Struct; w != nil && w.Is(suitx.FrameworkAddress(2), "dynamic_object_field", "Wrapper") && len(w.Params) == 1 {
		if err := s.childObject(out, w.Params[0], suitx.Address(o.Move.Contents[cut:cut+32]), m); err != nil {
			return nil, err
		}
	}
	s.schema.prune(m, out)
	return out, nil
}

// childObject makes out a dynamic object field: its value is the child.
func (s *server) childObject(out *pb.DynamicField, key suitx.TypeTag, id suitx.Address, m mask) error {
	out.Kind = pb.DynamicField_OBJECT.Enum()
	out.Name.Name = proto.String(key.String())
	out.ChildId = proto.String(id.String())
	child, err := s.ledger.Object(id, 0)
	if err != nil {
		return err
	}
	out.ValueType = proto.String(objectType(child))
	if sub := m.sub("child_object"); sub != nil {
		out.ChildObject = s.object(child, sub)
	}
	return nil
}
