package rpc

import (
	"encoding/base64"
	"math/big"
	"slices"
	"strconv"

	"google.golang.org/protobuf/types/known/structpb"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// A Move value as JSON, in a full node's manner: integers up to 32 bits are
// numbers, larger ones strings; bytes are base64; IDs and addresses are hex; an
// option is its value or null; a balance is its amount.

// maxJSON bounds the bytes that are rendered.
const maxJSON = 1 << 20

// json renders the BCS of a value of t; nil if that can't be done.
func (s *server) json(t suitx.TypeTag, b []byte) *structpb.Value {
	if len(b) > maxJSON {
		return nil
	}
	r := bcs.NewReader(b)
	v := s.render(r, t)
	if r.Done() != nil {
		return nil
	}
	return v
}

func (s *server) objectJSON(o *suitx.Object) *structpb.Value {
	if o.Move == nil {
		return nil
	}
	return s.json(o.Move.Type.Tag(), o.Move.Contents)
}

// render reads one value of t. The types that stand in objects nest no deeper
// than their declarations and suitx.MaxTypeDepth allow.
func (s *server) render(r *bcs.Reader, t suitx.TypeTag) *structpb.Value {
	if r.Err() != nil {
		return nil
	}
	switch t.Kind {
	case suitx.TypeBool:
		return structpb.NewBoolValue(r.Bool())
	case suitx.TypeU8:
		return structpb.NewNumberValue(float64(r.U8()))
	case suitx.TypeU16:
		return structpb.NewNumberValue(float64(r.U16()))
	case suitx.TypeU32:
		return structpb.NewNumberValue(float64(r.U32()))
	case suitx.TypeU64:
		return structpb.NewStringValue(strconv.FormatUint(r.U64(), 10))
	case suitx.TypeU128:
		v := r.U128()
		return decimal(v[:])
	case suitx.TypeU256:
		v := r.U256()
		return decimal(v[:])
	case suitx.TypeAddress:
		return structpb.NewStringValue(suitx.Address(r.U256()).String())
	case suitx.TypeVector:
		return s.renderVector(r, *t.Elem)
	case suitx.TypeStruct:
		return s.renderStruct(r, t.Struct)
	}
	r.Fail("no value is of type %s", t)
	return nil
}

func (s *server) renderVector(r *bcs.Reader, elem suitx.TypeTag) *structpb.Value {
	if elem.Kind == suitx.TypeU8 {
		return structpb.NewStringValue(base64.StdEncoding.EncodeToString(r.Bytes()))
	}
	list := &structpb.ListValue{}
	for range r.Len(1) {
		list.Values = append(list.Values, s.render(r, elem))
	}
	return structpb.NewListValue(list)
}

func (s *server) renderStruct(r *bcs.Reader, t *suitx.StructTag) *structpb.Value {
	framework := suitx.FrameworkAddress(2)
	switch {
	case move.IsString(t):
		return structpb.NewStringValue(r.String())
	case move.IsASCII(t):
		return structpb.NewStringValue(string(r.Bytes()))
	case move.IsID(t), t.Is(framework, "object", "UID"):
		return structpb.NewStringValue(suitx.Address(r.U256()).String())
	case t.Is(framework, "balance", "Balance"):
		return structpb.NewStringValue(strconv.FormatUint(r.U64(), 10))
	case move.IsOption(t):
		if !r.Option() {
			return structpb.NewNullValue()
		}
		return s.render(r, t.Params[0])
	}
	d := s.ledger.Packages().Struct(t.Address, t.Module, t.Name)
	if d == nil || len(d.TypeParams) != len(t.Params) {
		r.Fail("no type %s", t)
		return nil
	}
	out := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	members := d.Members()
	if len(d.Variants) > 0 {
		v := d.Variants[r.Variant(len(d.Variants))]
		out.Fields["@variant"] = structpb.NewStringValue(v.Name)
		members = v.Fields
	}
	for _, f := range members {
		out.Fields[f.Name] = s.render(r, f.Type.Tag(t.Params))
	}
	return structpb.NewStructValue(out)
}

// decimal is a little-endian number.
func decimal(le []byte) *structpb.Value {
	slices.Reverse(le)
	return structpb.NewStringValue(new(big.Int).SetBytes(le).String())
}
