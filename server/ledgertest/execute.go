package ledgertest

import (
	"bytes"
	"context"
	"errors"
	"sync"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server"
)

// execute checks what a result says against what can be read at once.
func execute(w *world) {
	p, friend := w.rich(), w.person()
	before := w.gas(p)
	r := w.run(p, give(friend.address, 5))
	e, err := suitx.UnmarshalEffects(r.Raw)
	if err != nil || r.Digest != e.TransactionDigest || r.Effects.TransactionDigest != r.Digest {
		w.Fatalf("result %+v, %v", r, err)
	}
	got := w.coins(friend.address, suitx.SUI())
	if len(got) != 1 || balance(w, got[0]) != 5 {
		w.Fatalf("the friend has %d coins", len(got))
	}
	after := w.object(before.ID())
	if net := int64(balance(w, before)) - int64(balance(w, after)); net != 5+e.GasUsed.Net() || e.GasUsed.Computation == 0 {
		w.Errorf("%d MIST left the coin, 5 were given and %+v used", net, e.GasUsed)
	}
	for _, o := range []*suitx.Object{got[0], after} {
		if o.PreviousTransaction != r.Digest || o.Version() != e.LamportVersion || o.Version() <= before.Version() {
			w.Errorf("object %s is of version %d by %s", o.ID(), o.Version(), o.PreviousTransaction)
		}
	}
	for _, c := range e.ChangedObjects {
		switch c.ID {
		case before.ID():
			was := suitx.ObjectIn{Version: before.Version(), Digest: before.Digest(), Owner: before.Owner}
			if c.Input == nil || *c.Input != was || c.Output.Digest != after.Digest() || c.IDOperation != suitx.IDNone {
				w.Errorf("the gas coin in the effects: %+v", c)
			}
		case got[0].ID():
			if c.Input != nil || c.Output.Owner != got[0].Owner || c.Output.Digest != got[0].Digest() || c.IDOperation != suitx.IDCreated {
				w.Errorf("the gift in the effects: %+v", c)
			}
		default:
			w.Errorf("the effects name %s too", c.ID)
		}
	}
	if len(e.ChangedObjects) != 2 {
		w.Errorf("%d changed objects", len(e.ChangedObjects))
	}
}

// A transaction runs once, however often it is handed in.
func executeAgain(w *world) {
	p, friend := w.rich(), w.person()
	tx := w.data(p, give(friend.address, 5)).Marshal()
	var all sync.WaitGroup
	results := make([]*server.Result, 4)
	for i := range results {
		all.Go(func() {
			r, err := w.Ledger.Execute(w.Context(), tx, [][]byte{p.sign(tx)})
			if err != nil {
				w.Errorf("one of four at once: %v", err)
				return
			}
			results[i] = r
		})
	}
	all.Wait()
	if w.Failed() {
		return
	}
	later := w.must(w.Ledger.Execute(w.Context(), tx, [][]byte{p.sign(tx)}))
	found := w.must(w.Ledger.Transaction(w.Context(), suitx.TransactionDigest(tx)))
	for i, r := range append(results, found) {
		if !bytes.Equal(r.Raw, later.Raw) || r.Digest != later.Digest {
			w.Errorf("answer %d differs", i)
		}
	}
	if n := len(w.coins(friend.address, suitx.SUI())); n != 1 {
		w.Errorf("%d gifts arrived", n)
	}
}

// What was answered can be read at once, by every method.
func readYourWrites(w *world) {
	p, friend := w.rich(), w.person()
	for i := range 10 {
		r := w.run(p, give(friend.address, 1))
		if n := len(w.coins(friend.address, suitx.SUI())); n != i+1 {
			w.Fatalf("after %d gifts the friend has %d", i+1, n)
		}
		if g := w.gas(p); w.object(g.ID()).Ref() != g.Ref() || g.PreviousTransaction != r.Digest {
			w.Fatalf("gift %d: the gas coin is behind", i)
		}
		w.must(w.Ledger.Transaction(w.Context(), r.Digest))
	}
}

// People don't get in each other's way.
func manyAtOnce(w *world) {
	friend := w.person()
	var all sync.WaitGroup
	const people = 8
	for range people {
		p := w.rich()
		tx := w.data(p, give(friend.address, 1)).Marshal()
		all.Go(func() {
			if r, err := w.Ledger.Execute(w.Context(), tx, [][]byte{p.sign(tx)}); err != nil || !r.Effects.Status.Success() {
				w.Errorf("%+v, %v", r, err)
			}
		})
	}
	all.Wait()
	if n := len(w.coins(friend.address, suitx.SUI())); n != people {
		w.Errorf("%d gifts arrived", n)
	}
}

