package main

import (
	"context"
	"errors"
	"fmt"

	"floe/codec/suitx"
	"floe/server"
	"floe/server/api"
	"floe/server/sui"
)

// chain is the client of Sui as the relay knows it: [server.Ledger] and
// [server.Chain] in one, with the relay's errors.
type chain struct {
	*sui.Client
}

func (c chain) Execute(ctx context.Context, tx []byte, signatures [][]byte) (*server.Result, error) {
	return result(c.Client.Execute(ctx, tx, signatures))
}

func (c chain) Simulate(ctx context.Context, tx []byte) (*server.Result, error) {
	return result(c.Client.Simulate(ctx, tx))
}

func (c chain) Transaction(ctx context.Context, digest suitx.Digest) (*server.Result, error) {
	return result(c.Client.Transaction(ctx, digest))
}

func (c chain) Now(ctx context.Context) (server.Moment, error) {
	m, err := c.Client.Now(ctx)
	return server.Moment(m), relayError(err)
}

func (c chain) Parcel(ctx context.Context, id suitx.Address) (*api.Parcel, error) {
	p, err := c.Client.Parcel(ctx, id)
	return p, relayError(err)
}

func result(r *sui.Result, err error) (*server.Result, error) {
	if err != nil {
		return nil, relayError(err)
	}
	return (*server.Result)(r), nil
}

func relayError(err error) error {
	for from, to := range map[error]error{
		sui.ErrConflict: server.ErrConflict,
		sui.ErrRefused:  server.ErrRefused,
		sui.ErrNotFound: server.ErrNotFound,
		sui.ErrPruned:   server.ErrPruned,
	} {
		if errors.Is(err, from) {
			return fmt.Errorf("%w: %w", to, err)
		}
	}
	return err
}
