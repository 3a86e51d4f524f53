package rpc

import (
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

const protoPackage = "sui.rpc.v2"

// A schema is sui.rpc.v2 as it is today: sui-go-sdk's messages and what they
// lack. Messages that the SDK has not are made from it; in those that it has,
// the fields it lacks travel as unknown ones.
type schema struct {
	messages protoreflect.MessageDescriptors
}

// newSchema puts all of the SDK's files into one and adds newer to it.
func newSchema() *schema {
	file := &descriptorpb.FileDescriptorProto{Name: proto.String("sui/rpc/v2.proto"), Package: proto.String(protoPackage), Syntax: proto.String("proto3")}
	imports := map[string]bool{}
	protoregistry.GlobalFiles.RangeFilesByPackage(protoPackage, func(f protoreflect.FileDescriptor) bool {
		one := protodesc.ToFileDescriptorProto(f)
		file.MessageType = append(file.MessageType, one.MessageType...)
		file.EnumType = append(file.EnumType, one.EnumType...)
		for _, path := range one.Dependency {
			imports[path] = !strings.HasPrefix(path, "sui/rpc/v2/")
		}
		return true
	})
	for path, wanted := range imports {
		if wanted {
			file.Dependency = append(file.Dependency, path)
		}
	}
	for line := range strings.Lines(newer) {
		if line = strings.TrimSpace(line); line != "" {
			addNewer(file, line)
		}
	}
	fd, err := protodesc.NewFile(file, protoregistry.GlobalFiles)
	if err != nil {
		panic(fmt.Sprintf("internal error: newer: %v", err))
	}
	return &schema{fd.Messages()}
}

// addNewer adds what a line of newer says.
func addNewer(file *descriptorpb.FileDescriptorProto, line string) {
	name, members, _ := strings.Cut(line, ":")
	name, isEnum := strings.CutPrefix(name, "enum ")
	for i, member := range append([]string{""}, strings.Split(members, "; ")...) {
		words := strings.Fields(member)
		switch {
		case isEnum && i > 0:
			e := findEnum(file, name)
			e.Value = append(e.Value, &descriptorpb.EnumValueDescriptorProto{Name: &words[1], Number: number32(words[0])})
		case !isEnum && i == 0:
			findMessage(file, name)
		case !isEnum && len(words) > 0:
			addField(findMessage(file, name), words)
		}
	}
}

// addField adds a field: its number, its name and its type.
func addField(m *descriptorpb.DescriptorProto, words []string) {
	f := &descriptorpb.FieldDescriptorProto{Name: &words[1], Number: number32(words[0]),
		Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()}
	kind := words[2:]
	if kind[0] == "repeated" {
		f.Label, kind = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum(), kind[1:]
	} else {
		// A field that is optional is the only one of a oneof.
		f.Proto3Optional, f.OneofIndex = proto.Bool(true), proto.Int32(int32(len(m.OneofDecl)))
		m.OneofDecl = append(m.OneofDecl, &descriptorpb.OneofDescriptorProto{Name: proto.String("_" + words[1])})
	}
	scalars := map[string]descriptorpb.FieldDescriptorProto_Type{
		"bool": descriptorpb.FieldDescriptorProto_TYPE_BOOL, "bytes": descriptorpb.FieldDescriptorProto_TYPE_BYTES,
		"string": descriptorpb.FieldDescriptorProto_TYPE_STRING, "uint32": descriptorpb.FieldDescriptorProto_TYPE_UINT32,
		"uint64": descriptorpb.FieldDescriptorProto_TYPE_UINT64,
	}
	scalar, isScalar := scalars[kind[0]]
	switch {
	case isScalar:
		f.Type = scalar.Enum()
	case kind[0] == "enum":
		f.Type, f.TypeName = descriptorpb.FieldDescriptorProto_TYPE_ENUM.Enum(), proto.String("."+protoPackage+"."+kind[1])
	case strings.HasPrefix(kind[0], "google."):
		f.Type, f.TypeName = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(), proto.String("."+kind[0])
	default:
		f.Type, f.TypeName = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(), proto.String("."+protoPackage+"."+kind[0])
	}
	m.Field = append(m.Field, f)
}

// findMessage returns the message of that name, which it makes if need be.
func findMessage(file *descriptorpb.FileDescriptorProto, name string) *descriptorpb.DescriptorProto {
	for _, m := range file.MessageType {
		if m.GetName() == name {
			return m
		}
	}
	m := &descriptorpb.DescriptorProto{Name: &name}
	file.MessageType = append(file.MessageType, m)
	return m
}

// findEnum returns the enum of that name in a message, both of which it makes if need be.
func findEnum(file *descriptorpb.FileDescriptorProto, name string) *descriptorpb.EnumDescriptorProto {
	within := &file.EnumType
	if message, inner, ok := strings.Cut(name, "."); ok {
		within, name = &findMessage(file, message).EnumType, inner
	}
	for _, e := range *within {
		if e.GetName() == name {
			return e
		}
	}
	e := &descriptorpb.EnumDescriptorProto{Name: &name}
	*within = append(*within, e)
	return e
}

func number32(text string) *int32 {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		panic("internal error: newer: " + err.Error())
	}
	return proto.Int32(int32(n))
}

// message returns the descriptor of one of the package's messages; nil if there is none.
func (s *schema) message(name protoreflect.FullName) protoreflect.MessageDescriptor {
	if name.Parent() != protoPackage {
		return nil
	}
	return s.messages.ByName(name.Name())
}

// make returns an empty message.
func (s *schema) make(name protoreflect.Name) *dynamicpb.Message {
	return dynamicpb.NewMessage(s.messages.ByName(name))
}

// today returns m, which may be one of the SDK's, with all fields known.
func (s *schema) today(m proto.Message) (*dynamicpb.Message, error) {
	b, err := proto.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("couldn't write %T: %w", m, err)
	}
	out := s.make(m.ProtoReflect().Descriptor().Name())
	if err := proto.Unmarshal(b, out); err != nil {
		return nil, fmt.Errorf("couldn't read %T: %w", m, err)
	}
	return out, nil
}
