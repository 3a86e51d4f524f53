package server

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/labstack/echo/v4"

	"floe/codec/suitx"
	"floe/server/api"
)

// handleGas promises gas for a transaction of the allow-list.
func (s *Server) handleGas(c echo.Context) error {
	var req api.GasRequest
	if err := readJSON(c, &req); err != nil {
		return err
	}
	if s.sponsor == nil {
		return noSponsor()
	}
	tx, err := s.promiseGas(c.Request().Context(), s.client(c), req.Transaction)
	if err != nil {
		return err
	}
	return answer(c, api.GasResponse{Transaction: tx})
}

// promiseGas fills payment, price, budget and expiration and changes nothing
// else. It signs nothing.
func (s *Server) promiseGas(ctx context.Context, client netip.Prefix, tx []byte) ([]byte, error) {
	t, err := s.readTransaction(tx)
	if err != nil {
		return nil, err
	}
	if len(t.Gas.Payment) > 0 || t.Gas.Price != 0 || t.Gas.Budget != 0 || t.Expiration.Kind != suitx.ExpirationNone {
		return nil, malformed("Payment, price, budget and expiration must be empty: the sponsor fills them.")
	}
	for range maxTries {
		coin, err := s.leases.coinFor(client)
		if err != nil {
			return nil, err
		}
		err = s.sponsor.fillGas(ctx, t, gasCap, coin)
		if err == nil {
			filled := t.Marshal()
			s.leases.grant(suitx.TransactionDigest(filled), client, coin)
			return filled, nil
		}
		if moved := s.leases.giveUp(ctx, client, coin, err); !moved {
			return nil, err
		}
	}
	return nil, s.sponsor.nothingFree(s.sponsor.gas, gasFloor)
}

// readTransaction parses a transaction and holds it against the allow-list.
func (s *Server) readTransaction(tx []byte) (*suitx.TransactionData, error) {
	t, err := parseTransaction(tx)
	if err != nil {
		return nil, err
	}
	return t, s.allowed.check(t)
}

func noSponsor() error {
	return refuse(http.StatusForbidden, api.CodeNoSponsor, "This server pays for nobody. Pay with a wallet of your own, or use a server that has a sponsor.")
}
