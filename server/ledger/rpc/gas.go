package rpc

import (
	"context"

	"connectrpc.com/connect"

	"floe/codec/suitx"
	"floe/server/ledger"
)

// maxGasCoins is how many coins may pay for a transaction.
const maxGasCoins = 256

// resolveGas fills in price, owner and the coins' references.
func (s *server) resolveGas(u *unresolved) (suitx.GasData, *connect.Error) {
	gas := suitx.GasData{Owner: u.sender, Price: s.ledger.ReferenceGasPrice(), Budget: maxBudget}
	if u.gas == nil {
		return gas, nil
	}
	if u.gas.Owner != nil {
		owner, failure := address("owner", u.gas.Owner)
		if failure != nil {
			return gas, failure
		}
		gas.Owner = owner
	}
	if u.gas.Price != nil {
		gas.Price = u.gas.GetPrice()
	}
	sum := uint64(0)
	for _, r := range u.gas.Objects {
		id, failure := address("object_id", r.ObjectId)
		if failure != nil {
			return gas, failure
		}
		o, err := s.ledger.Object(id, 0)
		if err != nil {
			return gas, s.failed(err, "Object %s", id)
		}
		if o.Move == nil || !o.Move.Type.Equal(suitx.CoinOf(suitx.SUI())) {
			return gas, invalid("payment", "object %s is not a valid gas coin", id)
		}
		ref, failure := currentRef(o, r.Version, r.Digest)
		if failure != nil {
			return gas, failure
		}
		balance, _ := balanceOf(o)
		sum += balance
		gas.Payment = append(gas.Payment, ref)
	}
	if len(gas.Payment) > 0 {
		gas.Budget = min(gas.Budget, sum)
	}
	if u.gas.Budget != nil {
		gas.Budget = u.gas.GetBudget()
	}
	return gas, nil
}

// estimateBudget sets the budget to what a run of the transaction costs and a
// bit more, unless its gas coins can't pay that.
func (s *server) estimateBudget(ctx context.Context, data *suitx.TransactionData) *connect.Error {
	run := *data
	run.Gas.Payment, run.Gas.Budget = nil, maxBudget
	x, err := s.ledger.Simulate(ctx, &run, ledger.SimulateOptions{})
	if err != nil {
		return s.unresolved(err)
	}
	used := x.Effects.GasUsed
	cost := max(int64(used.Computation), used.Net())
	estimate := min(uint64(cost)+1000*s.ledger.ReferenceGasPrice(), maxBudget)
	if data.Gas.Budget < estimate {
		return invalid("transaction.gas_payment", "Insufficient gas balance to cover estimated transaction cost. "+
			"Available gas balance: %d MIST. Estimated gas budget required: %d MIST", data.Gas.Budget, estimate)
	}
	data.Gas.Budget = estimate
	return nil
}

// selectGas pays with the owner's coins that the transaction doesn't use otherwise.
func (s *server) selectGas(data *suitx.TransactionData) *connect.Error {
	used := map[suitx.Address]bool{}
	for _, in := range data.Inputs {
		if in.Kind == suitx.InputObject {
			used[in.Object.Ref.ID] = true
		}
	}
	filter, sum := suitx.CoinOf(suitx.SUI()), uint64(0)
	for after := []byte(nil); len(data.Gas.Payment) < maxGasCoins; {
		page, next, err := s.ledger.Owned(data.Gas.Owner, &filter, after, largestPage)
		if err != nil {
			return s.failed(err, "Owner %s", data.Gas.Owner)
		}
		for _, coin := range page {
			if !used[coin.Ref.ID] && len(data.Gas.Payment) < maxGasCoins && coin.Balance != nil {
				data.Gas.Payment = append(data.Gas.Payment, coin.Ref)
				sum += *coin.Balance
			}
		}
		if after = next; after == nil {
			break
		}
	}
	if sum < data.Gas.Budget {
		return invalid("transaction.gas_payment", "Unable to perform gas selection due to insufficient SUI balance "+
			"(in address balance or coins) for account %s to satisfy required budget %d.", data.Gas.Owner, data.Gas.Budget)
	}
	return nil
}
