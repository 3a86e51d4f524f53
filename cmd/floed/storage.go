package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server"
	"floe/server/api"
	"floe/server/committee"
	"floe/server/sui"
)

// rhythm is how often the ledger is asked who the nodes are: usually, and while
// an epoch that should be over isn't.
type rhythm struct{ usual, late time.Duration }

// storage is the client of the storage nodes as the relay knows it
// ([server.Nodes]), kept up to date with the ledger.
type storage struct {
	*committee.Client
	ledger *sui.Client
	rhythm rhythm
	log    *slog.Logger
}

func newStorage(ctx context.Context, ledger *sui.Client, o committee.Options, r rhythm) (*storage, error) {
	com, err := ledger.Committee(ctx)
	if err != nil {
		return nil, err
	}
	c, err := committee.New(com, o)
	if err != nil {
		return nil, err
	}
	return &storage{c, ledger, r, o.Logger}, nil
}

// Certify asks again with the new committee when nodes have noticed a new epoch
// before we did.
func (s *storage) Certify(ctx context.Context, id codec.BlobID, object suitx.Address, deletable bool) (*api.Certificate, error) {
	cert, err := s.Client.Certify(ctx, id, object, deletable)
	if errors.Is(err, committee.ErrNewEpoch) {
		if err := s.update(ctx); err != nil {
			return nil, err
		}
		cert, err = s.Client.Certify(ctx, id, object, deletable)
	}
	if errors.Is(err, committee.ErrTooFewNodes) {
		return nil, fmt.Errorf("%w: %w", server.ErrTooFewNodes, err)
	}
	return cert, err
}

func (s *storage) update(ctx context.Context) error {
	com, err := s.ledger.Committee(ctx)
	if err != nil {
		return err
	}
	return s.Update(com)
}

// follow keeps the committee up to date until ctx ends.
func (s *storage) follow(ctx context.Context) {
	for {
		com := s.Committee()
		wait := min(s.rhythm.usual, max(time.Until(com.EpochStart.Add(com.EpochDuration)), s.rhythm.late))
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if err := s.update(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("couldn't read the committee", "error", err)
		}
	}
}
