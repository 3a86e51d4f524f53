package rpc

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// A mask is a field mask as a tree: the fields that were asked for, each with
// what was asked for within it. An empty mask is all that there is; nil is nothing.
type mask map[protoreflect.Name]mask

// all asks for everything.
var all = mask{}

// newMask reads a request's mask for messages like m; without one it asks for
// the paths in otherwise. An unknown path is an error that names it.
func newMask(asked *fieldmaskpb.FieldMask, otherwise string, m proto.Message) (mask, error) {
	paths := asked.GetPaths()
	if asked == nil {
		paths = strings.Split(otherwise, ",")
	}
	var root mask
	for _, path := range paths {
		if path == "*" {
			return all, nil
		}
		if !known(m.ProtoReflect().Descriptor(), path) {
			return nil, invalid("read_mask", "invalid read_mask path: %s", path)
		}
		root = root.with(strings.Split(path, "."))
	}
	return root, nil
}

// with returns m with one more path.
func (m mask) with(path []string) mask {
	if len(path) == 0 || m.isAll() {
		return all
	}
	if m == nil {
		m = mask{}
	}
	name := protoreflect.Name(path[0])
	m[name] = m[name].with(path[1:])
	return m
}

func (m mask) isAll() bool { return m != nil && len(m) == 0 }

// has says whether any part of the field was asked for.
func (m mask) has(field protoreflect.Name) bool { return m.sub(field) != nil }

// sub is what was asked for within the field.
func (m mask) sub(field protoreflect.Name) mask {
	if m.isAll() {
		return all
	}
	return m[field]
}

// prune clears all of msg that wasn't asked for.
func (m mask) prune(msg proto.Message) { m.pruneMessage(msg.ProtoReflect()) }

func (m mask) pruneMessage(msg protoreflect.Message) {
	if m.isAll() {
		return
	}
	msg.SetUnknown(nil)
	msg.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		sub := m.sub(f.Name())
		switch {
		case sub == nil:
			msg.Clear(f)
		case sub.isAll() || f.Message() == nil || f.IsMap():
		case f.IsList():
			for i := range v.List().Len() {
				sub.pruneMessage(v.List().Get(i).Message())
			}
		default:
			sub.pruneMessage(v.Message())
		}
		return true
	})
}

// known says whether path names a field below messages of type d.
func known(d protoreflect.MessageDescriptor, path string) bool {
	for _, name := range strings.Split(path, ".") {
		if d == nil {
			return false
		}
		f := d.Fields().ByName(protoreflect.Name(name))
		if f == nil {
			return false
		}
		d = f.Message()
		if f.IsMap() {
			d = nil
		}
	}
	return true
}
