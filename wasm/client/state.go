package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// state is what a parcel's sender has signed, as far as the server shows it.
type state struct {
	id      suitx.Address
	sender  suitx.Address
	object  *suitx.Object // nil: deleted
	created *api.Statement
	current *api.Statement
	grants  map[[32]byte][]byte // by slot: those that current lists and the server gave
}

// lookup asks the server for a parcel.
func (c *Client) lookup(ctx context.Context, net *network, id suitx.Address) (*state, error) {
	var p api.Parcel
	if err := c.call(ctx, api.PathParcels+id.String(), nil, &p); err != nil {
		return nil, err
	}
	return c.accept(net, id, &p)
}

// accept believes of a parcel that was shown only what its sender signed.
func (c *Client) accept(net *network, id suitx.Address, p *api.Parcel) (*state, error) {
	s, err := verifyParcel(net, id, p)
	if err != nil {
		return nil, err
	}
	return s, c.pin(s)
}

// pin refuses a state older than one that this device has seen, and remembers
// this one.
func (c *Client) pin(s *state) error {
	seen, known, err := c.memory.Seen(s.id)
	if err != nil {
		return fmt.Errorf("couldn't recall what was seen of the parcel: %w", err)
	}
	if known && s.current.Sequence < seen {
		return liar("the server shows change %d of the parcel, this device has seen change %d", s.current.Sequence, seen)
	}
	if err := c.memory.Saw(s.id, s.current.Sequence); err != nil {
		return fmt.Errorf("couldn't remember what was seen of the parcel: %w", err)
	}
	return nil
}

// verifyParcel checks the server's answer link by link: the ID fixes the
// creating transaction, this the sender, her signature the last change, this
// the statement, and the statement each grant.
func verifyParcel(net *network, id suitx.Address, p *api.Parcel) (*state, error) {
	floe := suitx.Address(net.ids.FloePackage)
	creation, err := readSigned(&p.Creation)
	if err != nil {
		return nil, unproven("the creating transaction", err)
	}
	if !creation.creates(id, floe) {
		return nil, liar("transaction %s didn't create parcel %s", creation.digest, id)
	}
	s := &state{id: id, sender: creation.data.Sender}
	if s.created, err = creation.creation(floe); err != nil {
		return nil, liar("the creating transaction: %w", err)
	}
	change, err := readSigned(&p.Change)
	if err != nil {
		return nil, unproven("the last change", err)
	}
	s.current = s.created
	if change.digest != creation.digest {
		if change.data.Sender != s.sender {
			return nil, liar("the last change is by %s, the parcel is %s's", change.data.Sender, s.sender)
		}
		if s.current, err = change.change(floe, id); err != nil {
			return nil, liar("the last change: %w", err)
		}
	}
	if err := checkSizes(s.current.Blobs); err != nil {
		return nil, err
	}
	if err := s.checkObject(net, p.Object, change, floe); err != nil {
		return nil, err
	}
	return s, s.takeGrants(p.Grants)
}

// unproven is the error for a transaction that isn't its sender's, or that this
// build can't tell.
func unproven(what string, err error) error {
	if errors.Is(err, suitx.ErrUnsupportedScheme) || errors.Is(err, suitx.ErrUnsupported) {
		return &Error{Code: CodeUnsupported, Message: "These files were sent by a later Floe, in a way that this one can't check. Load the page again, or update your floe.", Err: err}
	}
	return liar(what+": %w", err)
}

// checkSizes refuses blobs that no sender of ours makes: their sizes may be
// anything, and are relied upon from here on.
func checkSizes(blobs []api.StatementBlob) error {
	for _, b := range blobs {
		if b.Size == 0 || b.Size > maxSegment {
			return damaged("a blob of %d bytes", b.Size)
		}
	}
	return nil
}

// checkObject compares the object with what was signed. Without an object the
// last change must have deleted it.
func (s *state) checkObject(net *network, raw []byte, change *signedTx, floe suitx.Address) error {
	if len(raw) == 0 {
		if !change.deletes(floe, s.id) {
			return liar("the parcel is said to be gone, but its sender didn't delete it")
		}
		return nil
	}
	if len(raw) > maxParcelObject {
		return liar("the parcel's object has %d bytes", len(raw))
	}
	object, err := suitx.UnmarshalObject(raw)
	if err != nil {
		return liar("the parcel's object: %w", err)
	}
	fields, err := readParcelObject(object, floe)
	if err != nil {
		return liar("the parcel's object: %w", err)
	}
	signed, err := s.current.Marshal()
	if err != nil {
		return liar("the statement: %w", err)
	}
	switch {
	case change.deletes(floe, s.id):
		return liar("the parcel is shown as if its sender hadn't deleted it")
	case object.ID() != s.id:
		return liar("object %s was shown for parcel %s", object.ID(), s.id)
	case object.Owner != suitx.Owner{Kind: suitx.AddressOwner, Address: s.sender}:
		return liar("the parcel's object isn't its sender's")
	case object.PreviousTransaction != change.digest:
		return liar("the parcel was last changed by %s, shown was %s", object.PreviousTransaction, change.digest)
	case fields.sequence != s.current.Sequence || !bytes.Equal(fields.statement, signed):
		return liar("the parcel's statement isn't the one that was signed")
	}
	s.object = object
	return nil
}

// takeGrants keeps the grants that the statement lists; one that differs from
// its hash is a lie. Others may be left over from before, and count for nothing.
func (s *state) takeGrants(grants []api.Grant) error {
	s.grants = make(map[[32]byte][]byte)
	for _, g := range grants {
		if len(g.Slot) != 32 {
			return liar("a slot of %d bytes", len(g.Slot))
		}
		slot := [32]byte(g.Slot)
		hash, listed := s.current.GrantHash(slot)
		if !listed {
			continue
		}
		if api.GrantHash(g.Grant) != hash {
			return liar("a grant isn't the one that was signed")
		}
		s.grants[slot] = g.Grant
	}
	return nil
}

// parcelObject is what floe::parcel::Parcel holds:
//
//	id 32 ‖ sequence u64 ‖ grants u64 ‖ statement vector<u8>
type parcelObject struct {
	sequence  uint64
	statement []byte
}

// maxParcelObject is the length of the longest, and some more.
const maxParcelObject = api.MaxStatement + 1<<10

func readParcelObject(o *suitx.Object, floe suitx.Address) (*parcelObject, error) {
	if o.Move == nil || !o.Move.Type.Is(floe, moduleParcel, "Parcel") || len(o.Move.Type.Params) > 0 {
		return nil, fmt.Errorf("it is no parcel")
	}
	var id [32]byte
	r := bcs.NewReader(o.Move.Contents)
	r.Fixed(id[:])
	p := &parcelObject{sequence: r.U64()}
	r.U64() // grants
	p.statement = r.Bytes()
	return p, r.Done()
}
