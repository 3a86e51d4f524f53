package direct

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/committee"
	"floe/server/sui"
	"floe/wasm/client"
)

// answer is an answer in JSON, or what a server would make of the error.
func answer[Out any](out *Out, err error) (*client.Response, error) {
	if err != nil {
		return failed(err)
	}
	body, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	return &client.Response{Status: http.StatusOK, Body: io.NopCloser(bytes.NewReader(body))}, nil
}

// refused is an error as a server words it.
func refused(status int, e *api.Error) (*client.Response, error) {
	body, err := json.Marshal(api.ErrorBody{Error: e})
	return &client.Response{Status: status, Body: io.NopCloser(bytes.NewReader(body))}, err
}

// failed says what the client can branch on as a server does; what it can't is
// the error itself.
func failed(err error) (*client.Response, error) {
	var e *api.Error
	var own *client.Error
	switch {
	case errors.As(err, &own):
		return nil, own
	case errors.As(err, &e):
		return refused(http.StatusUnprocessableEntity, e)
	case errors.Is(err, sui.ErrNotFound), errors.Is(err, committee.ErrNotFound):
		return refused(http.StatusNotFound, &api.Error{Code: api.CodeNotFound, Message: err.Error()})
	case errors.Is(err, sui.ErrConflict):
		return refused(http.StatusConflict, &api.Error{Code: api.CodeConflict, Message: err.Error()})
	case errors.Is(err, sui.ErrRefused):
		return refused(http.StatusUnprocessableEntity, &api.Error{Code: api.CodeExecution, Message: err.Error()})
	case errors.Is(err, committee.ErrTooFewNodes):
		return refused(http.StatusServiceUnavailable, &api.Error{Code: api.CodeTooFewNodes, Message: err.Error(), RetryAfterMS: 2000})
	}
	return nil, err
}

// ledgerError passes on what the client can branch on; anything else says that
// the full node doesn't answer.
func (r *Relay) ledgerError(ctx context.Context, err error) error {
	for _, known := range []error{sui.ErrNotFound, sui.ErrConflict, sui.ErrRefused} {
		if errors.Is(err, known) {
			return err
		}
	}
	if errors.Is(err, sui.ErrPruned) {
		return &client.Error{Code: client.CodePruned, Err: err, Message: fmt.Sprintf("The full node at %s has forgotten how these files came to the ledger, so that nothing can be checked. "+
			"Name an archival one as ledger in a network file, and give that as -network.", r.place.Ledger)}
	}
	if err == nil || errors.As(err, new(*api.Error)) || errors.As(err, new(*client.Error)) {
		return err
	}
	return r.unreachable(ctx, err)
}

// unreachable is the error for a full node that doesn't answer as one.
func (r *Relay) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return &client.Error{Code: client.CodeOffline, Retry: true, Err: err,
		Message: fmt.Sprintf("The ledger of %s doesn't answer at %s. Check your connection and -network, then try again.", r.place.Name, r.place.Ledger)}
}

// failureOf is the error for a transaction that ran and was aborted.
func failureOf(e *suitx.Effects) error {
	if e.Status.Success() {
		return nil
	}
	f := e.Status.Failure
	if f.Kind == suitx.MoveAbort && f.Location != nil {
		return &api.Error{Code: api.CodeExecution, Message: fmt.Sprintf("The ledger aborted the transaction: %s::%s, code %d.", f.Location.Package, f.Location.Module, f.AbortCode)}
	}
	return &api.Error{Code: api.CodeExecution, Message: fmt.Sprintf("The ledger can't run the transaction: failure %d.", f.Kind)}
}
