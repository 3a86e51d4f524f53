package server

import (
	"context"
	"errors"
	"net/http"
	"net/netip"

	"github.com/labstack/echo/v4"

	"floe/codec/suitx"
	"floe/server/api"
)

// handleExecute co-signs and submits a transaction that gas was promised for.
func (s *Server) handleExecute(c echo.Context) error {
	var req api.ExecuteRequest
	if err := readJSON(c, &req); err != nil {
		return err
	}
	if s.sponsor == nil {
		return noSponsor()
	}
	res, err := s.execute(c.Request().Context(), s.client(c), req)
	if err != nil {
		return err
	}
	return answer(c, api.ExecuteResponse{Digest: res.Digest.String(), Effects: res.Raw})
}

// execute checks everything again, for anybody may send anything here. The
// flight itself doesn't end when the caller leaves: who comes back with the
// same bytes finds it, or its outcome.
func (s *Server) execute(ctx context.Context, client netip.Prefix, req api.ExecuteRequest) (*Result, error) {
	t, err := s.readTransaction(req.Transaction)
	if err != nil {
		return nil, err
	}
	if err := suitx.VerifyTransaction(req.Transaction, req.Signature, t.Sender); err != nil {
		return nil, notAllowed("The signature isn't the sender's over this transaction.").because(err)
	}
	return s.board(ctx, req.Transaction, t.Sender, func() (*Result, error) { return s.fly(s.ctx, client, req) })
}

// board has fly take a sender's transaction to the ledger, unless it is on its
// way already, and waits for the outcome.
func (s *Server) board(ctx context.Context, tx []byte, sender suitx.Address, fly func() (*Result, error)) (*Result, error) {
	f, mine, err := s.flights.board(suitx.TransactionDigest(tx), sender)
	if err != nil {
		return nil, err
	}
	if mine {
		s.background.Go(func() {
			var res *Result
			err := safely(func() (err error) {
				res, err = fly()
				return err
			})()
			f.land(res, err)
		})
	}
	select {
	case <-f.landed:
		return f.result, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// fly takes one signed transaction to the ledger. Until the simulation has
// shown that it succeeds nothing is signed and nothing lost.
func (s *Server) fly(ctx context.Context, client netip.Prefix, req api.ExecuteRequest) (*Result, error) {
	digest := suitx.TransactionDigest(req.Transaction)
	coin, ok := s.leases.claim(digest)
	if !ok {
		return s.flownBefore(ctx, digest)
	}
	gas, err := s.sponsor.tryOut(ctx, req.Transaction)
	if err != nil {
		s.sponsor.settle(context.WithoutCancel(ctx), s.sponsor.gas, err, restDoubt, coin)
		return nil, err
	}
	undo, err := s.quota.take(client, Cost{Gas: gas}, 0)
	if err != nil {
		s.sponsor.gas.put(coin)
		return nil, err
	}
	res, err := s.sponsor.submit(ctx, req.Transaction, req.Signature, suitx.SignTransaction(s.sponsor.key, req.Transaction))
	s.sponsor.settle(context.WithoutCancel(ctx), s.sponsor.gas, err, restDoubt, coin)
	if errors.Is(err, ErrConflict) {
		undo()
	}
	if res != nil {
		return res, nil // also of one that failed: its effects tell, and what its inputs became
	}
	return nil, err
}

// flownBefore answers for a transaction without a lease: what it did, if it was
// executed before, else that the promise has lapsed. It is never signed anew,
// for its gas coin may be promised to another by now.
func (s *Server) flownBefore(ctx context.Context, digest suitx.Digest) (*Result, error) {
	res, err := s.ledger.Transaction(ctx, digest)
	if errors.Is(err, ErrNotFound) {
		return nil, refuse(http.StatusConflict, api.CodeConflict, "The gas promised for this transaction has lapsed. Ask for gas again and sign anew.")
	}
	if err != nil {
		return nil, err
	}
	return res, nil
}
