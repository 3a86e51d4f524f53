package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"slices"

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

func (p *Paid) finish(ctx context.Context, progress func(Progress)) (*Sent, error) {
	p.begin(progress)
	if !p.bought {
		if err := p.handIn(ctx); err != nil {
			return nil, err
		}
	}
	if err := p.storeRest(ctx); err != nil {
		return nil, err
	}
	p.meter.phase(PhaseCertifying, "")
	if err := p.certifyAll(ctx); err != nil {
		return nil, err
	}
	shown, err := p.client.lookup(ctx, p.net, p.parcelID)
	if err != nil {
		return nil, err
	}
	signed, err := p.statement.Marshal()
	if err != nil {
		return nil, err
	}
	if got, err := shown.current.Marshal(); err != nil || !bytes.Equal(got, signed) {
		return nil, liar("the server shows another statement than was just signed")
	}
	p.meter.phase(PhaseReady, "")
	return p.sent(p.parcelID, p.statement), nil
}

// begin shows progress to whoever asks now, with what was done before.
func (p *Paid) begin(progress func(Progress)) {
	total := p.plan.total
	if p.light {
		total = p.plan.sealed
	}
	done := int64(0)
	for _, b := range p.blobs {
		done += total * b.size / p.plan.sealed
	}
	p.meter = newMeter(progress)
	p.meter.heavy = !p.light && p.net.Light
	p.meter.update(func(now *Progress) {
		now.Phase, now.Total, now.Acked = PhaseSending, total, done
		for i, n := range p.net.Nodes {
			its := p.plan.nodeTotal(i)
			now.Nodes = append(now.Nodes, NodeProgress{Index: i, Name: n.Name, Total: its, Acked: its * done / total, State: NodeIdle})
		}
	})
}

// handIn puts the wallet's transaction onto the ledger, and takes the parcel's
// own address in possession of what it was given.
func (p *Paid) handIn(ctx context.Context) error {
	p.open = true
	effects, objects, err := p.client.submit(ctx, p.order)
	if err != nil {
		p.open = !p.neverRan(ctx, err)
		return err
	}
	if _, err := createdParcel(effects); err != nil {
		return liar("%w", err)
	}
	if err := p.receive(objects); err != nil {
		return err
	}
	p.bought = true
	return nil
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
func (p *Paid) receive(raws [][]byte) error {
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
	for _, b := range p.planned {
		if b.raw = blobs[b.id]; b.raw == nil {
			return liar("the server shows no registration of blob %x", b.id)
		}
	}
	if p.fuel.balance == 0 {
		return liar("the server doesn't show the coin that certifies")
	}
	return nil
}

// storeRest brings the batches that no quorum has confirmed yet to the nodes.
func (p *Paid) storeRest(ctx context.Context) error {
	rest := p.plan.batches[p.stored:]
	offset := int64(0)
	for _, b := range p.blobs {
		offset += b.size
	}
	for b, err := range p.batchesOf(ctx, rest, func(context.Context) (io.ReadCloser, error) { return p.spool.Open(offset) }) {
		if err != nil {
			return err
		}
		for i, blob := range b.blobs {
			planned := p.planned[len(p.blobs)+i]
			if planned.id != blob.id {
				return fmt.Errorf("blob %s became another since it was registered", blob.id)
			}
			if err := p.accept(ctx, blob, planned.raw); err != nil {
				return err
			}
		}
		p.meter.phase(PhaseSending, "")
		if err := p.store(ctx, b); err != nil {
			return err
		}
		if err := p.certificates(ctx, b.blobs); err != nil {
			return err
		}
		b.free()
		p.blobs = append(p.blobs, b.blobs...)
		p.stored++
	}
	return nil
}

// certifyAll certifies what isn't yet, also where a new epoch began meanwhile:
// Walrus', which wants new confirmations, or Sui's, whose gas may cost more.
func (p *Paid) certifyAll(ctx context.Context) error {
	err := p.certifyRest(ctx)
	moved, dearer := p.epochMoved(ctx, err), p.dearer(ctx, err)
	if !moved && !dearer {
		return err
	}
	if moved {
		if err := p.confirmAgain(ctx); err != nil {
			return err
		}
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
	if err != nil || a.gasPrice <= p.gasPrice || api.Fuel(len(p.blobs)-p.certified, a.gasPrice) > 2*p.fuel.balance {
		return false
	}
	p.gasPrice = a.gasPrice
	return true
}

// certifyRest certifies what isn't yet, some at a time.
func (p *Paid) certifyRest(ctx context.Context) error {
	for p.certified < len(p.blobs) {
		rest := p.blobs[p.certified:]
		some := rest[:min(len(rest), api.MaxBlobsPerTx)]
		tx, err := p.certifyBoughtTx(some, len(some) == len(rest))
		if err != nil {
			return err
		}
		raw := tx.Marshal()
		effects, _, err := p.client.submit(ctx, api.SubmitRequest{Transaction: raw, Signature: p.sign(raw)})
		p.follow(effects)
		p.burn(effects)
		if err != nil {
			return err
		}
		p.certified += len(some)
	}
	return nil
}

// burn follows the coin that certifies through a transaction, which may have
// failed. e may be nil.
func (p *Paid) burn(e *suitx.Effects) {
	if e == nil {
		return
	}
	for _, c := range e.ChangedObjects {
		if c.ID == p.fuel.ref.ID {
			p.fuel.ref.Version, p.fuel.ref.Digest = e.LamportVersion, c.Output.Digest
		}
	}
	p.fuel.balance = uint64(int64(p.fuel.balance) - e.GasUsed.Net())
}
