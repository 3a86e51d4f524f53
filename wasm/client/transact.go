package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"floe/codec/suitx"
	"floe/server/api"
)

// rounds is how often gas is asked for anew when a promise of it has lapsed.
const rounds = 3

// transact brings a transaction onto the ledger: the relay fills in who pays
// for the gas, and nothing else, which is checked before key signs.
// Before a signed transaction leaves, tell hears of it, unless it is nil.
func (c *Client) transact(ctx context.Context, net *network, tx *suitx.TransactionData, key ed25519.PrivateKey, tell func(api.ExecuteRequest) error) (effects *suitx.Effects, err error) {
	for range rounds {
		effects, err = c.transactOnce(ctx, net, tx, key, tell)
		var refused *api.Error
		if !errors.As(err, &refused) || refused.Code != api.CodeConflict {
			return effects, err
		}
		if err := sleep(ctx, c.pace.firstWait); err != nil {
			return nil, err
		}
	}
	return nil, err
}

func (c *Client) transactOnce(ctx context.Context, net *network, tx *suitx.TransactionData, key ed25519.PrivateKey, tell func(api.ExecuteRequest) error) (*suitx.Effects, error) {
	asked := *tx
	asked.Gas.Owner = net.sponsor
	var filled api.GasResponse
	if err := c.call(ctx, api.PathGas, api.GasRequest{Transaction: asked.Marshal()}, &filled); err != nil {
		return nil, err
	}
	if err := checkSponsored(&asked, filled.Transaction); err != nil {
		return nil, err
	}
	signed := api.ExecuteRequest{Transaction: filled.Transaction, Signature: suitx.SignTransaction(key, filled.Transaction)}
	if tell != nil {
		if err := tell(signed); err != nil {
			return nil, err
		}
	}
	return c.execute(ctx, signed)
}

// execute brings a signed transaction onto the ledger, whose gas is promised.
func (c *Client) execute(ctx context.Context, signed api.ExecuteRequest) (*suitx.Effects, error) {
	var out api.ExecuteResponse
	if err := c.call(ctx, api.PathExecute, signed, &out); err != nil {
		return nil, err
	}
	return checkExecuted(signed.Transaction, &out)
}

// checkSponsored compares what the relay gave back with what was asked, field
// by field: payment, price, budget and expiration are its own, all else is the
// sender's.
func checkSponsored(asked *suitx.TransactionData, given []byte) error {
	got, err := suitx.UnmarshalTransactionData(given)
	if err != nil {
		return liar("the sponsored transaction: %w", err)
	}
	if !bytes.Equal(got.Marshal(), given) {
		return liar("the sponsored transaction holds more than is understood of it")
	}
	if got.Sender != asked.Sender || !bytes.Equal(got.KindBytes(), asked.KindBytes()) {
		return liar("the transaction was changed before it was sponsored")
	}
	switch {
	case got.Gas.Owner != asked.Gas.Owner || got.Gas.Owner == asked.Sender:
		return liar("%s would pay for the gas, not the server", got.Gas.Owner)
	case len(got.Gas.Payment) == 0 || got.Gas.Budget == 0 || got.Gas.Price == 0:
		return liar("the gas isn't filled in")
	case got.Expiration.Kind == suitx.ExpirationNone:
		return liar("the transaction would never expire")
	}
	return checkPayment(asked, got.Gas.Payment)
}

// checkPayment makes sure that none of the transaction's own objects pays.
func checkPayment(asked *suitx.TransactionData, payment []suitx.ObjectRef) error {
	for _, coin := range payment {
		for _, in := range asked.Inputs {
			if in.Kind == suitx.InputObject && in.Object.Ref.ID == coin.ID {
				return liar("object %s would pay for the gas", coin.ID)
			}
		}
	}
	return nil
}

// checkExecuted reads the outcome of a transaction that was signed.
func checkExecuted(tx []byte, out *api.ExecuteResponse) (*suitx.Effects, error) {
	effects, err := suitx.UnmarshalEffects(out.Effects)
	if err != nil {
		return nil, err
	}
	digest := suitx.TransactionDigest(tx)
	if out.Digest != digest.String() || effects.TransactionDigest != digest {
		return nil, liar("the server executed transaction %s instead of %s", out.Digest, digest)
	}
	return effects, failed(effects)
}

// failed is the error for a transaction that did nothing, or nil.
func failed(e *suitx.Effects) error {
	failure := e.Status.Failure
	if failure == nil {
		return nil
	}
	return &Error{
		Code:    CodeInternal,
		Message: "The ledger refused the last step. Nothing was put there; try again.",
		Retry:   true,
		Err:     fmt.Errorf("transaction %s failed: kind %d, abort code %d", e.TransactionDigest, failure.Kind, failure.AbortCode),
	}
}
