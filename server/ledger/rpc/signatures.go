package rpc

import (
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// Declarations of Move functions and types, as MovePackageService tells them.

func function(f *move.Function) *pb.FunctionDescriptor {
	out := &pb.FunctionDescriptor{
		Name:       proto.String(f.Name),
		IsEntry:    proto.Bool(f.Entry),
		Visibility: visibility(f.Visibility).Enum(),
	}
	for _, c := range f.TypeParams {
		out.TypeParameters = append(out.TypeParameters, &pb.TypeParameter{Constraints: abilities(c)})
	}
	for _, p := range f.Params {
		out.Parameters = append(out.Parameters, openSignature(p))
	}
	for _, p := range f.Returns {
		out.Returns = append(out.Returns, openSignature(p))
	}
	return out
}

func visibility(v move.Visibility) pb.FunctionDescriptor_Visibility {
	switch v {
	case move.Public:
		return pb.FunctionDescriptor_PUBLIC
	case move.Friend:
		return pb.FunctionDescriptor_FRIEND
	}
	return pb.FunctionDescriptor_PRIVATE
}

func abilities(a move.Abilities) []pb.Ability {
	var out []pb.Ability
	for i, ability := range []pb.Ability{pb.Ability_COPY, pb.Ability_DROP, pb.Ability_STORE, pb.Ability_KEY} {
		if a.Has(1 << i) {
			out = append(out, ability)
		}
	}
	return out
}

func openSignature(p move.Param) *pb.OpenSignature {
	out := &pb.OpenSignature{Body: signatureBody(p.Type)}
	switch p.Ref {
	case move.ByRef:
		out.Reference = pb.OpenSignature_IMMUTABLE.Enum()
	case move.ByMutRef:
		out.Reference = pb.OpenSignature_MUTABLE.Enum()
	}
	return out
}

var primitiveBodies = map[suitx.TypeKind]pb.OpenSignatureBody_Type{
	suitx.TypeAddress: pb.OpenSignatureBody_ADDRESS,
	suitx.TypeBool:    pb.OpenSignatureBody_BOOL,
	suitx.TypeU8:      pb.OpenSignatureBody_U8,
	suitx.TypeU16:     pb.OpenSignatureBody_U16,
	suitx.TypeU32:     pb.OpenSignatureBody_U32,
	suitx.TypeU64:     pb.OpenSignatureBody_U64,
	suitx.TypeU128:    pb.OpenSignatureBody_U128,
	suitx.TypeU256:    pb.OpenSignatureBody_U256,
}

func signatureBody(t move.Type) *pb.OpenSignatureBody {
	switch {
	case t.IsParam():
		return &pb.OpenSignatureBody{Type: pb.OpenSignatureBody_TYPE_PARAMETER.Enum(), TypeParameter: proto.Uint32(uint32(t.Index))}
	case t.Kind == suitx.TypeVector:
		return &pb.OpenSignatureBody{Type: pb.OpenSignatureBody_VECTOR.Enum(),
			TypeParameterInstantiation: []*pb.OpenSignatureBody{signatureBody(*t.Elem)}}
	case t.Kind == suitx.TypeStruct:
		out := &pb.OpenSignatureBody{Type: pb.OpenSignatureBody_DATATYPE.Enum(), TypeName: proto.String(typeName(t.Struct))}
		for _, a := range t.Args {
			out.TypeParameterInstantiation = append(out.TypeParameterInstantiation, signatureBody(a))
		}
		return out
	}
	return &pb.OpenSignatureBody{Type: primitiveBodies[t.Kind].Enum()}
}

func typeName(d *move.Struct) string {
	return d.Module.Package.String() + "::" + d.Module.Name + "::" + d.Name
}

func datatype(d *move.Struct) *pb.DatatypeDescriptor {
	out := &pb.DatatypeDescriptor{
		TypeName:   proto.String(typeName(d)),
		DefiningId: proto.String(d.Module.Package.String()),
		Module:     proto.String(d.Module.Name),
		Name:       proto.String(d.Name),
		Abilities:  abilities(d.Abilities),
		Kind:       pb.DatatypeDescriptor_STRUCT.Enum(),
		Fields:     fieldDescriptors(d.Members()),
	}
	for _, p := range d.TypeParams {
		out.TypeParameters = append(out.TypeParameters, &pb.TypeParameter{Constraints: abilities(p.Constraints), IsPhantom: proto.Bool(p.Phantom)})
	}
	if len(d.Variants) > 0 {
		out.Kind = pb.DatatypeDescriptor_ENUM.Enum()
	}
	for i, v := range d.Variants {
		out.Variants = append(out.Variants, &pb.VariantDescriptor{Name: proto.String(v.Name),
			Position: proto.Uint32(uint32(i)), Fields: fieldDescriptors(v.Fields)})
	}
	return out
}

func fieldDescriptors(members []move.Field) []*pb.FieldDescriptor {
	var out []*pb.FieldDescriptor
	for i, f := range members {
		out = append(out, &pb.FieldDescriptor{Name: proto.String(f.Name), Position: proto.Uint32(uint32(i)), Type: signatureBody(f.Type)})
	}
	return out
}
