package sui

import (
	"context"
	"errors"
	"fmt"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// maxChanges bounds how far back a parcel's history is followed.
const maxChanges = 10_000

// Parcel returns all that is known of a parcel, or ErrNotFound: its object, the
// transaction that created it, the one that gave it its present statement (or
// deleted it), and its grants. The transactions are found by following the
// object's versions back.
//
// On a public network that works as long as the node has those versions and
// transactions: one that prunes gives ErrPruned for older parcels, an archival
// one doesn't. Of a deleted object a full node says nothing, so its
// last transaction can be found only where the node adds that to its answer, as
// the embedded ledger does (see lastOf).
func (c *Client) Parcel(ctx context.Context, id suitx.Address) (*api.Parcel, error) {
	for range tries {
		o, err := c.parcelObject(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return c.deletedParcel(ctx, id, err)
		}
		if err != nil {
			return nil, err
		}
		grants, err := c.grants(ctx, id)
		if err != nil {
			return nil, err
		}
		again, err := c.parcelObject(ctx, id)
		if err == nil && again.Version() != o.Version() || errors.Is(err, ErrNotFound) {
			continue // it changed while the grants were read
		}
		if err != nil {
			return nil, err
		}
		p := &api.Parcel{Object: o.Marshal(), Grants: grants}
		return p, c.history(ctx, p, o)
	}
	return nil, fmt.Errorf("couldn't read parcel %s: it changes all the time", id)
}

// parcelObject returns the object if it is a parcel; ErrNotFound if there is none.
func (c *Client) parcelObject(ctx context.Context, id suitx.Address) (*suitx.Object, error) {
	res, err := call(ctx, c.ledger.GetObject, &pb.GetObjectRequest{ObjectId: proto.String(id.String()), ReadMask: paths("bcs")})
	if err != nil {
		if status.Code(err) == codes.NotFound {
			return nil, &gone{message: status.Convert(err).Message(), last: lastOf(err)}
		}
		return nil, read(err, "parcel %s", id)
	}
	o, err := decodeObject(id, res.GetObject())
	if err != nil {
		return nil, err
	}
	if !c.isParcel(o) {
		return nil, &gone{message: "object " + id.String() + " is no parcel"}
	}
	return o, nil
}

func (c *Client) isParcel(o *suitx.Object) bool {
	return o.Move != nil && o.Move.Type.Is(c.ids.FloePackage, "parcel", "Parcel")
}

// gone is ErrNotFound with the transaction after which the object was no more, if known.
type gone struct {
	message string
	last    string
}

func (g *gone) Error() string        { return g.message }
func (g *gone) Is(target error) bool { return target == ErrNotFound }

// lastOf finds the transaction that deleted an object in the answer that it
// isn't there.
func lastOf(err error) string {
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok && info.Reason == api.ReasonDeleted {
			return info.Metadata[api.DeletedBy]
		}
	}
	return ""
}

// history adds the transactions to p, going back from o, its last version, to
// what is known already or else to the beginning.
func (c *Client) history(ctx context.Context, p *api.Parcel, o *suitx.Object) error {
	id, sequence, err := parcelOf(o)
	if err != nil {
		return err
	}
	known, found := c.lineages.of(id), lineage{version: o.Version()}
	stated := false // whether found.change is known
	for range maxChanges {
		if o.Version() == known.version {
			found.created = known.created
			if !stated {
				found.change = known.change
			}
			return c.addBoth(ctx, p, id, found)
		}
		t, err := c.signed(ctx, o.PreviousTransaction)
		if err != nil {
			return err
		}
		before := inputOf(t.effects, id)
		if before == nil {
			found.created = t.effects.TransactionDigest
			if !stated {
				found.change = found.created
			}
			return c.addBoth(ctx, p, id, found)
		}
		if o, err = c.version(ctx, id, before.Version); err != nil {
			return err
		}
		_, earlier, err := parcelOf(o)
		if err != nil {
			return err
		}
		if !stated && earlier != sequence {
			found.change, stated = t.effects.TransactionDigest, true
		}
	}
	return fmt.Errorf("parcel %s was changed more than %d times", id, maxChanges)
}

func (c *Client) addBoth(ctx context.Context, p *api.Parcel, id suitx.Address, l lineage) error {
	t, err := c.signed(ctx, l.created)
	if err != nil {
		return err
	}
	p.Creation = t.SignedTransaction
	if err := c.addChange(ctx, p, l.change); err != nil {
		return err
	}
	c.lineages.remember(id, l)
	return nil
}

func (c *Client) addChange(ctx context.Context, p *api.Parcel, change suitx.Digest) error {
	if change == suitx.TransactionDigest(p.Creation.Transaction) {
		p.Change = p.Creation
		return nil
	}
	t, err := c.signed(ctx, change)
	if err != nil {
		return err
	}
	p.Change = t.SignedTransaction
	return nil
}

// deletedParcel is what is left of a parcel.
func (c *Client) deletedParcel(ctx context.Context, id suitx.Address, cause error) (*api.Parcel, error) {
	var g *gone
	if !errors.As(cause, &g) || g.last == "" {
		return nil, fmt.Errorf("parcel %s: %w", id, cause)
	}
	digest, err := suitx.ParseDigest(g.last)
	if err != nil {
		return nil, fmt.Errorf("parcel %s: %w", id, err)
	}
	t, err := c.signed(ctx, digest)
	if err != nil {
		return nil, err
	}
	before := inputOf(t.effects, id)
	if before == nil {
		return nil, fmt.Errorf("parcel %s: %w", id, cause)
	}
	o, err := c.version(ctx, id, before.Version)
	if err != nil {
		return nil, err
	}
	if !c.isParcel(o) {
		return nil, fmt.Errorf("parcel %s: %w", id, cause)
	}
	p := &api.Parcel{}
	if err := c.history(ctx, p, o); err != nil {
		return nil, err
	}
	p.Change = t.SignedTransaction
	return p, nil
}

// inputOf is the object as it was before the transaction; nil if that created it.
func inputOf(e *suitx.Effects, id suitx.Address) *suitx.ObjectIn {
	for _, changed := range e.ChangedObjects {
		if changed.ID == id {
			return changed.Input
		}
	}
	return nil
}

// parcelOf reads a parcel's ID and sequence number.
//
//	id 32 ‖ sequence u64 ‖ grants u64 ‖ statement bytes
func parcelOf(o *suitx.Object) (id suitx.Address, sequence uint64, err error) {
	if o.Move == nil {
		return id, 0, fmt.Errorf("object %s is no parcel", o.ID())
	}
	r := bcs.NewReader(o.Move.Contents)
	id, sequence = readID(r), r.U64()
	return id, sequence, r.Err()
}
