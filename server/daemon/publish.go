package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

const publishTimeout = 10 * time.Minute // for one blob

// putBlob answers PUT /v1/blobs.
func (d *Daemon) putBlob(w http.ResponseWriter, r *http.Request, v visitor) error {
	p, err := parsePublisher(r.URL.RawQuery, false)
	if err != nil {
		return err
	}
	claims, undo, err := d.permit(r, v, p)
	if err != nil {
		return err
	}
	res, err := d.publishBody(w, r, p, claims)
	if err != nil {
		if isUnspent(err) {
			undo()
		}
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, res)
	return nil
}

func (d *Daemon) publishBody(w http.ResponseWriter, r *http.Request, p publisherQuery, c *claims) (*storeResult, error) {
	if r.ContentLength > 0 {
		if err := c.checkSize(uint64(r.ContentLength)); err != nil {
			return nil, err
		}
	}
	b, err := d.receive(w, r, min(d.cfg.MaxBlob, int64(d.cfg.Uploader.MaxBlob())))
	if err != nil {
		return nil, err
	}
	defer d.closeBody(b)
	if err := c.checkSize(uint64(b.size)); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), publishTimeout)
	defer cancel()
	data, release, err := d.load(ctx, b)
	if err != nil {
		return nil, err
	}
	defer release()
	return d.publish(ctx, data, p, nil)
}

// publish stores a blob, unless it is stored long enough already. What was
// begun is brought to its end when the caller has gone: it is paid for.
func (d *Daemon) publish(ctx context.Context, blob []byte, p publisherQuery, attributes map[string]string) (*storeResult, error) {
	x, err := d.cfg.Uploader.Encode(blob)
	if err != nil {
		return nil, err
	}
	id := x.Metadata().BlobID()
	leave := d.underway.enter(id)
	defer leave()
	com, err := d.cfg.Ledger.Committee(ctx)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the committee: %w", err)
	}
	if !p.force {
		if known, err := d.stored(ctx, id, com.Epoch+p.epochs); known != nil || err != nil {
			return known, err
		}
	}
	deadline, _ := ctx.Deadline()
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), deadline)
	defer cancel()
	s := &store{d: d, x: x, id: id, query: p, com: com, attributes: attributes}
	if err := s.register(ctx); err != nil {
		return nil, s.failed(err)
	}
	if s.done != nil {
		return s.done, nil
	}
	for {
		if err = s.upload(ctx); err == nil {
			err = s.finish(ctx)
		}
		if err == nil {
			return s.result(), nil
		}
		if later := s.nextEpoch(ctx); !later { // confirmations and certificates count in their epoch alone
			return nil, s.failed(err)
		}
	}
}

// upload gets a certificate, unless the blob has been certified before.
func (s *store) upload(ctx context.Context) (err error) {
	if s.blob.certified == nil {
		s.cert, err = s.d.cfg.Uploader.Upload(ctx, s.x, s.blob.id, s.blob.deletable)
	}
	return err
}

// spentError is a failure after something was paid for.
type spentError struct{ error }

func (e spentError) Unwrap() error { return e.error }

// isUnspent reports whether an error is the caller's, or the disk's, and came
// before anything was paid for: only then may she try again with the same token.
func isUnspent(err error) bool {
	status := faultOf(err).http
	return !errors.As(err, new(spentError)) && (status < http.StatusInternalServerError || status == http.StatusInsufficientStorage)
}

func (s *store) failed(err error) error {
	if err = stored(err); s.paid {
		return spentError{err}
	}
	return err
}

// stored says of an error that it was one of storing.
func stored(err error) error {
	if errors.Is(err, ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		return (&fault{http: http.StatusGatewayTimeout, status: "DEADLINE_EXCEEDED", reason: "INSUFFICIENT_CONFIRMATIONS",
			message: "too few storage nodes confirmed the blob in time; try again"}).because(err)
	}
	return err
}

// stored tells of a blob that is certified, as one that can't be deleted, until
// the wanted epoch, or that was marked invalid. Else it is nil.
func (d *Daemon) stored(ctx context.Context, id codec.BlobID, until uint32) (*storeResult, error) {
	s, err := d.cfg.Nodes.Status(ctx, id)
	if err != nil {
		return nil, stored(fmt.Errorf("couldn't learn how %v stands: %w", id, err))
	}
	event := &eventID{s.TxDigest, s.EventSeq}
	switch {
	case s.Invalid:
		return &storeResult{MarkedInvalid: &markedInvalid{id, event}}, nil
	case s.Permanent && s.EndEpoch >= until:
		return &storeResult{AlreadyCertified: &alreadyCertified{BlobID: id, Event: event, EndEpoch: s.EndEpoch}}, nil
	}
	return nil, nil
}

// store is one blob on its way.
type store struct {
	d          *Daemon
	x          *codec.Expansion
	id         codec.BlobID
	query      publisherQuery
	com        *api.Committee
	attributes map[string]string

	blob      blobObject // once it is registered
	operation operation
	cost      uint64 // FROST
	extend    uint32 // epochs to add once it is certified
	done      *storeResult
	paid      bool // for something, so that a failure is no longer free
	cert      *api.Certificate
	shared    *suitx.Address
}

// nextEpoch reports whether another epoch has begun since it was last asked.
func (s *store) nextEpoch(ctx context.Context) bool {
	com, err := s.d.cfg.Ledger.Committee(ctx)
	if err != nil || com.Epoch <= s.com.Epoch {
		return false
	}
	s.com = com
	return true
}

// finish certifies the blob and gives its object to whom it is for, in one
// transaction, then reads it again.
func (s *store) finish(ctx context.Context) error {
	where, err := s.d.contracts(ctx)
	if err != nil {
		return err
	}
	price := s.storagePrice(s.extend)
	effects, err := s.d.cfg.Payer.Pay(ctx, Cost{WAL: price, Until: s.blob.storage.end + s.extend}, func(b *suitx.Builder, wal suitx.Argument) {
		blob := b.Object(s.blob.ref)
		if s.cert != nil {
			b.Call(where.Package, "system", "certify_blob", b.Shared(where.System, where.SharedAt, false), blob,
				b.Bytes(s.cert.Signature), b.Bytes(s.cert.Signers), b.Bytes(s.cert.Message))
		}
		if s.extend > 0 {
			b.Call(where.Package, "system", "extend_blob", b.Shared(where.System, where.SharedAt, true), blob, b.U32(s.extend), wal)
		}
		for k, v := range s.attributes {
			b.Call(where.Package, "blob", "insert_or_update_metadata_pair", blob, b.Text(k), b.Text(v))
		}
		switch {
		case s.query.share:
			b.Call(where.Package, "shared_blob", "new", blob)
		case s.query.sendTo != nil:
			b.Transfer(*s.query.sendTo, blob)
		}
	})
	if err != nil {
		return fmt.Errorf("couldn't certify %v: %w", s.id, err)
	}
	s.paid = true
	s.cost += price
	now := s.blob.id
	for _, c := range effects.ChangedObjects {
		if s.query.share && c.IDOperation == suitx.IDCreated && c.Output.Owner.Kind == suitx.SharedOwner {
			now, s.shared = c.ID, &c.ID
		}
	}
	s.blob, err = s.d.blobObject(ctx, now)
	return err
}
