package client

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
)

// put puts the parcel with its grants on the ledger. The ID is derived from the
// transaction that was signed; then the parcel is looked up as its recipients
// will, so that no link is shown that doesn't open.
func (s *sending) put(ctx context.Context) (*api.Statement, suitx.Address, error) {
	statement := s.statement()
	grants, err := s.grants(statement)
	if err != nil {
		return nil, suitx.Address{}, err
	}
	for _, g := range grants {
		statement.PutSlot(g.slot, g.sealed)
	}
	signed, err := statement.Marshal()
	if err != nil {
		return nil, suitx.Address{}, tooManyRecipients(err)
	}
	parcel, err := s.create(ctx, signed, grants)
	if s.epochMoved(ctx, err) {
		parcel, err = s.createAgain(ctx, signed, grants)
	}
	if err != nil {
		return nil, suitx.Address{}, err
	}
	shown, err := s.client.lookup(ctx, s.net, parcel)
	if err != nil {
		return nil, suitx.Address{}, err
	}
	if got, err := shown.current.Marshal(); err != nil || !bytes.Equal(got, signed) {
		return nil, suitx.Address{}, liar("the server shows another statement than was just signed")
	}
	return statement, parcel, nil
}

// statement returns the parcel's state, without its grants.
func (s *sending) statement() *api.Statement {
	st := &api.Statement{EndEpoch: s.blobs[0].end}
	for _, b := range s.blobs {
		st.EndEpoch = min(st.EndEpoch, b.end)
		st.Blobs = append(st.Blobs, api.StatementBlob{BlobID: b.id, Size: uint64(b.size)})
	}
	return st
}

// grants seals the parcel's identity to the link or the recipients, and to the
// sender herself, who may grant it to others later.
func (s *sending) grants(st *api.Statement) ([]grant, error) {
	own := s.seed.Identity()
	terms := crypto.Grant{Network: s.net.Name, Sender: s.owner.String(), BlobsHash: st.BlobsHash(), Parcel: s.parcel}
	var grants []grant
	put := func(slot [32]byte, to crypto.Recipient) error {
		sealed, err := crypto.SealGrant(terms, own, to)
		if err == nil && len(sealed) > api.MaxGrant {
			err = fmt.Errorf("a grant of %d bytes is too large", len(sealed))
		}
		grants = append(grants, grant{slot, sealed})
		return err
	}
	if s.secret != nil {
		identity, err := s.secret.Identity(s.passphrase)
		if err != nil {
			return nil, err
		}
		if err := put(s.secret.Slot(), identity.Recipient()); err != nil {
			return nil, err
		}
	}
	for _, to := range append(s.recipients, own.Recipient()) {
		if err := put(crypto.NewSlot(), to); err != nil {
			return nil, err
		}
	}
	return grants, nil
}

// create runs the transactions: what doesn't fit into the one that creates the
// parcel is certified before.
func (s *sending) create(ctx context.Context, statement []byte, grants []grant) (suitx.Address, error) {
	rest := s.blobs[s.certified:]
	for ; len(rest) > api.MaxBlobsPerTx; rest = s.blobs[s.certified:] {
		if err := s.certifySome(ctx, rest[:api.MaxBlobsPerTx]); err != nil {
			return suitx.Address{}, err
		}
	}
	tx, err := createTx(s.net, s.address, rest, statement, grants)
	if err != nil {
		return suitx.Address{}, tooManyRecipients(err)
	}
	effects, err := s.client.transact(ctx, s.net, tx, s.key)
	s.follow(effects)
	if err != nil {
		return suitx.Address{}, err
	}
	return createdParcel(effects)
}

// follow takes note of what became of the Blob objects: also a transaction that
// failed gave them new versions. effects may be nil.
func (s *sending) follow(effects *suitx.Effects) {
	if effects == nil {
		return
	}
	for _, o := range effects.ChangedObjects {
		for _, b := range s.blobs {
			if b.object.ID == o.ID && o.Output.Kind == suitx.OutputObject {
				b.object.Version, b.object.Digest = effects.LamportVersion, o.Output.Digest
			}
		}
	}
}

// certifySome certifies blobs by a transaction of their own.
func (s *sending) certifySome(ctx context.Context, blobs []*blob) error {
	tx, err := certifyTx(s.net, s.address, blobs)
	if err != nil {
		return err
	}
	effects, err := s.client.transact(ctx, s.net, tx, s.key)
	s.follow(effects)
	if err != nil {
		return err
	}
	s.certified += len(blobs)
	return nil
}

// createdParcel returns the parcel's ID: it is the first object the
// transaction created.
func createdParcel(effects *suitx.Effects) (suitx.Address, error) {
	id := suitx.DerivedObjectID(effects.TransactionDigest, 0)
	for _, o := range effects.ChangedObjects {
		if o.ID == id && o.IDOperation == suitx.IDCreated {
			return id, nil
		}
	}
	return id, fmt.Errorf("transaction %s created no parcel %s", effects.TransactionDigest, id)
}

// epochMoved says whether certifying failed because a new epoch began since the
// nodes confirmed some of the blobs. It looks at the epoch that is now.
func (s *sending) epochMoved(ctx context.Context, err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeInternal {
		return false
	}
	return s.refresh(ctx) == nil && slices.ContainsFunc(s.blobs[s.certified:], func(b *blob) bool {
		return binary.LittleEndian.Uint32(b.certificate.Message[3:]) != s.net.Epoch
	})
}

// createAgain creates the parcel in a new epoch.
func (s *sending) createAgain(ctx context.Context, statement []byte, grants []grant) (suitx.Address, error) {
	if err := s.confirmAgain(ctx); err != nil {
		return suitx.Address{}, err
	}
	return s.create(ctx, statement, grants)
}

// confirmAgain has the nodes confirm anew what isn't certified, in a new epoch.
func (s *sending) confirmAgain(ctx context.Context) error {
	for part := range slices.Chunk(s.blobs[s.certified:], api.MaxBlobsPerTx) {
		if err := s.certificates(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

func tooManyRecipients(err error) error {
	return &Error{Code: CodeTooLarge, Message: "This is too much for one parcel: name fewer recipients, or send it in several.", Err: err}
}
