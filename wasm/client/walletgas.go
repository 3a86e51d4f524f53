package client

import (
	"context"

	"floe/codec/suitx"
	"floe/server/api"
)

// A wallet's gas: what a transaction may take at most, and what is set aside
// for finding that out. maxBudget is Sui's.
const (
	maxBudget = 50_000_000_000
	trialGas  = 2_000_000_000
)

// fillGas fills in what the wallet pays its own transaction with, so that it
// shows a true price. Besides the gas, the transaction takes apart out of the
// gas coin.
func (c *Client) fillGas(ctx context.Context, a *account, tx *suitx.TransactionData, apart uint64) error {
	pays := a.sui.enough(apart + trialGas)
	have := pays.sum()
	if have <= apart {
		return poor(Shortage{"SUI", apart + leastGas - have})
	}
	tx.Gas = suitx.GasData{Payment: pays.refs(), Owner: a.address, Price: a.gasPrice, Budget: min(have-apart, maxBudget)}
	tx.Expiration = suitx.Expiration{Kind: suitx.ExpirationEpoch, Epoch: a.epoch + 1}
	var out api.SimulateResponse
	if err := c.call(ctx, api.PathSimulate, api.SimulateRequest{Transaction: tx.Marshal()}, &out); err != nil {
		return err
	}
	effects, err := suitx.UnmarshalEffects(out.Effects)
	if err != nil {
		return err
	}
	takes := effects.GasUsed.Computation + effects.GasUsed.Storage
	if f := effects.Status.Failure; f != nil {
		if f.Kind == suitx.InsufficientGas {
			return poor(Shortage{"SUI", max(takes, leastGas)})
		}
		return failed(effects)
	}
	if tx.Gas.Budget = takes + takes/4; tx.Gas.Budget > have-apart {
		return poor(Shortage{"SUI", tx.Gas.Budget - (have - apart)})
	}
	return nil
}

// leastGas is about what the smallest of our transactions takes.
const leastGas = 20_000_000

// submit hands in a transaction that its sender pays for, and returns what it
// did with what it made. Asked again, it doesn't run again.
func (c *Client) submit(ctx context.Context, in api.SubmitRequest) (*suitx.Effects, [][]byte, error) {
	var out api.SubmitResponse
	if err := c.call(ctx, api.PathSubmit, in, &out); err != nil {
		return nil, nil, err
	}
	effects, err := checkExecuted(in.Transaction, &api.ExecuteResponse{Digest: out.Digest, Effects: out.Effects})
	return effects, out.Objects, err
}

// pay brings a transaction onto the ledger that the wallet confirms and pays for.
func (c *Client) pay(ctx context.Context, net *network, w Wallet, tx *suitx.TransactionData) error {
	a, err := c.account(ctx, net, w.Address())
	if err != nil {
		return err
	}
	if err := c.fillGas(ctx, a, tx, 0); err != nil {
		return err
	}
	signed, signature, err := confirm(ctx, w, tx)
	if err != nil {
		return err
	}
	_, _, err = c.submit(ctx, api.SubmitRequest{Transaction: signed, Signature: signature})
	return err
}
