package rpc_test

import (
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A request of four megabytes could name one large object so often that the
// answer fills the machine's memory.
func TestBatchesAreBounded(t *testing.T) {
	n := newNode(t)
	objects := func(many int) error {
		req := &pb.BatchGetObjectsRequest{ReadMask: paths("*")}
		for range many {
			req.Requests = append(req.Requests, &pb.GetObjectRequest{ObjectId: str("0x6")})
		}
		_, err := n.reads.BatchGetObjects(t.Context(), req)
		return err
	}
	if err := objects(1000); err != nil {
		t.Error(err)
	}
	if err := objects(1001); status.Code(err) != codes.InvalidArgument {
		t.Errorf("1001 objects: %v", err)
	}
	digest := n.me.Run(t, n.Ledger, give(n.me.Address, 1)).Digest.String()
	transactions := func(many int) error {
		req := &pb.BatchGetTransactionsRequest{ReadMask: paths("digest")}
		for range many {
			req.Digests = append(req.Digests, digest)
		}
		_, err := n.reads.BatchGetTransactions(t.Context(), req)
		return err
	}
	if err := transactions(200); err != nil {
		t.Error(err)
	}
	if err := transactions(201); status.Code(err) != codes.InvalidArgument {
		t.Errorf("201 transactions: %v", err)
	}
}
