package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// What one client may have under way of what costs the ledger work and nobody
// money.
const (
	accountsOfOne = 4
	accountTime   = 15 * time.Second
)

// handleAccount lists the coins of an address, so that a page can build what a
// wallet then signs.
func (s *Server) handleAccount(c echo.Context) error {
	owner, err := addressOf("An account's address", c.Param("address"))
	if err != nil {
		return err
	}
	leave, err := s.accounts.enter(s.client(c))
	if err != nil {
		return err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(c.Request().Context(), accountTime)
	defer cancel()
	now, err := s.chain.Now(ctx)
	if err != nil {
		return fmt.Errorf("couldn't read the ledger's epoch: %w", err)
	}
	out := api.Account{Epoch: now.Epoch, GasPrice: now.GasPrice}
	if out.SUI, err = s.richest(ctx, owner, suitx.SUI()); err != nil {
		return err
	}
	wal := suitx.StructTag{Address: s.ids.WALPackage, Module: "wal", Name: "WAL"}
	if out.WAL, err = s.richest(ctx, owner, wal.Tag()); err != nil {
		return err
	}
	return answer(c, out)
}

// richest returns an owner's coins of one kind, raw: those that hold most.
func (s *Server) richest(ctx context.Context, owner suitx.Address, kind suitx.TypeTag) ([][]byte, error) {
	objects, err := s.chain.Owned(ctx, owner, suitx.CoinOf(kind))
	if err != nil {
		return nil, fmt.Errorf("couldn't list the coins: %w", err)
	}
	type held struct {
		coin
		raw []byte
	}
	coins := make([]held, 0, len(objects))
	for _, o := range objects {
		if c, err := coinOf(o); err == nil && c.balance > 0 {
			coins = append(coins, held{c, o.Marshal()})
		}
	}
	slices.SortStableFunc(coins, func(a, b held) int { return cmp.Compare(b.balance, a.balance) })
	out := make([][]byte, 0, api.MaxCoins)
	for _, c := range coins[:min(len(coins), api.MaxCoins)] {
		out = append(out, c.raw)
	}
	return out, nil
}

// handleSimulate tells what a transaction of [ownList] would do, for its budget.
func (s *Server) handleSimulate(c echo.Context) error {
	var req api.SimulateRequest
	if err := readJSON(c, &req); err != nil {
		return err
	}
	if _, err := s.readOwn(req.Transaction); err != nil {
		return err
	}
	leave, err := s.accounts.enter(s.client(c))
	if err != nil {
		return err
	}
	defer leave()
	would, err := s.ledger.Simulate(c.Request().Context(), req.Transaction)
	if err != nil {
		return err
	}
	return answer(c, api.SimulateResponse{Effects: would.Effects.Marshal()})
}

// handleSubmit hands on a signed transaction of [ownList].
func (s *Server) handleSubmit(c echo.Context) error {
	var req api.SubmitRequest
	if err := readJSON(c, &req); err != nil {
		return err
	}
	t, err := s.readOwn(req.Transaction)
	if err != nil {
		return err
	}
	if err := suitx.VerifyTransaction(req.Transaction, req.Signature, t.Sender); err != nil {
		return notAllowed("The signature isn't the sender's over this transaction.").because(err)
	}
	if err := s.expectFirst(t, req.Prefix); err != nil {
		return err
	}
	leave, err := s.accounts.enter(s.client(c))
	if err != nil {
		return err
	}
	defer leave()
	ctx := c.Request().Context()
	res, err := s.board(ctx, req.Transaction, t.Sender, func() (*Result, error) { return s.submitOwn(s.ctx, req) })
	if err != nil {
		return err
	}
	objects, err := s.written(ctx, res.Effects)
	if err != nil {
		return err
	}
	return answer(c, api.SubmitResponse{Digest: res.Digest.String(), Effects: res.Raw, Objects: objects})
}

// readOwn parses a transaction and holds it against the list of what is handed on.
func (s *Server) readOwn(tx []byte) (*suitx.TransactionData, error) {
	t, err := parseTransaction(tx)
	if err != nil {
		return nil, err
	}
	return t, s.own.check(t)
}

// submitOwn takes a signed transaction to the ledger, unless it would fail there
// and cost its sender gas for nothing.
func (s *Server) submitOwn(ctx context.Context, req api.SubmitRequest) (*Result, error) {
	done, err := s.ledger.Transaction(ctx, suitx.TransactionDigest(req.Transaction))
	if err == nil {
		return done, failureOf(done.Effects)
	}
	if !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	would, err := s.ledger.Simulate(ctx, req.Transaction)
	if err != nil {
		return nil, fmt.Errorf("couldn't simulate the transaction: %w", err)
	}
	if err := failureOf(would.Effects); err != nil {
		return nil, err
	}
	return handIn(ctx, s.ledger, s.log, req.Transaction, req.Signature)
}

// expectFirst holds the first blob of a parcel that is created against the one
// rule for what it begins with.
func (s *Server) expectFirst(t *suitx.TransactionData, prefix []byte) error {
	for _, c := range t.Commands {
		call, ok := c.(*suitx.MoveCall)
		if !ok || call.Package != s.own.floe || call.Function != "create" {
			continue
		}
		statement, err := statementOf(t, call)
		if err != nil {
			return malformed("The parcel's statement can't be read.").because(err)
		}
		if len(statement.Blobs) == 0 {
			return malformed("The parcel's statement names no blob.")
		}
		first := statement.Blobs[0]
		b := api.RegisterBlob{Size: first.Size, First: true, Prefix: prefix}
		if err := s.firsts.expect(first.BlobID, b); err != nil {
			return err
		}
	}
	return nil
}

func statementOf(t *suitx.TransactionData, create *suitx.MoveCall) (*api.Statement, error) {
	if len(create.Args) != 1 || create.Args[0].Kind != suitx.ArgInput || int(create.Args[0].Index) >= len(t.Inputs) {
		return nil, errors.New("it isn't a value")
	}
	r := bcs.NewReader(t.Inputs[create.Args[0].Index].Pure)
	raw := r.Bytes()
	if err := r.Done(); err != nil {
		return nil, err
	}
	return api.ParseStatement(raw)
}

// written returns, raw, what a transaction made or changed and an address owns,
// as far as it hasn't moved on.
func (s *Server) written(ctx context.Context, e *suitx.Effects) ([][]byte, error) {
	var ids []suitx.Address
	for _, c := range e.ChangedObjects {
		if c.Output.Kind == suitx.OutputObject && c.Output.Owner.Kind == suitx.AddressOwner {
			ids = append(ids, c.ID)
		}
	}
	objects, err := s.ledger.Objects(ctx, ids...)
	if err != nil {
		return nil, fmt.Errorf("couldn't read what the transaction made: %w", err)
	}
	out := [][]byte{}
	for _, o := range objects {
		if o != nil && o.PreviousTransaction == e.TransactionDigest {
			out = append(out, o.Marshal())
		}
	}
	return out, nil
}

// parseTransaction reads a transaction of a request.
func parseTransaction(tx []byte) (*suitx.TransactionData, error) {
	if len(tx) > api.MaxTx {
		return nil, refuse(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "A transaction has at most %d bytes.", api.MaxTx)
	}
	t, err := suitx.UnmarshalTransactionData(tx)
	if err != nil {
		return nil, malformed("The transaction can't be read.").because(err)
	}
	return t, nil
}
