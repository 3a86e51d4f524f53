package client

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
)

// Finish hands in what the wallet has confirmed, stores the blobs and certifies
// them; the parcel's own address does that without asking anybody. When it
// fails, it may be called again and goes on where it stopped, as long as the
// error says Paid: what was paid for isn't lost. Otherwise nothing was paid.
func (p *Paid) Finish(ctx context.Context, progress func(Progress)) (*Sent, error) {
	sent, err := p.finish(ctx, progress)
	if err == nil || !p.bought && !p.open {
		return sent, explain(err)
	}
	out := *explain(err).(*Error)
	out.Paid, out.Rescue = true, rescue(p.key)
	return nil, &out
}

// ParcelID is the parcel's, which the wallet's transaction will create.
func (p *Paid) ParcelID() suitx.Address { return p.parcelID }

// Rescue is the key of a parcel's own address, as wallets for Sui import it.
// While a parcel that a wallet paid for isn't finished, that address has the
// Blob objects and what is set aside for certifying; it owns no such parcel, and
// its key opens none.
func Rescue(seed crypto.Seed, index uint32) string { return rescue(seed.ParcelKey(index)) }

func rescue(key ed25519.PrivateKey) string {
	text, err := suitx.FormatSuiPrivateKey(suitx.SchemeEd25519, [32]byte(key.Seed()))
	if err != nil {
		return "" // no Ed25519 seed is refused
	}
	return text
}

func (p *Paid) finish(ctx context.Context, progress func(Progress)) (sent *Sent, err error) {
	p.meter = newMeter(progress)
	p.begin()
	p.meter.phase(PhaseSending, "")
	if err := p.handIn(ctx); err != nil {
		return nil, err
	}
	if err := p.settleBought(ctx); err != nil {
		return nil, err
	}
	err = p.whileNodesMove(ctx, func() error {
		if err := p.storeAll(ctx); err != nil {
			return err
		}
		p.meter.phase(PhaseCertifying, "")
		return p.certifyAll(ctx)
	})
	if err != nil {
		return nil, err
	}
	signed, err := p.statement.Marshal()
	if err != nil {
		return nil, err
	}
	if err := p.checkShown(ctx, p.parcelID, signed); err != nil {
		return nil, err
	}
	p.meter.phase(PhaseReady, "")
	return p.sent(p.parcelID, p.statement), nil
}

// handIn puts the wallet's transaction onto the ledger, and takes the parcel's
// own address in possession of what it was given.
func (p *Paid) handIn(ctx context.Context) error {
	if p.bought {
		return nil
	}
	p.open = true
	effects, objects, err := p.client.submit(ctx, p.order)
	if err != nil {
		p.open = !p.neverRan(ctx, err)
		return err
	}
	if _, err := createdParcel(effects); err != nil {
		return liar("%w", err)
	}
	if err := p.receive(ctx, objects); err != nil {
		return err
	}
	p.bought = true
	return first(p.tell(), p.checkAlive())
}

// neverRan says whether err means that the wallet's transaction didn't run. A
// refusal alone doesn't: what has moved on may have been moved by this very
// transaction, handed in by a request whose answer was lost. So the parcel
// mustn't be there either; who is told that nothing was paid may pay again.
func (p *Paid) neverRan(ctx context.Context, err error) bool {
	var refused *api.Error
	if !errors.As(err, &refused) || !slices.Contains([]string{api.CodeMalformed, api.CodeNotAllowed, api.CodeConflict, api.CodeExecution, api.CodeNotAge, api.CodeTooLarge}, refused.Code) {
		return false
	}
	var shown api.Parcel
	return CodeOf(p.client.call(ctx, api.PathParcels+p.parcelID.String(), nil, &shown)) == CodeNotFound
}

// receive finds the Blob objects and the coin among what the transaction made.
func (p *Paid) receive(ctx context.Context, raws [][]byte) error {
	blobs := make(map[[32]byte][]byte)
	for _, raw := range raws {
		o, err := suitx.UnmarshalObject(raw)
		if err != nil {
			return fmt.Errorf("couldn't read what the transaction made: %w", err)
		}
		if f, err := readBlobObject(o, p.net.ids.WalrusPackage); err == nil {
			blobs[f.blobID] = raw
		} else if c, err := readCoin(o, suitx.SUI(), p.address); err == nil {
			p.fuel = c
		}
	}
	if p.fuel.balance == 0 {
		return liar("the server doesn't show the coin that certifies")
	}
	made := make([][]byte, len(p.blobs))
	for i, b := range p.blobs {
		if made[i] = blobs[b.id]; made[i] == nil {
			return liar("the server shows no registration of blob %s", b.id)
		}
	}
	return p.accept(ctx, p.blobs, made, p.next)
}

