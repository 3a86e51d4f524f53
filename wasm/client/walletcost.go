package client

import (
	"context"

	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
)

// CostRequest says what would be sent. The files aren't read.
type CostRequest struct {
	Files      []File
	Recipients int
	Epochs     uint32        // 0: the server's default
	Wallet     suitx.Address // which would pay
}

// Cost is what sending with a wallet costs. WAL is exact as long as prices stay;
// SUI is an estimate, and what the wallet must hold for it is more: deposits
// that come back.
type Cost struct {
	WAL, SUI uint64 // FROST, MIST
	Hold     uint64 // MIST
	Short    []Shortage
}

// About what the transactions take on Sui, in units of gas and in MIST that are
// stored: as a whole, for each blob, for each grant.
const (
	unitsOfParcel = 5_000
	unitsOfBlob   = 300
	mistOfParcel  = 60_000_000
	mistOfBlob    = 6_000_000
	mistOfGrant   = 25_000_000
	keptOfBlob    = 3_000_000 // of it, what doesn't come back when it is sent
	keptOfParcel  = 12_000_000
)

// Cost says what [Client.Pay] would make a wallet pay, and what it lacks.
func (c *Client) Cost(ctx context.Context, req CostRequest) (*Cost, error) {
	cost, err := c.cost(ctx, &req)
	return cost, explain(err)
}

func (c *Client) cost(ctx context.Context, req *CostRequest) (*Cost, error) {
	archive, err := planArchive(req.Files)
	if err != nil {
		return nil, err
	}
	net, err := c.network(ctx)
	if err != nil {
		return nil, err
	}
	epochs, err := net.epochsFor(req.Epochs)
	if err != nil {
		return nil, err
	}
	plan, err := newPlan(net, crypto.SealedSize(archive.Size()))
	if err != nil {
		return nil, err
	}
	out := &Cost{}
	blobs := uint64(plan.segments())
	for i := range plan.segments() {
		encoded, err := net.params.EncodedSize(uint64(plan.length(i)))
		if err != nil {
			return nil, err
		}
		out.WAL += net.frost(encoded, epochs)
	}
	a, err := c.account(ctx, net, req.Wallet)
	if err != nil {
		return nil, err
	}
	grants := uint64(max(req.Recipients, 1) + 1)
	out.SUI = blobs*(unitsOfBlob*a.gasPrice+keptOfBlob) + 2*unitsOfParcel*a.gasPrice + keptOfParcel + grants*mistOfGrant
	out.Hold = holdFor(blobs, grants, a.gasPrice)
	for _, s := range []Shortage{{"WAL", lack(out.WAL, a.wal.sum())}, {"SUI", lack(out.Hold, a.sui.sum())}} {
		if s.Lack > 0 {
			out.Short = append(out.Short, s)
		}
	}
	return out, nil
}

// holdFor is about what a wallet must hold of SUI, deposits that come back and
// all.
func holdFor(blobs, grants, gasPrice uint64) uint64 {
	gas := blobs*(unitsOfBlob*gasPrice+mistOfBlob) + 2*unitsOfParcel*gasPrice + mistOfParcel + grants*mistOfGrant
	return gas + gas/4 + api.Fuel(int(blobs), gasPrice)
}

// affords refuses a wallet that can't pay for what is planned: before anything
// is sealed, and before its owner is asked.
func (s *sending) affords(a *account) error {
	return s.afford(func(frost uint64, blobs int) error {
		short := []Shortage{{"WAL", lack(frost, a.wal.sum())}, {"SUI", 0}}
		if sui := a.sui.sum(); sui < api.Fuel(blobs, a.gasPrice)+leastGas {
			grants := uint64(max(len(s.recipients), 1) + 1)
			short[1].Lack = lack(holdFor(uint64(blobs), grants, a.gasPrice), sui)
		}
		return poor(short...)
	})
}
