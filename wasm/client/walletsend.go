package client

import (
	"context"
	"io"

	"floe/codec/suitx"
	"floe/server/api"
)

// PayRequest says what to send, and which wallet pays for it and owns it.
type PayRequest struct {
	SendRequest
	Wallet Wallet
	Spool  Spool
}

// Spool keeps a parcel's ciphertext while its wallet is asked: every blob ID must
// be known before, and sealing twice gives other ones. It is written to once.
type Spool interface {
	io.Writer
	// Open reads what was written, from an offset on. It may be called again.
	Open(offset int64) (io.ReadCloser, error)
}

// Paid is a parcel that a wallet has confirmed.
type Paid struct {
	*sending
	spool     Spool
	planned   []*planned
	statement *api.Statement
	order     api.SubmitRequest // the transaction that the wallet signed
	parcelID  suitx.Address
	gasPrice  uint64

	bought bool // the transaction is on the ledger
	open   bool // it may be: its outcome isn't known
	fuel   coin // certifies
	stored int  // batches
}

// planned is a blob that isn't stored yet.
type planned struct {
	id      [32]byte
	root    [32]byte
	size    int64
	encoded uint64
	raw     []byte // of its Blob object, once registered
}

// Pay seals the files into the spool and has the wallet confirm the one
// transaction that buys their storage and creates their parcel. It hands
// nothing in: until [Paid.Finish] is called, nothing is paid.
func (c *Client) Pay(ctx context.Context, req PayRequest) (*Paid, error) {
	p, err := c.prepare(ctx, &req)
	return p, explain(err)
}

func (c *Client) prepare(ctx context.Context, req *PayRequest) (*Paid, error) {
	s, err := c.newSending(ctx, &req.SendRequest, req.Wallet)
	if err != nil {
		return nil, err
	}
	p := &Paid{sending: s, spool: req.Spool}
	a, err := c.account(ctx, s.net, s.owner)
	if err != nil {
		return nil, err
	}
	if err := s.affords(a); err != nil {
		return nil, err
	}
	if err := p.sealAll(ctx); err != nil {
		return nil, err
	}
	s.meter.phase(PhaseConfirming, "")
	a, err = c.account(ctx, s.net, s.owner) // it may have moved on meanwhile
	if err != nil {
		return nil, err
	}
	tx, err := p.buy(ctx, a)
	if err != nil {
		return nil, err
	}
	p.order.Transaction, p.order.Signature, err = confirm(ctx, req.Wallet, tx)
	p.gasPrice = a.gasPrice
	p.parcelID = suitx.DerivedObjectID(suitx.TransactionDigest(p.order.Transaction), 0)
	return p, err
}

// sealAll seals into the spool and learns the blobs' IDs. It takes no slivers for
// that: those are made from the spool, when they are sent.
func (p *Paid) sealAll(ctx context.Context) error {
	light := p.light
	p.light = true
	defer func() { p.light = light }()
	sealed := func(ctx context.Context) (io.ReadCloser, error) {
		r := p.seal(ctx)
		return &spooled{io.TeeReader(r, p.spool), r}, nil
	}
	for b, err := range p.batchesOf(ctx, p.plan.batches, sealed) {
		if err != nil {
			return err
		}
		for _, blob := range b.blobs {
			encoded, err := p.net.params.EncodedSize(uint64(blob.size))
			if err != nil {
				return err
			}
			if blob.first {
				p.order.Prefix = append([]byte(nil), prefixOf(blob)...)
			}
			p.planned = append(p.planned, &planned{id: blob.id, root: blob.meta.RootHash(), size: blob.size, encoded: encoded})
		}
		b.free()
	}
	return nil
}

type spooled struct {
	io.Reader
	io.Closer
}

// buy makes the transaction, for the wallet as it is now.
func (p *Paid) buy(ctx context.Context, a *account) (*suitx.TransactionData, error) {
	if err := p.affords(a); err != nil {
		return nil, err
	}
	p.statement = &api.Statement{EndEpoch: p.net.Epoch + p.epochs}
	frost := uint64(0)
	for _, b := range p.planned {
		p.statement.Blobs = append(p.statement.Blobs, api.StatementBlob{BlobID: b.id, Size: uint64(b.size)})
		frost += p.net.frost(b.encoded, p.epochs)
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
