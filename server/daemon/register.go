package daemon

import (
	"context"
	"fmt"

	"floe/codec/suitx"
	"floe/server/walrus"
)

const unit = 1 << 20 // bytes of encoded size that a price is for

// contracts is where Walrus' functions are called today.
func (d *Daemon) contracts(ctx context.Context) (walrus.Contracts, error) {
	o, err := d.object(ctx, d.cfg.IDs.System)
	if err != nil {
		return walrus.Contracts{}, err
	}
	return walrus.ReadSystem(o)
}

// register gets a Blob object for the blob: a new one or, where that is asked
// for and one of the publisher's will do, an old one.
func (s *store) register(ctx context.Context) error {
	root := s.x.Metadata().RootHash()
	want, err := walrus.Want(s.id, root, s.x.Metadata().Size, s.d.params)
	if err != nil {
		return err
	}
	if s.query.reuse {
		unlock, err := s.d.reusing.enter(ctx)
		if err != nil {
			return err
		}
		defer unlock()
		if found, err := s.reuse(ctx, want); found || err != nil {
			return err
		}
	}
	where, err := s.d.contracts(ctx)
	if err != nil {
		return err
	}
	s.operation = operation{Scratch: &fromScratch{want.Encoded, s.query.epochs}}
	s.cost = walrus.Price([]walrus.Wanted{want}, s.com, s.query.epochs)
	return s.buy(ctx, want, func(b *suitx.Builder, wal suitx.Argument) {
		where.Register(b, s.d.cfg.Payer.Address(), []walrus.Wanted{want}, wal, s.query.epochs, !s.query.permanent)
	})
}

// buy runs a transaction that makes a Blob object, and finds it.
func (s *store) buy(ctx context.Context, want walrus.Wanted, build func(b *suitx.Builder, wal suitx.Argument)) error {
	payer := s.d.cfg.Payer
	cost := Cost{WAL: s.cost, Bytes: want.Encoded, Until: s.com.Epoch + s.query.epochs}
	effects, err := payer.Pay(ctx, cost, build)
	if err != nil {
		return fmt.Errorf("couldn't register %v: %w", s.id, err)
	}
	s.paid = true
	objects, err := s.d.cfg.Ledger.Objects(ctx, walrus.Made(effects, payer.Address())...)
	if err != nil {
		return fmt.Errorf("couldn't read what was registered: %w", err)
	}
	for _, o := range objects {
		if b, err := s.d.blobOf(o); err == nil && b.blobID == s.id {
			s.blob = b
			return nil
		}
	}
	return fmt.Errorf("couldn't find the Blob object of %v after registering it", s.id)
}

// reuse looks for a Blob object of the same blob and kind that the publisher
// owns, else for Storage that it fits into.
func (s *store) reuse(ctx context.Context, want walrus.Wanted) (found bool, err error) {
	end := s.com.Epoch + s.query.epochs
	owned, err := s.d.cfg.Ledger.Owned(ctx, s.d.cfg.Payer.Address(), s.d.blobType())
	if err != nil {
		return false, fmt.Errorf("couldn't list the publisher's blobs: %w", err)
	}
	if !s.d.underway.alone(s.id) {
		owned = nil // one of them may be another's
	}
	var best *blobObject
	for _, o := range owned {
		b, err := s.d.blobOf(o)
		if err == nil && b.blobID == s.id && b.deletable == !s.query.permanent && b.storage.end > s.com.Epoch && (best == nil || better(&b, best)) {
			best = &b
		}
	}
	if best == nil {
		return s.reuseStorage(ctx, want, end)
	}
	s.blob = *best
	if best.storage.end < end {
		s.extend = end - best.storage.end
	}
	switch {
	case best.certified != nil && s.extend == 0:
		s.done = &storeResult{AlreadyCertified: &alreadyCertified{BlobID: s.id, Object: &best.id, EndEpoch: best.storage.end}}
	case best.certified != nil:
		s.operation = operation{Extend: &extension{want.Encoded, s.extend}}
	case s.extend == 0:
		s.operation = operation{Registration: &encodedLength{want.Encoded}}
	default:
		s.operation = operation{ExtendNew: &extension{want.Encoded, s.extend}}
	}
	return true, nil
}

// better prefers what is certified, then what lasts longer.
func better(a, b *blobObject) bool {
	if (a.certified != nil) != (b.certified != nil) {
		return a.certified != nil
	}
	return a.storage.end > b.storage.end
}

// reuseStorage registers the blob with the smallest Storage that it fits into.
// What that has too much in size or time stays the publisher's.
func (s *store) reuseStorage(ctx context.Context, want walrus.Wanted, end uint32) (found bool, err error) {
	owned, err := s.d.cfg.Ledger.Owned(ctx, s.d.cfg.Payer.Address(), s.d.storageType())
	if err != nil {
		return false, fmt.Errorf("couldn't list the publisher's storage: %w", err)
	}
	var best *storageObject
	for _, o := range owned {
		st, err := storageOf(o)
		if err == nil && st.size >= want.Encoded && st.start <= s.com.Epoch && st.end >= end && (best == nil || st.size < best.size) {
			best = &st
		}
	}
	if best == nil {
		return false, nil
	}
	where, err := s.d.contracts(ctx)
	if err != nil {
		return false, err
	}
	s.operation = operation{Storage: &encodedLength{want.Encoded}}
	s.cost = (want.Encoded + unit - 1) / unit * s.com.WritePrice
	return true, s.buy(ctx, want, func(b *suitx.Builder, wal suitx.Argument) {
		storage := b.Object(best.ref)
		var rest []suitx.Argument
		if best.size > want.Encoded {
			rest = append(rest, b.Call(where.Package, "storage_resource", "split_by_size", storage, b.U64(want.Encoded)))
		}
		if best.end > end {
			rest = append(rest, b.Call(where.Package, "storage_resource", "split_by_epoch", storage, b.U32(end)))
		}
		blob := b.Call(where.Package, "system", "register_blob", b.Shared(where.System, where.SharedAt, true), storage,
			b.U256(want.ID.U256LE()), b.U256(want.Root), b.U64(want.Size), b.U8(encodingRS2), b.Bool(!s.query.permanent), wal)
		b.Transfer(s.d.cfg.Payer.Address(), append(rest, blob)...)
	})
}

const encodingRS2 = 1

// storagePrice is what more epochs cost, in FROST.
func (s *store) storagePrice(epochs uint32) uint64 {
	return (s.blob.storage.size + unit - 1) / unit * s.com.StoragePrice * uint64(epochs)
}

// turn lets one in at a time, in no order.
type turn chan struct{}

func (t turn) enter(ctx context.Context) (leave func(), err error) {
	select {
	case t <- struct{}{}:
		return func() { <-t }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
