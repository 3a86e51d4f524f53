package rpc

import (
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// A mask is a field mask as a tree: the fields that were asked for, each with
// what was asked for within it. An empty mask is all that there is; nil is nothing.
type mask map[protoreflect.Name]mask

// all asks for everything.
var all = mask{}

// mask reads a request's mask for messages of that name; without one it asks
// for the paths in otherwise. An unknown path is an error that names it.
func (s *schema) mask(asked *fieldmaskpb.FieldMask, otherwise string, of protoreflect.Name) (mask, error) {
	paths := asked.GetPaths()
	if asked == nil {
		paths = strings.Split(otherwise, ",")
	}
	var root mask
	for _, path := range paths {
		if path == "*" {
			return all, nil
		}
		if !knows(s.messages.ByName(of), path) {
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

// prune clears all of msg that m doesn't ask for.
func (s *schema) prune(m mask, msg proto.Message) { s.pruneMessage(m, msg.ProtoReflect()) }

func (s *schema) pruneMessage(m mask, msg protoreflect.Message) {
	if m.isAll() {
		return
	}
	s.pruneNewer(m, msg)
	msg.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		sub := m.sub(f.Name())
		switch {
		case sub == nil:
			msg.Clear(f)
		case sub.isAll() || f.Message() == nil || f.IsMap():
		case f.IsList():
			for i := range v.List().Len() {
				s.pruneMessage(sub, v.List().Get(i).Message())
			}
		default:
			s.pruneMessage(sub, v.Message())
		}
		return true
	})
}

// pruneNewer clears fields that sui-go-sdk's messages lack. What is within one
// of them is asked for as a whole.
func (s *schema) pruneNewer(m mask, msg protoreflect.Message) {
	var kept []byte
	d := s.message(msg.Descriptor().FullName())
	for rest := msg.GetUnknown(); len(rest) > 0 && d != nil; {
		number, _, n := protowire.ConsumeField(rest)
		if n < 0 {
			break
		}
		if f := d.Fields().ByNumber(number); f != nil && m.has(f.Name()) {
			kept = append(kept, rest[:n]...)
		}
		rest = rest[n:]
	}
	msg.SetUnknown(kept)
}

// knows says whether path names a field below messages of type d.
func knows(d protoreflect.MessageDescriptor, path string) bool {
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
