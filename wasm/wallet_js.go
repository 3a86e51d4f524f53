package main

import (
	"context"
	"errors"
	"strconv"
	"syscall/js"

	"floe/codec/suitx"
	"floe/wasm/client"
)

// jsWallet is a client.Wallet over {address, sign(transaction) → {bytes, signature}}.
type jsWallet struct {
	v       js.Value
	address suitx.Address
}

// walletOf reads args.wallet; nil where there is none.
func walletOf(args js.Value) (client.Wallet, error) {
	v := args.Get("wallet")
	if v.Type() != js.TypeObject {
		return nil, nil
	}
	address, err := suitx.ParseAddress(text(v, "address"))
	return &jsWallet{v, address}, err
}

func (w *jsWallet) Address() suitx.Address { return w.address }

func (w *jsWallet) Sign(ctx context.Context, tx []byte) (signed, signature []byte, err error) {
	answer, err := await(ctx, w.v.Call("sign", jsBytes(tx)))
	var thrown js.Error
	if errors.As(err, &thrown) && thrown.Value.Type() == js.TypeObject {
		e := &client.Error{Code: client.CodeWallet, Message: text(thrown.Value, "message"), Err: err}
		if text(thrown.Value, "code") == string(client.CodeRejected) {
			e.Code = client.CodeRejected
		}
		return nil, nil, e
	}
	if err != nil {
		return nil, nil, err
	}
	return goBytes(answer.Get("bytes")), goBytes(answer.Get("signature")), nil
}

// pay is send with a wallet. Before anything is handed in, args.note(parcelId)
// has the page keep a note of it. What the wallet has paid for and what didn't
// get through is kept for finish.
func (a *app) pay(ctx context.Context, args js.Value, req client.SendRequest, wallet client.Wallet) (any, error) {
	paid, err := a.client(args).Pay(ctx, client.PayRequest{SendRequest: req, Wallet: wallet})
	if err != nil {
		return nil, err
	}
	if _, err := await(ctx, args.Call("note", paid.ParcelID().String())); err != nil {
		return nil, err
	}
	return a.finishPaid(ctx, args, paid, req.Index)
}

// rescue({seed, index}) → string
func (a *app) rescue(_ context.Context, args js.Value) (any, error) {
	seed, err := seedOf(args)
	if err != nil {
		return nil, err
	}
	return client.Rescue(*seed, uint32(number(args, "index"))), nil
}

// finish({index, origin}) → as send
func (a *app) finish(ctx context.Context, args js.Value) (any, error) {
	index := uint32(number(args, "index"))
	a.mu.Lock()
	paid := a.paid[index]
	a.mu.Unlock()
	if paid == nil {
		return nil, errors.New("nothing is unfinished")
	}
	return a.finishPaid(ctx, args, paid, index)
}

func (a *app) finishPaid(ctx context.Context, args js.Value, paid *client.Paid, index uint32) (any, error) {
	sent, err := paid.Finish(ctx, progressTo(args))
	a.mu.Lock()
	defer a.mu.Unlock()
	var e *client.Error
	if errors.As(err, &e) && e.Paid {
		a.paid[index] = paid
		return nil, err
	}
	delete(a.paid, index)
	if err != nil {
		return nil, err
	}
	return sentValue(sent, text(args, "origin")), nil
}

// cost({files, recipients, epochs, address}) → {wal, sui, hold, short}; amounts
// are decimal text: JavaScript's numbers don't hold them all.
func (a *app) cost(ctx context.Context, args js.Value) (any, error) {
	address, err := suitx.ParseAddress(text(args, "address"))
	if err != nil {
		return nil, err
	}
	req := client.CostRequest{Recipients: number(args, "recipients"), Epochs: uint32(number(args, "epochs")), Wallet: address}
	for i := range args.Get("files").Length() {
		req.Files = append(req.Files, fileOf(args.Get("files").Index(i)))
	}
	cost, err := client.New(a.relay, noMemory{}, a.known...).Cost(ctx, req)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"wal":   decimal(cost.WAL),
		"sui":   decimal(cost.SUI),
		"hold":  decimal(cost.Hold),
		"short": shortValue(cost.Short),
	}, nil
}

func shortValue(short []client.Shortage) []any {
	out := []any{}
	for _, s := range short {
		out = append(out, map[string]any{"coin": s.Coin, "lack": decimal(s.Lack)})
	}
	return out
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
