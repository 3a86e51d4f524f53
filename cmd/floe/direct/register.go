package direct

import (
	"context"
	"fmt"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/sui"
	"floe/server/walrus"
	"floe/wasm/client"
)

// errNoPayer says that this relay opens and doesn't send.
func errNoPayer() error {
	return &client.Error{Code: client.CodeUnsupported, Message: "Nobody pays here: without a server, sending and changing takes a key that does."}
}

// register reserves space for blobs, registers them and gives the Blob objects
// to their owner. What the owner holds already isn't paid for again.
func (r *Relay) register(ctx context.Context, q *api.RegisterRequest) (*api.RegisterResponse, error) {
	if r.payer == nil {
		return nil, errNoPayer()
	}
	owner, err := suitx.ParseAddress(q.Owner)
	if err != nil {
		return nil, err
	}
	blobs, err := r.wanted(q.Blobs)
	if err != nil {
		return nil, err
	}
	com, err := r.refresh(ctx)
	if err != nil {
		return nil, err
	}
	end := com.Epoch + q.Epochs
	owned, err := r.chain.Owned(ctx, owner, walrus.BlobType(r.place.WalrusPackage))
	if err != nil {
		return nil, r.ledgerError(ctx, err)
	}
	if missing := walrus.Missing(blobs, owned, end, true); len(missing) > 0 {
		made, err := r.payer.buy(ctx, owner, missing, com, q.Epochs)
		if err != nil {
			return nil, err
		}
		owned = append(owned, made...)
	}
	out := &api.RegisterResponse{}
	for _, w := range blobs {
		o := w.In(owned, end, true)
		if o == nil {
			return nil, fmt.Errorf("couldn't find the Blob object of %v after registering it", w.ID)
		}
		out.Digest = o.PreviousTransaction.String()
		out.Objects = append(out.Objects, o.Marshal())
	}
	return out, nil
}

func (r *Relay) wanted(asked []api.RegisterBlob) ([]walrus.Wanted, error) {
	blobs := make([]walrus.Wanted, len(asked))
	for i, b := range asked {
		id, err := codec.ParseBlobID(b.BlobID)
		if err != nil || len(b.RootHash) != 32 {
			return nil, fmt.Errorf("couldn't read blob %q to register: %w", b.BlobID, err)
		}
		if blobs[i], err = walrus.Want(id, [32]byte(b.RootHash), b.Size, r.params); err != nil {
			return nil, err
		}
	}
	return blobs, nil
}

// buy registers blobs and returns their objects. It takes just the price out of
// the payer's coins: whatever is called and whatever storage costs by then, no
// more can go.
func (p *payer) buy(ctx context.Context, owner suitx.Address, blobs []walrus.Wanted, com *api.Committee, epochs uint32) ([]*suitx.Object, error) {
	price := walrus.Price(blobs, com, epochs)
	res, err := p.run(ctx, price, func(ctx context.Context, b *suitx.Builder) error {
		coins, sum, err := p.coins(ctx, p.wal, price)
		if err != nil {
			return err
		}
		if sum < price {
			return p.short("WAL", sum, price, fmt.Sprintf("to store this for %d epochs", epochs), nil)
		}
		purse := walrus.Coins(b, coins...)
		exact := b.Split(purse, price)
		p.contracts.Register(b, owner, blobs, exact, epochs, true)
		b.Command(&suitx.MergeCoins{Into: purse, Sources: []suitx.Argument{exact}}) // nothing, unless prices fell
		return nil
	})
	if err != nil {
		return nil, err
	}
	p.count(price, res.Effects)
	objects, err := p.chain.Objects(ctx, walrus.Made(res.Effects, owner)...)
	return objects, p.ledgerError(ctx, err)
}

// gas fills in who pays for a transaction of the client's, and nothing else. The
// turn to spend stays taken until that is executed.
func (r *Relay) gas(ctx context.Context, q *api.GasRequest) (*api.GasResponse, error) {
	if r.payer == nil {
		return nil, errNoPayer()
	}
	t, err := suitx.UnmarshalTransactionData(q.Transaction)
	if err != nil {
		return nil, err
	}
	if err := r.payer.turn.take(ctx); err != nil {
		return nil, err
	}
	if err := r.payer.fillGas(ctx, t); err != nil {
		r.payer.turn.give()
		return nil, err
	}
	return &api.GasResponse{Transaction: t.Marshal()}, nil
}

// execute signs as the payer and brings the transaction onto the ledger. Coins
// that were spent since gas was filled in are a conflict: nothing ran then, and
// the client asks for gas anew.
func (r *Relay) execute(ctx context.Context, q *api.ExecuteRequest) (*api.ExecuteResponse, error) {
	if r.payer == nil {
		return nil, errNoPayer()
	}
	t, err := suitx.UnmarshalTransactionData(q.Transaction)
	if err != nil {
		return nil, err
	}
	if t.Gas.Owner != r.payer.address || t.Sender == r.payer.address {
		return nil, fmt.Errorf("the transaction's gas isn't the payer's to give")
	}
	if err := r.payer.budget.allow(0, t.Gas.Budget); err != nil {
		return nil, err
	}
	if err := r.payer.turn.take(ctx); err != nil {
		return nil, err
	}
	defer r.payer.turn.give()
	res, err := r.payer.submit(ctx, q.Transaction, q.Signature, suitx.SignTransaction(r.payer.key, q.Transaction))
	if res == nil {
		return nil, r.ledgerError(ctx, err)
	}
	// Also one that failed has effects: they tell what its inputs became.
	r.payer.count(0, res.Effects)
	return executed(res), nil
}

func executed(res *sui.Result) *api.ExecuteResponse {
	return &api.ExecuteResponse{Digest: res.Digest.String(), Effects: res.Raw}
}
