package rpc

import (
	"context"

	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"

	"floe/codec/suitx"
)

const objectMask = "object_id,version,digest"

func (s *server) getObject(_ context.Context, r *pb.GetObjectRequest) (*pb.GetObjectResponse, error) {
	m, err := s.schema.mask(r.ReadMask, objectMask, "Object")
	if err != nil {
		return nil, err
	}
	o, failure := s.findObject(r, m)
	if failure != nil {
		return nil, failure
	}
	return &pb.GetObjectResponse{Object: o}, nil
}

func (s *server) batchGetObjects(_ context.Context, r *pb.BatchGetObjectsRequest) (*pb.BatchGetObjectsResponse, error) {
	m, err := s.schema.mask(r.ReadMask, objectMask, "Object")
	if err != nil {
		return nil, err
	}
	if failure := tooMany(len(r.Requests), maxObjects); failure != nil {
		return nil, failure
	}
	out, size := &pb.BatchGetObjectsResponse{}, answerSize(0)
	for _, one := range r.Requests {
		result := &pb.GetObjectResult{}
		if o, failure := s.findObject(one, m); failure != nil {
			if failure.Code() == connect.CodeInvalidArgument {
				return nil, failure
			}
			result.Result = &pb.GetObjectResult_Error{Error: statusOf(failure)}
		} else {
			result.Result = &pb.GetObjectResult_Object{Object: o}
		}
		if failure := size.add(result); failure != nil {
			return nil, failure
		}
		out.Objects = append(out.Objects, result)
	}
	return out, nil
}

func (s *server) findObject(r *pb.GetObjectRequest, m mask) (*pb.Object, *connect.Error) {
	id, failure := address("object_id", r.ObjectId)
	if failure != nil {
		return nil, failure
	}
	if r.Version == nil {
		o, err := s.ledger.Object(id, 0)
		if err != nil {
			return nil, s.failed(err, "Object %s", id)
		}
		return s.object(o, m), nil
	}
	if r.GetVersion() == 0 {
		return nil, notFound("Object %s with version 0 not found", id)
	}
	o, err := s.ledger.Object(id, r.GetVersion())
	if err != nil {
		return nil, s.failed(err, "Object %s with version %d", id, r.GetVersion())
	}
	return s.object(o, m), nil
}

// address reads a required address or object ID.
func address(field string, text *string) (suitx.Address, *connect.Error) {
	if text == nil {
		return suitx.Address{}, missing(field)
	}
	a, err := suitx.ParseAddress(*text)
	if err != nil {
		return a, invalid(field, "invalid %s: %v", field, err)
	}
	return a, nil
}
