package client

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"

	"floe/codec/suitx"
	"floe/server/api"
)

// certifySome certifies blobs by a transaction of their own; once more, with new
// confirmations, where an epoch began since the nodes gave theirs.
func (s *sending) certifySome(ctx context.Context, blobs []*blob) error {
	return s.whileEpochsMove(ctx, blobs, func() error { return s.certifyOnce(ctx, blobs) })
}

// whileEpochsMove certifies; once more, with new confirmations, if it failed
// because an epoch began.
func (s *sending) whileEpochsMove(ctx context.Context, blobs []*blob, certify func() error) error {
	err := certify()
	if moved, failed := s.epochMoved(ctx, blobs, err); !moved {
		return failed
	}
	if err := s.confirmAgain(ctx, blobs); err != nil {
		return err
	}
	return certify()
}

func (s *sending) certifyOnce(ctx context.Context, blobs []*blob) error {
	tx, err := certifyTx(s.now.Load(), s.address, blobs)
	if err == nil {
		_, err = s.transact(ctx, tx)
	}
	return err
}

// transact brings a transaction of the parcel's own address onto the ledger. The
// journal knows of it before it leaves: who goes on later can't know otherwise
// whether it ran.
func (s *sending) transact(ctx context.Context, tx *suitx.TransactionData) (*suitx.Effects, error) {
	effects, err := s.client.transact(ctx, s.now.Load(), tx, s.key, func(signed api.ExecuteRequest) error {
		s.change(func() { s.pending = signed })
		return s.tell()
	})
	if effects == nil {
		return nil, err
	}
	s.follow(effects, tx)
	return effects, first(err, s.tell())
}

// follow takes note of what became of the Blob objects: also a transaction that
// failed gave them new versions.
func (s *sending) follow(effects *suitx.Effects, tx *suitx.TransactionData) {
	named := make(map[suitx.Address]bool)
	for _, in := range tx.Inputs {
		if in.Kind == suitx.InputObject {
			named[in.Object.Ref.ID] = true
		}
	}
	output := make(map[suitx.Address]suitx.ObjectOut)
	for _, o := range effects.ChangedObjects {
		output[o.ID] = o.Output
	}
	s.change(func() {
		s.pending = api.ExecuteRequest{}
		for _, b := range s.blobs {
			if out := output[b.object.ID]; out.Kind == suitx.OutputObject {
				b.object.Version, b.object.Digest = effects.LamportVersion, out.Digest
			}
			if b.state == blobStored && named[b.object.ID] && effects.Status.Failure == nil {
				b.state, b.certificate = blobCertified, api.Certificate{}
			}
		}
	})
}

// epochMoved says whether certifying failed with err because a new epoch began
// since the nodes confirmed some of the blobs. It looks at the epoch that is now;
// where that changed who holds what, the error is errMoved.
func (s *sending) epochMoved(ctx context.Context, blobs []*blob, err error) (moved bool, failed error) {
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeInternal {
		return false, err
	}
	if lost := s.refresh(ctx); lost != nil {
		return false, first(moving(lost), err)
	}
	old := slices.ContainsFunc(blobs, func(b *blob) bool {
		return len(b.certificate.Message) > 0 && binary.LittleEndian.Uint32(b.certificate.Message[3:]) != s.now.Load().Epoch
	})
	return old, err
}

// moving returns err if it is errMoved.
func moving(err error) error {
	if errors.Is(err, errMoved) {
		return err
	}
	return nil
}

// confirmAgain has the nodes confirm blobs anew, in a new epoch, but for those
// that are certified by now; a few at a time, since the relay doesn't take for ever.
func (s *sending) confirmAgain(ctx context.Context, blobs []*blob) error {
	var open []*blob
	s.change(func() {
		for _, b := range blobs {
			if b.state != blobCertified {
				open = append(open, b)
			}
		}
	})
	for part := range slices.Chunk(open, 16) {
		if err := s.certificates(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// neverRan are the answers to a sponsored transaction that didn't run and won't.
var neverRan = []string{api.CodeMalformed, api.CodeNotAllowed, api.CodeConflict, api.CodeExecution, api.CodeQuota, api.CodeFull, api.CodeNoSponsor}

// settle learns what became of a transaction that a run before left open, by
// handing the same bytes in again. It returns the parcel if that was created.
func (s *sending) settle(ctx context.Context) (parcel suitx.Address, exists bool, err error) {
	if len(s.pending.Transaction) == 0 {
		return parcel, false, nil
	}
	tx, err := suitx.UnmarshalTransactionData(s.pending.Transaction)
	if err != nil {
		return parcel, false, badJournal(err)
	}
	effects, err := s.client.execute(ctx, s.pending)
	var refused *api.Error
	switch {
	case effects != nil:
		s.follow(effects, tx)
	case errors.As(err, &refused) && slices.Contains(neverRan, refused.Code):
		s.change(func() { s.pending = api.ExecuteRequest{} })
	default:
		return parcel, false, err
	}
	if effects == nil || effects.Status.Failure != nil {
		return parcel, false, nil
	}
	parcel = suitx.DerivedObjectID(effects.TransactionDigest, 0)
	return parcel, created(effects, parcel), nil
}
