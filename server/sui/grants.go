package sui

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// grants reads a parcel's dynamic fields, in the order of their slots. Each is a
// Field<vector<u8>, vector<u8>>: id 32 ‖ slot bytes ‖ grant bytes.
func (c *Client) grants(ctx context.Context, parcel suitx.Address) ([]api.Grant, error) {
	out := []api.Grant{}
	req := &pb.ListDynamicFieldsRequest{
		Parent:   proto.String(parcel.String()),
		PageSize: proto.Uint32(pageSize),
		ReadMask: paths("field_id", "field_object.bcs"),
	}
	for {
		res, err := call(ctx, c.state.ListDynamicFields, req)
		if err != nil {
			return nil, read(err, "grants of parcel %s", parcel)
		}
		for _, f := range res.DynamicFields {
			g, err := grantOf(f)
			if err != nil {
				return nil, fmt.Errorf("couldn't read a grant of parcel %s: %w", parcel, err)
			}
			out = append(out, g)
		}
		if req.PageToken, err = nextPage(req.PageToken, res.NextPageToken); err != nil {
			return nil, fmt.Errorf("couldn't read grants of parcel %s: %w", parcel, err)
		}
		if req.PageToken == nil {
			slices.SortFunc(out, func(a, b api.Grant) int { return bytes.Compare(a.Slot, b.Slot) })
			return out, nil
		}
	}
}

func grantOf(f *pb.DynamicField) (g api.Grant, err error) {
	id, err := suitx.ParseAddress(f.GetFieldId())
	if err != nil {
		return g, err
	}
	o, err := decodeObject(id, f.GetFieldObject())
	if err != nil {
		return g, err
	}
	if o.Move == nil {
		return g, fmt.Errorf("object %s is no dynamic field", id)
	}
	r := bcs.NewReader(o.Move.Contents)
	readID(r)
	g.Slot, g.Grant = r.Bytes(), r.Bytes()
	return g, r.Done()
}
