package client

import (
	"bytes"
	"context"
	"fmt"

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
	var parcel suitx.Address
	err = s.whileEpochsMove(ctx, s.stored(), func() (err error) {
		parcel, err = s.create(ctx, signed, grants)
		return err
	})
	if err != nil {
		return nil, suitx.Address{}, err
	}
	return statement, parcel, s.checkShown(ctx, parcel, signed)
}

// checkShown looks the parcel up: its statement must be the one just signed.
func (s *sending) checkShown(ctx context.Context, parcel suitx.Address, signed []byte) error {
	shown, err := s.client.lookup(ctx, s.net, parcel)
	if err != nil {
		return err
	}
	if got, err := shown.current.Marshal(); err != nil || !bytes.Equal(got, signed) {
		return liar("the server shows another statement than was just signed")
	}
	return nil
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
		if err := put(s.secret.Slot(), s.linked); err != nil {
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

// create runs the transaction that creates the parcel and certifies the last
// blobs. What it has no room for is certified before.
func (s *sending) create(ctx context.Context, statement []byte, grants []grant) (suitx.Address, error) {
	rest := s.stored()
	tx, err := createTx(s.now.Load(), s.address, rest, statement, grants)
	for ; err != nil && len(rest) > 0; rest = s.stored() {
		if err := s.certifySome(ctx, rest[:min(len(rest), api.MaxBlobsPerTx)]); err != nil {
			return suitx.Address{}, err
		}
		tx, err = createTx(s.now.Load(), s.address, s.stored(), statement, grants)
	}
	if err != nil {
		return suitx.Address{}, tooManyRecipients(err)
	}
	effects, err := s.transact(ctx, tx)
	if err != nil {
		return suitx.Address{}, err
	}
	return createdParcel(effects)
}

// createdParcel returns the parcel's ID: it is the first object the
// transaction created.
func createdParcel(effects *suitx.Effects) (suitx.Address, error) {
	id := suitx.DerivedObjectID(effects.TransactionDigest, 0)
	if !created(effects, id) {
		return id, fmt.Errorf("transaction %s created no parcel %s", effects.TransactionDigest, id)
	}
	return id, nil
}

func created(effects *suitx.Effects, id suitx.Address) bool {
	for _, o := range effects.ChangedObjects {
		if o.ID == id && o.IDOperation == suitx.IDCreated {
			return true
		}
	}
	return false
}

func tooManyRecipients(err error) error {
	return &Error{Code: CodeTooLarge, Message: "This is too much for one parcel: name fewer recipients, or send it in several.", Err: err}
}
