package client

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
)

// ChangeRequest says which parcel its sender changes.
type ChangeRequest struct {
	Link string
	Seed crypto.Seed // that sent it
	// Indices is how many of the seed's parcel keys may have been used: where
	// the parcel's own is looked for, and a little beyond.
	Indices uint32
	Wallet  Wallet // where a wallet owns the parcel: it signs and pays; else nil
}

// Withdraw takes the link's grant out of its parcel; of a link without a secret,
// every grant but the sender's own. Who has opened it before may still have the
// files, or the key to copies of what is stored.
func (c *Client) Withdraw(ctx context.Context, req ChangeRequest) error {
	return explain(c.change(ctx, &req, func(ch *changing) error {
		if secret := ch.link.Secret; secret != nil {
			if _, err := ch.grantAt(secret.Slot()); err != nil {
				return err
			}
			ch.take = append(ch.take, secret.Slot())
			return nil
		}
		own, _, err := ch.own()
		if err != nil {
			return err
		}
		for _, s := range ch.current.Slots {
			if s.Slot != own {
				ch.take = append(ch.take, s.Slot)
			}
		}
		if len(ch.take) == 0 {
			return &Error{Code: CodeWithdrawn, Message: "These files are withdrawn already; nobody but you can open them."}
		}
		return nil
	}))
}

// Grant lets one more recipient open the parcel: the sender opens her own grant
// and seals the parcel's identity to the recipient. Nothing is sealed or stored
// anew.
func (c *Client) Grant(ctx context.Context, req ChangeRequest, recipient string) error {
	to, err := crypto.ParseRecipient(recipient)
	if err != nil {
		return badRecipient(err)
	}
	return explain(c.change(ctx, &req, func(ch *changing) error {
		_, own, err := ch.own()
		if err != nil {
			return err
		}
		terms := crypto.Grant{Network: own.Network, Sender: own.Sender, BlobsHash: own.BlobsHash, Parcel: own.Parcel}
		sealed, err := crypto.SealGrant(terms, req.Seed.Identity(), to)
		if err != nil {
			return err
		}
		ch.put = append(ch.put, grant{crypto.NewSlot(), sealed})
		return nil
	}))
}

// changing is a parcel about to be changed by its sender.
type changing struct {
	*state
	net  *network
	link crypto.Link
	seed crypto.Seed
	take [][32]byte
	put  []grant
}

// change looks the parcel up, has decide say what to take and put, and signs
// the statement of what is then.
func (c *Client) change(ctx context.Context, req *ChangeRequest, decide func(*changing) error) error {
	link, err := parseLink(req.Link)
	if err != nil {
		return err
	}
	net, err := c.network(ctx)
	if err != nil {
		return err
	}
	st, err := c.lookup(ctx, net, link.Parcel)
	if err != nil {
		return err
	}
	if err := st.checkAlive(net); err != nil {
		return err
	}
	execute, err := c.executor(req, net, st.sender)
	if err != nil {
		return err
	}
	ch := &changing{state: st, net: net, link: link, seed: req.Seed}
	if err := decide(ch); err != nil {
		return err
	}
	return c.apply(ctx, ch, execute)
}

// executor returns what brings a transaction of the parcel's owner onto the
// ledger: its own key, with gas of the server's, or a wallet.
func (c *Client) executor(req *ChangeRequest, net *network, owner suitx.Address) (func(context.Context, *suitx.TransactionData) error, error) {
	if w := req.Wallet; w != nil && w.Address() == owner {
		return func(ctx context.Context, tx *suitx.TransactionData) error { return c.pay(ctx, net, w, tx) }, nil
	}
	key, err := findKey(req.Seed, owner, req.Indices)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *suitx.TransactionData) error {
		_, err := c.transact(ctx, net, tx, key, nil)
		return err
	}, nil
}

// apply signs and executes, then looks at the outcome as others will.
func (c *Client) apply(ctx context.Context, ch *changing, execute func(context.Context, *suitx.TransactionData) error) error {
	next := *ch.current
	next.Slots = append([]api.StatementSlot(nil), next.Slots...)
	next.Sequence++
	for _, slot := range ch.take {
		next.TakeSlot(slot)
	}
	for _, g := range ch.put {
		next.PutSlot(g.slot, g.sealed)
	}
	signed, err := next.Marshal()
	if err != nil {
		return tooManyRecipients(err)
	}
	tx, err := changeTx(ch.net, ch.sender, ch.object.Ref(), signed, ch.take, ch.put)
	if err != nil {
		return tooManyRecipients(err)
	}
	if err := execute(ctx, tx); err != nil {
		return err
	}
	shown, err := c.lookup(ctx, ch.net, ch.id)
	if err != nil {
		return err
	}
	if shown.current.Sequence < next.Sequence {
		return liar("the server shows change %d after change %d was signed", shown.current.Sequence, next.Sequence)
	}
	return nil
}

// own finds the sender's own grant and where it stands.
func (ch *changing) own() (slot [32]byte, g *crypto.Grant, err error) {
	identity := ch.seed.Identity()
	for slot, sealed := range ch.grants {
		g, err := crypto.OpenGrant(sealed, identity.Hybrid)
		if errors.Is(err, crypto.ErrWrongIdentity) {
			continue
		}
		if err != nil {
			return slot, nil, damaged("the sender's own grant: %w", err)
		}
		return slot, g, ch.checkGrant(ch.net, g)
	}
	return slot, nil, &Error{Code: CodeNoGrant, Message: "The ledger shows no grant of your own for these files, so they can't be granted to others."}
}

// gap is how far beyond the keys known to be used one is looked for.
const gap = 64

// findKey returns the parcel key below the seed whose address sent the parcel.
func findKey(seed crypto.Seed, sender suitx.Address, indices uint32) (ed25519.PrivateKey, error) {
	for index := range indices + gap {
		key := seed.ParcelKey(index)
		if suitx.AddressOf(key.Public().(ed25519.PublicKey)) == sender {
			return key, nil
		}
	}
	return nil, &Error{
		Code:    CodeUnsupported,
		Message: "These files weren't sent with this identity. Only who sent them can change who may open them.",
		Err:     fmt.Errorf("none of %d keys is %s's", indices+gap, sender),
	}
}
