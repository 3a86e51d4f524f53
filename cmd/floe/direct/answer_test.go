package direct

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"floe/server/api"
	"floe/server/committee"
	"floe/server/sui"
	"floe/wasm/client"
)

// TestErrorsAreAServers: what the client branches on comes as it does from a
// server; what it can't is worded here.
func TestErrorsAreAServers(t *testing.T) {
	r := &Relay{place: api.Place{NetworkIDs: api.NetworkIDs{Name: "testnet"}, Ledger: "https://node.example"}}
	for want, err := range map[string]error{
		api.CodeNotFound:    fmt.Errorf("parcel: %w", sui.ErrNotFound),
		api.CodeConflict:    fmt.Errorf("execute: %w", sui.ErrConflict),
		api.CodeExecution:   fmt.Errorf("execute: %w", sui.ErrRefused),
		api.CodeTooFewNodes: fmt.Errorf("certify: %w", committee.ErrTooFewNodes),
	} {
		res, failure := failed(err)
		if failure != nil || res.Status < 400 {
			t.Errorf("%v: %v, %v", err, res, failure)
			continue
		}
		var body api.ErrorBody
		if err := json.NewDecoder(res.Body).Decode(&body); err != nil || body.Error.Code != want {
			t.Errorf("%s: %+v, %v", want, body.Error, err)
		}
	}
	for err, want := range map[error]client.Code{
		errors.New("rpc error: unavailable"):         client.CodeOffline,
		fmt.Errorf("transaction: %w", sui.ErrPruned): client.CodePruned,
	} {
		_, failure := failed(r.ledgerError(t.Context(), err))
		var e *client.Error
		if !errors.As(failure, &e) || e.Code != want {
			t.Errorf("%v: %v, want %s", err, failure, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.ledgerError(ctx, errors.New("cut")); !errors.Is(err, context.Canceled) {
		t.Errorf("after the caller left: %v", err)
	}
}
