package main

import (
	"context"
	"errors"
	"syscall/js"

	"floe/codec/suitx"
	"floe/crypto"
	"floe/wasm/client"
)

// send({files, epochs, passphrase, recipients, light, seed, index, origin, memory, wallet, journal, resume}) →
// {link, parcelId, endsAt, passphrase, nodesHolding, nodesTotal, nodesNeeded, recoveryNote, others}
func (a *app) send(ctx context.Context, args js.Value) (any, error) {
	seed, err := seedOf(args)
	if err != nil {
		return nil, err
	}
	req := client.SendRequest{
		Passphrase: text(args, "passphrase"),
		Epochs:     uint32(number(args, "epochs")),
		Seed:       *seed,
		Index:      uint32(number(args, "index")),
		Server:     text(args, "origin"),
		Light:      args.Get("light").Truthy(),
		Progress:   progressTo(args),
	}
	if keep := args.Get("journal"); keep.Type() == js.TypeFunction {
		req.Journal = func(state []byte) error {
			_, err := await(context.Background(), keep.Invoke(jsBytes(state))) // also what was cut short is worth keeping
			return err
		}
	}
	if state := args.Get("resume"); state.Type() == js.TypeObject {
		req.Resume = goBytes(state)
	}
	for i := range args.Get("files").Length() {
		req.Files = append(req.Files, fileOf(args.Get("files").Index(i)))
	}
	if people := args.Get("recipients"); people.Type() == js.TypeObject {
		for i := range people.Length() {
			req.Recipients = append(req.Recipients, people.Index(i).String())
		}
	}
	wallet, err := walletOf(args)
	if err != nil {
		return nil, err
	}
	if wallet != nil {
		return a.pay(ctx, args, req, wallet)
	}
	sent, err := a.client(args).Send(ctx, req)
	if err != nil {
		return nil, err
	}
	return sentValue(sent, req.Server), nil
}

func sentValue(s *client.Sent, origin string) map[string]any {
	return map[string]any{
		"link":         s.Link.URL(origin),
		"parcelId":     s.Parcel.String(),
		"endsAt":       s.EndsAt.UnixMilli(),
		"passphrase":   s.Passphrase,
		"nodesHolding": s.NodesHolding,
		"nodesTotal":   s.NodesTotal,
		"nodesNeeded":  s.NodesNeeded,
		"recoveryNote": map[string]any{"name": s.Note.Name, "text": s.Note.Text},
		"others":       othersValue(s.Others),
	}
}

// othersValue keeps the order of the facts.
func othersValue(facts client.Others) js.Value {
	out := js.Global().Get("Object").New()
	for _, f := range facts {
		values := make([]any, len(f.Values))
		for i, v := range f.Values {
			values[i] = v
		}
		out.Set(f.Name, values)
	}
	return out
}

// withdraw({link, seed, index, memory, wallet}) → undefined
func (a *app) withdraw(ctx context.Context, args js.Value) (any, error) {
	req, err := changeOf(args)
	if err != nil {
		return nil, err
	}
	return nil, a.client(args).Withdraw(ctx, *req)
}

// grant({link, recipient, seed, index, memory, wallet}) → undefined
func (a *app) grant(ctx context.Context, args js.Value) (any, error) {
	req, err := changeOf(args)
	if err != nil {
		return nil, err
	}
	return nil, a.client(args).Grant(ctx, *req, text(args, "recipient"))
}

func changeOf(args js.Value) (*client.ChangeRequest, error) {
	seed, err := seedOf(args)
	if err != nil {
		return nil, err
	}
	wallet, err := walletOf(args)
	return &client.ChangeRequest{Link: text(args, "link"), Seed: *seed, Indices: uint32(number(args, "index")) + 1, Wallet: wallet}, err
}

// seedOf copies the device's seed.
func seedOf(args js.Value) (*crypto.Seed, error) {
	v := args.Get("seed")
	if v.Type() != js.TypeObject || v.Get("byteLength").Int() != len(crypto.Seed{}) {
		return nil, errors.New("the call brings no seed")
	}
	seed := crypto.Seed(goBytes(v))
	return &seed, nil
}

// identity({seed}) → {recipient, words, short}
func (a *app) identity(_ context.Context, args js.Value) (any, error) {
	seed, err := seedOf(args)
	if err != nil {
		return nil, err
	}
	identity := seed.Identity()
	fingerprint := identity.Fingerprint()
	return map[string]any{
		"recipient": identity.Recipient().String(),
		"words":     fingerprint.Words(),
		"short":     fingerprint.Short(),
	}, nil
}

// words() → string
func (a *app) words(context.Context, js.Value) (any, error) { return crypto.NewPassphrase(), nil }

// qr(text) → {size, path}
func (a *app) qr(_ context.Context, arg js.Value) (any, error) {
	size, path, err := qrPath(arg.String())
	if err != nil {
		return nil, err
	}
	return map[string]any{"size": size, "path": path}, nil
}

// keep remembers an opened parcel.
func (a *app) keep(p *client.Parcel) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.parcels[p.ID] = p
}

// opened returns a parcel that was opened before.
func (a *app) opened(args js.Value) (*client.Parcel, error) {
	id, err := suitx.ParseAddress(text(args, "parcelId"))
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if p := a.parcels[id]; p != nil {
		return p, nil
	}
	return nil, errors.New("the parcel isn't open")
}