// certifyAll certifies what isn't yet, also where a new epoch began meanwhile:
// Walrus', which wants new confirmations, or Sui's, whose gas may cost more.
func (p *Paid) certifyAll(ctx context.Context) error {
	err := p.whileEpochsMove(ctx, p.stored(), func() error { return p.certifyRest(ctx) })
	if !p.dearer(ctx, err) {
		return err
	}
	return p.certifyRest(ctx)
}

// dearer says whether certifying may have failed because gas costs more by now,
// and if so takes the new price; not one that would burn what is there.
func (p *Paid) dearer(ctx context.Context, err error) bool {
	if err == nil || CodeOf(err) != CodeInternal {
		return false
	}
	a, err := p.client.account(ctx, p.net, p.address)
	if err != nil || a.gasPrice <= p.gasPrice || api.Fuel(len(p.stored()), a.gasPrice) > 2*p.fuel.balance {
		return false
	}
	p.gasPrice = a.gasPrice
	return true
}

// certifyRest certifies what isn't yet, some at a time.
func (p *Paid) certifyRest(ctx context.Context) error {
	for rest := p.stored(); len(rest) > 0; rest = p.stored() {
		some := rest[:min(len(rest), api.MaxBlobsPerTx)]
		tx, err := p.certifyBoughtTx(some, len(some) == len(rest))
		if err != nil {
			return err
		}
		raw := tx.Marshal()
		p.change(func() { p.pending = api.ExecuteRequest{Transaction: raw, Signature: p.sign(raw)} })
		if err := p.tell(); err != nil {
			return err
		}
		if err := p.submitPending(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// submitPending hands in what certifies; the same bytes can't run twice.
func (p *Paid) submitPending(ctx context.Context, tx *suitx.TransactionData) error {
	effects, _, err := p.client.submit(ctx, api.SubmitRequest{Transaction: p.pending.Transaction, Signature: p.pending.Signature})
	if effects == nil {
		return err
	}
	p.follow(effects, tx)
	p.burn(effects)
	return first(err, p.tell())
}

// settleBought learns what became of a transaction that a run before left open.
func (p *Paid) settleBought(ctx context.Context) error {
	if len(p.pending.Transaction) == 0 {
		return nil
	}
	tx, err := suitx.UnmarshalTransactionData(p.pending.Transaction)
	if err != nil {
		return badJournal(err)
	}
	if err := p.submitPending(ctx, tx); len(p.pending.Transaction) > 0 {
		var refused *api.Error
		if !errors.As(err, &refused) || !slices.Contains(neverRan, refused.Code) {
			return err
		}
	}
	p.change(func() { p.pending = api.ExecuteRequest{} })
	return nil
}

// burn follows the coin that certifies through a transaction, which may have
// failed.
func (p *Paid) burn(e *suitx.Effects) {
	p.change(func() {
		for _, c := range e.ChangedObjects {
			if c.ID == p.fuel.ref.ID {
				p.fuel.ref.Version, p.fuel.ref.Digest = e.LamportVersion, c.Output.Digest
			}
		}
		p.fuel.balance = uint64(int64(p.fuel.balance) - e.GasUsed.Net())
	})
}

// write adds to the journal's entry what the wallet confirmed, and what became
// of that:
//
//	transaction vector<u8> ‖ signature vector<u8> ‖ prefix vector<u8> ‖ statement vector<u8>
//	‖ gas price u64 ‖ bought bool ‖ fuel {ID 32, version u64, digest 32, balance u64}
func (p *Paid) write(w *bcs.Writer) {
	statement, _ := p.statement.Marshal() // the transaction holds it already
	w.Bytes(p.order.Transaction)
	w.Bytes(p.order.Signature)
	w.Bytes(p.order.Prefix)
	w.Bytes(statement)
	w.U64(p.gasPrice)
	w.Bool(p.bought)
	w.Fixed(p.fuel.ref.ID[:])
	w.U64(p.fuel.ref.Version)
	w.Fixed(p.fuel.ref.Digest[:])
	w.U64(p.fuel.balance)
}

// read is the reverse of write.
func (p *Paid) read(r *bcs.Reader) {
	p.order = api.SubmitRequest{Transaction: slices.Clone(r.Bytes()), Signature: slices.Clone(r.Bytes()), Prefix: slices.Clone(r.Bytes())}
	var err error
	if p.statement, err = api.ParseStatement(r.Bytes()); err != nil {
		r.FailWith(err)
	}
	p.gasPrice, p.bought = r.U64(), r.Bool()
	r.Fixed(p.fuel.ref.ID[:])
	p.fuel.ref.Version = r.U64()
	r.Fixed(p.fuel.ref.Digest[:])
	p.fuel.balance = r.U64()
	p.open = !p.bought
	p.parcelID = suitx.DerivedObjectID(suitx.TransactionDigest(p.order.Transaction), 0)
}
