package sui

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
)

const (
	batch    = 50   // objects of one request
	pageSize = 1000 // entries of one page, at most

	// coins of one owner, and a page more: whoever has as many has them by the
	// million, sent by strangers, and a list of them isn't worth its memory
	mostCoins = 10_000
)

// Objects returns the last versions of objects, in the order asked; nil where
// there is none.
func (c *Client) Objects(ctx context.Context, ids ...suitx.Address) ([]*suitx.Object, error) {
	var out []*suitx.Object
	for some := range slices.Chunk(ids, batch) {
		objects, err := c.fresh(ctx, func() ([]*suitx.Object, error) { return c.someObjects(ctx, some) }, some)
		if err != nil {
			return nil, err
		}
		out = append(out, objects...)
	}
	return out, nil
}

// someObjects are those of one request, as one node knows them.
func (c *Client) someObjects(ctx context.Context, ids []suitx.Address) ([]*suitx.Object, error) {
	req := &pb.BatchGetObjectsRequest{ReadMask: paths("bcs")}
	for _, id := range ids {
		req.Requests = append(req.Requests, &pb.GetObjectRequest{ObjectId: proto.String(id.String())})
	}
	res, err := call(ctx, c.ledger.BatchGetObjects, req)
	if err != nil {
		return nil, read(err, "%d objects", len(ids))
	}
	if len(res.Objects) != len(ids) {
		return nil, fmt.Errorf("couldn't read objects: %d asked, %d answered", len(ids), len(res.Objects))
	}
	out := make([]*suitx.Object, len(ids))
	for i, result := range res.Objects {
		if out[i], err = objectOf(ids[i], result); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func objectOf(id suitx.Address, r *pb.GetObjectResult) (*suitx.Object, error) {
	if failure := r.GetError(); failure != nil {
		if codes.Code(failure.Code) == codes.NotFound {
			return nil, nil
		}
		return nil, fmt.Errorf("couldn't read object %s: %w", id, status.ErrorProto(failure))
	}
	return decodeObject(id, r.GetObject())
}

func decodeObject(id suitx.Address, o *pb.Object) (*suitx.Object, error) {
	if o.GetBcs() == nil {
		return nil, fmt.Errorf("object %s: the node doesn't give its BCS", id)
	}
	out, err := suitx.UnmarshalObject(o.GetBcs().GetValue())
	if err != nil {
		return nil, fmt.Errorf("object %s: %w", id, err)
	}
	if out.ID() != id {
		return nil, fmt.Errorf("object %s: the node answered object %s", id, out.ID())
	}
	return out, nil
}

// version returns an object as it was, or ErrNotFound where that is pruned.
func (c *Client) version(ctx context.Context, id suitx.Address, version uint64) (*suitx.Object, error) {
	res, err := call(ctx, c.ledger.GetObject, &pb.GetObjectRequest{ObjectId: proto.String(id.String()),
		Version: proto.Uint64(version), ReadMask: paths("bcs")})
	if err != nil {
		return nil, pruned(err, "version %d of object %s", version, id)
	}
	return decodeObject(id, res.GetObject())
}

// Owned returns all objects of that type and owner; of coins, some thousands.
func (c *Client) Owned(ctx context.Context, owner suitx.Address, typ suitx.StructTag) ([]*suitx.Object, error) {
	var out []*suitx.Object
	req := &pb.ListOwnedObjectsRequest{
		Owner:      proto.String(owner.String()),
		ObjectType: proto.String(typ.String()),
		PageSize:   proto.Uint32(pageSize),
		ReadMask:   paths("object_id", "bcs"),
	}
	for {
		res, err := call(ctx, c.state.ListOwnedObjects, req)
		if err != nil {
			return nil, read(err, "objects of %s", owner)
		}
		for _, o := range res.Objects {
			id, err := suitx.ParseAddress(o.GetObjectId())
			if err != nil {
				return nil, fmt.Errorf("couldn't read objects of %s: %w", owner, err)
			}
			one, err := decodeObject(id, o)
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
		if req.PageToken, err = nextPage(req.PageToken, res.NextPageToken); err != nil {
			return nil, fmt.Errorf("couldn't read objects of %s: %w", owner, err)
		}
		if req.PageToken == nil || len(out) >= mostCoins && typ.Is(suitx.FrameworkAddress(2), "coin", "Coin") {
			return c.mend(ctx, out, owner, typ)
		}
	}
}

// nextPage returns the token to ask for more with; nil at the end, which some
// nodes tell by no token and some by an empty one.
func nextPage(asked, told []byte) ([]byte, error) {
	switch {
	case len(told) == 0:
		return nil, nil
	case bytes.Equal(asked, told):
		return nil, errors.New("the node answers the same page over and over")
	}
	return told, nil
}

// Coin is a coin at its last version.
type Coin struct {
	Ref     suitx.ObjectRef
	Balance uint64
}

// Coins returns an owner's coins, the richest first.
func (c *Client) Coins(ctx context.Context, owner suitx.Address, coin suitx.TypeTag) ([]Coin, error) {
	objects, err := c.Owned(ctx, owner, suitx.CoinOf(coin))
	if err != nil {
		return nil, err
	}
	var out []Coin
	for _, o := range objects {
		// 0x2::coin::Coin is ID and balance.
		if o.Move == nil || len(o.Move.Contents) != 40 {
			return nil, fmt.Errorf("object %s is no coin", o.ID())
		}
		out = append(out, Coin{o.Ref(), binary.LittleEndian.Uint64(o.Move.Contents[32:])})
	}
	slices.SortStableFunc(out, func(a, b Coin) int {
		switch {
		case a.Balance > b.Balance:
			return -1
		case a.Balance < b.Balance:
			return 1
		}
		return 0
	})
	return out, nil
}
