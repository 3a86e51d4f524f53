package client

import (
	"context"

	"floe/codec/suitx"
	"floe/server/api"
)

// PayRequest says what to send, and which wallet pays for it and owns it.
type PayRequest struct {
	SendRequest
	Wallet Wallet
}

// Paid is a parcel that a wallet has confirmed.
type Paid struct {
	*sending
	statement *api.Statement
	order     api.SubmitRequest // the transaction that the wallet signed
	parcelID  suitx.Address
	gasPrice  uint64

	bought bool // the transaction is on the ledger
	open   bool // it may be: its outcome isn't known
	fuel   coin // certifies
}

// Pay seals the files, keeps nothing of it but the blobs' IDs, and has the wallet
// confirm the one transaction that buys their storage and creates their parcel.
// It hands nothing in: until [Paid.Finish] is called, nothing is paid. What was
// confirmed is in the journal when it returns; [Client.Send] with that does what
// Finish does.
func (c *Client) Pay(ctx context.Context, req PayRequest) (*Paid, error) {
	p, err := c.prepare(ctx, &req)
	return p, explain(err)
}

func (c *Client) prepare(ctx context.Context, req *PayRequest) (*Paid, error) {
	s, err := c.newSending(ctx, &req.SendRequest, req.Wallet)
	if err != nil {
		return nil, err
	}
	p := &Paid{sending: s}
	a, err := c.account(ctx, s.net, s.owner)
	if err != nil {
		return nil, err
	}
	if err := s.affords(a); err != nil {
		return nil, err
	}
	s.begin()
	if s.next, err = s.measureAll(ctx, window{0, len(s.blobs)}); err != nil {
		return nil, err
	}
	p.order.Prefix = s.blobs[0].prefix
	s.meter.phase(PhaseConfirming, "")
	a, err = c.account(ctx, s.net, s.owner) // it may have moved on meanwhile
	if err != nil {
		return nil, err
	}
	tx, err := p.buy(ctx, a)
	if err != nil {
		return nil, err
	}
	if p.order.Transaction, p.order.Signature, err = confirm(ctx, req.Wallet, tx); err != nil {
		return nil, err
	}
	p.gasPrice = a.gasPrice
	p.parcelID = suitx.DerivedObjectID(suitx.TransactionDigest(p.order.Transaction), 0)
	s.paid = p
	return p, s.tell()
}

// buy makes the transaction, for the wallet as it is now.
func (p *Paid) buy(ctx context.Context, a *account) (*suitx.TransactionData, error) {
	if err := p.affords(a); err != nil {
		return nil, err
	}
	p.statement = &api.Statement{EndEpoch: p.net.Epoch + p.epochs}
	frost := uint64(0)
	for _, b := range p.blobs {
		encoded, err := p.net.params.EncodedSize(uint64(b.size))
		if err != nil {
			return nil, err
		}
		p.statement.Blobs = append(p.statement.Blobs, api.StatementBlob{BlobID: b.id, Size: uint64(b.size)})
		frost += p.net.frost(encoded, p.epochs)
	}
	fuel := p.fuelFor(a)
	grants, err := p.grants(p.statement)
	if err != nil {
		return nil, err
	}
	for _, g := range grants {
		p.statement.PutSlot(g.slot, g.sealed)
	}
	signed, err := p.statement.Marshal()
	if err != nil {
		return nil, tooManyRecipients(err)
	}
	tx, err := p.buyTx(a, signed, grants, frost, fuel)
	if err != nil {
		return nil, tooManyRecipients(err)
	}
	return tx, p.client.fillGas(ctx, a, tx, fuel)
}

// sign signs for the parcel's own address; nobody is asked.
func (p *Paid) sign(tx []byte) []byte { return suitx.SignTransaction(p.key, tx) }
