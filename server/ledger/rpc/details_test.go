package rpc_test

import (
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// What is wrong with a request is told with the field and a reason.
func TestDetailsNameTheField(t *testing.T) {
	n := newNode(t)
	for _, test := range []struct {
		field, reason string
		request       *pb.GetObjectRequest
	}{
		{"object_id", "FIELD_MISSING", &pb.GetObjectRequest{}},
		{"object_id", "FIELD_INVALID", &pb.GetObjectRequest{ObjectId: str("x")}},
		{"read_mask", "FIELD_INVALID", &pb.GetObjectRequest{ObjectId: str("0x6"), ReadMask: paths("nothing")}},
	} {
		_, err := n.reads.GetObject(t.Context(), test.request)
		st := status.Convert(err)
		if st.Code() != codes.InvalidArgument || len(st.Details()) != 1 {
			t.Fatalf("%v: %v", test, err)
		}
		bad, ok := st.Details()[0].(*errdetails.BadRequest)
		if !ok || len(bad.FieldViolations) != 1 {
			t.Fatalf("%v: %v", test, st.Details())
		}
		if v := bad.FieldViolations[0]; v.Field != test.field || v.Reason != test.reason || v.Description != st.Message() {
			t.Errorf("%v: %v", test, v)
		}
	}
}
