package ledgertest

import (
	"errors"
	"sync"

	"floe/codec/suitx"
	"floe/server"
)

// nothingRan makes sure that a transaction left no trace.
func (w *world) nothingRan(what string, tx []byte, untouched ...*suitx.Object) {
	w.Helper()
	if _, err := w.Ledger.Transaction(w.Context(), suitx.TransactionDigest(tx)); !errors.Is(err, server.ErrNotFound) {
		w.Errorf("%s: the transaction is known: %v", what, err)
	}
	for _, o := range untouched {
		if now := w.object(o.ID()); now.Ref() != o.Ref() {
			w.Errorf("%s: object %s moved on", what, o.ID())
		}
	}
}

// isOnly demands one sentinel and not the others.
func (w *world) isOnly(what string, err, want error) {
	w.Helper()
	if err == nil {
		w.Errorf("%s: no error, want %v", what, want)
	}
	for _, sentinel := range []error{server.ErrConflict, server.ErrRefused, server.ErrNotFound} {
		if errors.Is(err, sentinel) != (sentinel == want) {
			w.Errorf("%s: %v, want %v", what, err, want)
		}
	}
}

// An input that has moved on, or never was there, is a conflict.
func conflict(w *world) {
	p, friend := w.rich(), w.person()
	old := w.data(p, give(friend.address, 1))
	w.run(p, give(friend.address, 2))
	coin := w.gas(p)
	b := &suitx.Builder{}
	b.Transfer(friend.address, b.Object(suitx.ObjectRef{ID: suitx.Address{8}, Version: 1}))
	unknown := w.data(p, b)
	early := w.data(p, give(friend.address, 3))
	early.Gas.Payment[0].Version++
	for what, t := range map[string]*suitx.TransactionData{"an old version": old, "an unknown object": unknown, "a version to come": early} {
		tx := t.Marshal()
		_, err := w.Ledger.Execute(w.Context(), tx, [][]byte{p.sign(tx)})
		w.isOnly(what, err, server.ErrConflict)
		_, err = w.Ledger.Simulate(w.Context(), tx)
		w.isOnly(what+", simulated", err, server.ErrConflict)
		w.nothingRan(what, tx, coin)
	}
}

// Of two transactions that name the same coin one runs.
func oneOfTwo(w *world) {
	p, friend := w.rich(), w.person()
	txs := [][]byte{w.data(p, give(friend.address, 1)).Marshal(), w.data(p, give(friend.address, 2)).Marshal()}
	var all sync.WaitGroup
	errs := make([]error, len(txs))
	for i, tx := range txs {
		all.Go(func() { _, errs[i] = w.Ledger.Execute(w.Context(), tx, [][]byte{p.sign(tx)}) })
	}
	all.Wait()
	lost := 0
	for _, err := range errs {
		if err != nil {
			w.isOnly("the loser", err, server.ErrConflict)
			lost++
		}
	}
	if n := len(w.coins(friend.address, suitx.SUI())); lost != 1 || n != 1 {
		w.Errorf("%d lost, %d gifts arrived", lost, n)
	}
}

// What is invalid is refused, and nothing of it happens.
func refused(w *world) {
	p, stranger := w.rich(), w.rich()
	coin := w.gas(p)
	good := w.data(p, give(stranger.address, 1))
	tx := good.Marshal()
	theirs := w.data(p, give(p.address, 1))
	theirs.Gas.Payment = []suitx.ObjectRef{w.gas(stranger).Ref()}
	rich := w.data(p, give(p.address, 1))
	rich.Gas.Budget = balance(w, coin) + 1
	poor := w.data(p, give(p.address, 1))
	poor.Gas.Budget = 1
	cheap := w.data(p, give(p.address, 1))
	cheap.Gas.Price = w.now.GasPrice - 1
	taken := w.data(p, func() *suitx.Builder {
		b := &suitx.Builder{}
		b.Transfer(p.address, b.Object(w.coins(stranger.address, w.wal())[0].Ref()))
		return b
	}())
	for what, try := range map[string]struct {
		tx   []byte
		sigs [][]byte
	}{
		"no signature":           {tx, nil},
		"another's signature":    {tx, [][]byte{stranger.sign(tx)}},
		"a broken signature":     {tx, [][]byte{p.sign(tx)[:50]}},
		"a cut transaction":      {tx[:len(tx)-1], [][]byte{p.sign(tx[:len(tx)-1])}},
		"another's gas":          {theirs.Marshal(), [][]byte{p.sign(theirs.Marshal())}},
		"another's coin":         {taken.Marshal(), [][]byte{p.sign(taken.Marshal())}},
		"more budget than money": {rich.Marshal(), [][]byte{p.sign(rich.Marshal())}},
		"hardly a budget":        {poor.Marshal(), [][]byte{p.sign(poor.Marshal())}},
		"too low a price":        {cheap.Marshal(), [][]byte{p.sign(cheap.Marshal())}},
	} {
		_, err := w.Ledger.Execute(w.Context(), try.tx, try.sigs)
		w.isOnly(what, err, server.ErrRefused)
		w.nothingRan(what, try.tx, coin)
	}
	if w.now.Epoch > 0 {
		late := w.data(p, give(p.address, 1))
		late.Expiration = suitx.Expiration{Kind: suitx.ExpirationEpoch, Epoch: w.now.Epoch - 1}
		_, err := w.Ledger.Execute(w.Context(), late.Marshal(), [][]byte{p.sign(late.Marshal())})
		w.isOnly("expired", err, server.ErrRefused)
	}
	w.must(w.Ledger.Execute(w.Context(), tx, [][]byte{p.sign(tx)}))
}

// Somebody else may pay for the gas, if she signs as well.
func sponsored(w *world) {
	p, sponsor, friend := w.rich(), w.rich(), w.person()
	b := &suitx.Builder{}
	b.Transfer(friend.address, b.Object(w.coins(p.address, w.wal())[0].Ref()))
	t := w.data(p, b)
	t.Gas.Owner, t.Gas.Payment = sponsor.address, []suitx.ObjectRef{w.gas(sponsor).Ref()}
	tx := t.Marshal()
	own, paid := balance(w, w.gas(p)), balance(w, w.gas(sponsor))
	for what, sigs := range map[string][][]byte{"the sender's signature alone": {p.sign(tx)}, "the sponsor's alone": {sponsor.sign(tx)}} {
		_, err := w.Ledger.Execute(w.Context(), tx, sigs)
		w.isOnly(what, err, server.ErrRefused)
	}
	w.must(w.Ledger.Execute(w.Context(), tx, [][]byte{p.sign(tx), sponsor.sign(tx)}))
	if balance(w, w.gas(p)) != own || balance(w, w.gas(sponsor)) >= paid || len(w.coins(friend.address, w.wal())) != 1 {
		w.Error("the sponsor didn't pay, or the coin didn't arrive")
	}
}