// A simulation tells what would be and changes nothing.
func simulate(w *world) {
	p, friend := w.rich(), w.person()
	before := w.gas(p)
	tx := w.data(p, give(friend.address, 5)).Marshal()
	for range 2 {
		would := w.must(w.Ledger.Simulate(w.Context(), tx))
		if would.Digest != suitx.TransactionDigest(tx) || would.Effects.TransactionDigest != would.Digest || would.Effects.GasUsed.Computation == 0 {
			w.Errorf("simulated %+v", would)
		}
	}
	if w.object(before.ID()).Ref() != before.Ref() || len(w.coins(friend.address, suitx.SUI())) != 0 {
		w.Error("a simulation changed something")
	}
	if _, err := w.Ledger.Transaction(w.Context(), suitx.TransactionDigest(tx)); !errors.Is(err, server.ErrNotFound) {
		w.Errorf("a simulated transaction is known: %v", err)
	}
}

// What fails while it runs is executed all the same, and paid for.
func failureIsAStatus(w *world) {
	p := w.rich()
	before := w.gas(p)
	tx := w.data(p, give(p.address, balance(w, before))).Marshal() // as the gas is taken off first
	w.failed("simulated", suitx.InsufficientCoinBalance)(w.Ledger.Simulate(w.Context(), tx))
	w.failed("executed", suitx.InsufficientCoinBalance)(w.Ledger.Execute(w.Context(), tx, [][]byte{p.sign(tx)}))
	w.failed("found", suitx.InsufficientCoinBalance)(w.Ledger.Transaction(w.Context(), suitx.TransactionDigest(tx)))
	after := w.object(before.ID())
	if after.Version() <= before.Version() || balance(w, after) >= balance(w, before) || after.PreviousTransaction != suitx.TransactionDigest(tx) {
		w.Errorf("the gas coin was %+v and is %+v", before, after)
	}
}

// A Move abort is a status; it takes back everything but the gas.
func abortIsAStatus(w *world) {
	p := w.rich()
	coin := w.coins(p.address, w.wal())[0]
	b := &suitx.Builder{}
	payment := b.Split(b.Object(coin.Ref()), 1)
	system := w.object(w.IDs.System)
	storage := b.Call(w.callee(), "system", "reserve_space", b.Shared(w.IDs.System, system.Owner.Version, true), b.U64(1<<30), b.U32(5), payment)
	b.Transfer(p.address, storage, payment)
	tx := w.data(p, b).Marshal()
	w.failed("simulated", suitx.MoveAbort)(w.Ledger.Simulate(w.Context(), tx))
	w.failed("executed", suitx.MoveAbort)(w.Ledger.Execute(w.Context(), tx, [][]byte{p.sign(tx)}))
	if after := w.object(coin.ID()); balance(w, after) != balance(w, coin) || after.Version() <= coin.Version() {
		w.Errorf("the WAL was %+v and is %+v", coin, after)
	}
}

// callee is the package to call for Walrus' functions, as the System object says.
//
//	id 32 ‖ version u64 ‖ package ID 32 ‖ …
func (w *world) callee() (pkg suitx.Address) {
	w.Helper()
	r := bcs.NewReader(w.object(w.IDs.System).Move.Contents)
	var id [32]byte
	r.Fixed(id[:])
	r.U64()
	r.Fixed(pkg[:])
	if r.Err() != nil {
		w.Fatal(r.Err())
	}
	return pkg
}

func (w *world) failed(how string, kind suitx.FailureKind) func(*server.Result, error) {
	return func(r *server.Result, err error) {
		w.Helper()
		if err != nil {
			w.Errorf("%s: %v", how, err)
		} else if f := r.Effects.Status.Failure; f == nil || f.Kind != kind || f.Command == nil {
			w.Errorf("%s: status %+v", how, f)
		}
	}
}

// Who leaves gets an error that says nothing about the transaction.
func cancelled(w *world) {
	p := w.rich()
	tx := w.data(p, give(p.address, 1)).Marshal()
	ctx, cancel := context.WithCancel(w.Context())
	cancel()
	_, err := w.Ledger.Execute(ctx, tx, [][]byte{p.sign(tx)})
	for _, sentinel := range []error{server.ErrConflict, server.ErrRefused, server.ErrNotFound} {
		if errors.Is(err, sentinel) {
			w.Errorf("the outcome of a call given up is known: %v", err)
		}
	}
	w.must(w.Ledger.Execute(w.Context(), tx, [][]byte{p.sign(tx)}))
}
