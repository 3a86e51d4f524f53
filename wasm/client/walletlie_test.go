package client

import (
	"context"
	"crypto/ed25519"
	"testing"

	"floe/codec/suitx"
	"floe/server/api"
)

// Wallets that sign something else than they were asked to, and what must not
// pass for a wallet's parcel.

func give(tx *suitx.TransactionData, to suitx.Address) {
	for _, c := range tx.Commands {
		if t, ok := c.(*suitx.TransferObjects); ok {
			tx.Inputs[t.To.Index].Pure = to[:]
		}
	}
}

// TestLyingWallet: nothing that a wallet changed but its gas is handed in.
func TestLyingWallet(t *testing.T) {
	stranger := newTestWallet(66)
	for name, lie := range map[string]func(*testWallet){
		"another recipient": func(w *testWallet) { w.change = func(tx *suitx.TransactionData) { give(tx, stranger.Address()) } },
		"another sender":    func(w *testWallet) { w.change = func(tx *suitx.TransactionData) { tx.Sender = stranger.Address() } },
		"a sponsor":         func(w *testWallet) { w.change = func(tx *suitx.TransactionData) { tx.Gas.Owner = stranger.Address() } },
		"never expires":     func(w *testWallet) { w.change = func(tx *suitx.TransactionData) { tx.Expiration = suitx.Expiration{} } },
		"no gas":            func(w *testWallet) { w.change = func(tx *suitx.TransactionData) { tx.Gas.Payment = nil } },
		"no budget":         func(w *testWallet) { w.change = func(tx *suitx.TransactionData) { tx.Gas.Budget = 0 } },
		"its WAL as gas": func(w *testWallet) {
			w.change = func(tx *suitx.TransactionData) { tx.Gas.Payment = []suitx.ObjectRef{ownObject(tx)} }
		},
		"a command less": func(w *testWallet) {
			w.change = func(tx *suitx.TransactionData) { tx.Commands = tx.Commands[:len(tx.Commands)-1] }
		},
		"a command more": func(w *testWallet) {
			w.change = func(tx *suitx.TransactionData) { tx.Commands = append(tx.Commands, tx.Commands[0]) }
		},
		"another statement": func(w *testWallet) {
			w.change = func(tx *suitx.TransactionData) { tx.Inputs[0].Pure = flip(tx.Inputs[0].Pure, 30) }
		},
		"another account":    func(w *testWallet) { w.key = stranger.key },
		"bytes after it":     func(w *testWallet) { w.answer = func(raw, sig []byte) ([]byte, []byte) { return append(raw, 0), sig } },
		"no transaction":     func(w *testWallet) { w.answer = func(raw, sig []byte) ([]byte, []byte) { return nil, sig } },
		"no signature":       func(w *testWallet) { w.answer = func(raw, sig []byte) ([]byte, []byte) { return raw, nil } },
		"a broken signature": func(w *testWallet) { w.answer = func(raw, sig []byte) ([]byte, []byte) { return raw, flip(sig, 40) } },
		"zkLogin": func(w *testWallet) {
			w.answer = func(raw, sig []byte) ([]byte, []byte) { return raw, append([]byte{5}, sig...) }
		},
		"a message signed": func(w *testWallet) {
			w.answer = func(raw, sig []byte) ([]byte, []byte) { return raw, signMessage(w.key, raw) }
		},
	} {
		f, w := newFake(t), &lyingWallet{testWallet: *newTestWallet(9)}
		w.address = w.testWallet.Address()
		lie(&w.testWallet)
		f.fund(w.Address(), plenty, plenty)
		f.fund(stranger.Address(), plenty, plenty)
		if _, err := f.client().Pay(context.Background(), payRequest(w, testFiles())); CodeOf(err) != CodeWallet {
			t.Errorf("%s: got %v", name, err)
		}
		if f.count(api.PathSubmit) > 0 {
			t.Errorf("%s: it was handed in", name)
		}
	}
}

// lyingWallet shows one address, whatever key it signs with.
type lyingWallet struct {
	testWallet
	address suitx.Address
}

func (w *lyingWallet) Address() suitx.Address { return w.address }

// signMessage signs as if for a personal message.
func signMessage(key ed25519.PrivateKey, raw []byte) []byte {
	sig := append([]byte{0}, ed25519.Sign(key, raw)...)
	return append(sig, key.Public().(ed25519.PublicKey)...)
}

// TestWalletMayChooseItsGas: wallets pay as they think fit.
func TestWalletMayChooseItsGas(t *testing.T) {
	f, w, files := newFake(t), newTestWallet(9), testFiles()
	f.fund(w.Address(), plenty, plenty)
	other := f.newCoin(w.Address(), suitx.SUI(), plenty).Ref()
	w.change = func(tx *suitx.TransactionData) {
		tx.Gas.Budget, tx.Gas.Price, tx.Gas.Payment = 2*tx.Gas.Budget, 1500, []suitx.ObjectRef{other}
	}
	sent := walletSends(t, f, w, files)
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestLieAboutWalletsParcel: what a relay may not show for a parcel that a
// wallet created.
func TestLieAboutWalletsParcel(t *testing.T) {
	f, w, other, files := newFake(t), newTestWallet(9), newTestWallet(8), testFiles()
	mine := walletSends(t, f, w, files)
	theirs := f.shown(walletSends(t, f, other, map[string][]byte{"b": noise("b", 900)}))
	resign := func(change func(*suitx.TransactionData)) func(*api.Parcel) {
		return func(p *api.Parcel) {
			tx, err := suitx.UnmarshalTransactionData(p.Creation.Transaction)
			if err != nil {
				t.Fatal(err)
			}
			change(tx)
			raw := tx.Marshal()
			p.Creation = api.SignedTransaction{Transaction: raw, Signatures: [][]byte{suitx.SignTransaction(other.key, raw)}}
			p.Change = p.Creation
		}
	}
	for name, lie := range map[string]func(*api.Parcel){
		"another wallet's parcel":   func(p *api.Parcel) { *p = theirs },
		"another wallet's creation": func(p *api.Parcel) { p.Creation = theirs.Creation },
		"another sender's signature": func(p *api.Parcel) {
			p.Creation.Signatures = [][]byte{suitx.SignTransaction(other.key, p.Creation.Transaction)}
		},
		"another's in her name":  resign(func(tx *suitx.TransactionData) {}),
		"another's in their own": resign(func(tx *suitx.TransactionData) { tx.Sender, tx.Gas.Owner = other.Address(), other.Address() }),
		"other gas":              resign(func(tx *suitx.TransactionData) { tx.Gas.Budget++ }),
		"another recipient":      resign(func(tx *suitx.TransactionData) { give(tx, other.Address()) }),
	} {
		t.Run(name, func(t *testing.T) { lies(t, f, link(mine), lie) })
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(mine)}, files)
}

// TestCreationsThatDontCount: transactions that a sender may have signed, but
// that create no parcel of ours, or more than that.
func TestCreationsThatDontCount(t *testing.T) {
	f := newFake(t)
	net, err := f.client().network(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	floe, system := suitx.Address(net.ids.FloePackage), suitx.Address(net.ids.System)
	st, err := (&api.Statement{EndEpoch: 9}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	register := func(b *suitx.Builder) {
		s := b.Shared(system, 1, true)
		space := b.Call(net.walrus, moduleSystem, callReserve, s, b.U64(1), b.U32(1), b.Object(suitx.ObjectRef{ID: suitx.Address{1}}))
		b.Call(net.walrus, moduleSystem, callRegister, s, space)
	}
	create := func(b *suitx.Builder) { b.Call(floe, moduleParcel, callCreate, b.Bytes(st)) }
	split := func(b *suitx.Builder) { b.Split(suitx.GasCoin, 1) }
	for name, c := range map[string]struct {
		build []func(*suitx.Builder)
		good  bool
		ids   uint64 // that may be the parcel's
	}{
		"as ours":             {[]func(*suitx.Builder){create, register, split}, true, 1},
		"created last":        {[]func(*suitx.Builder){split, register, create}, true, 4},
		"register only":       {[]func(*suitx.Builder){register, split}, false, 4},
		"two parcels":         {[]func(*suitx.Builder){create, register, create}, false, 1},
		"another Walrus call": {[]func(*suitx.Builder){create, func(b *suitx.Builder) { b.Call(net.walrus, moduleSystem, "extend_blob") }}, false, 1},
		"another module":      {[]func(*suitx.Builder){create, func(b *suitx.Builder) { b.Call(net.walrus, "staking", callRegister) }}, false, 1},
		"a package":           {[]func(*suitx.Builder){create, func(b *suitx.Builder) { b.Command(&suitx.Publish{}) }}, false, 1},
		"a vector":            {[]func(*suitx.Builder){create, func(b *suitx.Builder) { b.Command(&suitx.MakeMoveVec{}) }}, false, 1},
	} {
		var b suitx.Builder
		for _, do := range c.build {
			do(&b)
		}
		tx, err := b.Build(suitx.Address{5})
		if err != nil {
			t.Fatal(err)
		}
		s := &signedTx{data: tx, digest: tx.Digest()}
		if _, err := s.creation(floe); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
		for counter := range uint64(20) {
			if may := s.creates(suitx.DerivedObjectID(s.digest, counter), floe); may != (counter < c.ids) {
				t.Errorf("%s: object %d passes for the parcel: %t", name, counter, may)
			}
		}
		if _, err := s.change(floe, suitx.Address{1}); err == nil {
			t.Errorf("%s passes for a change", name)
		}
	}
}

// TestChangesBuyNothing: a change that also buys storage or splits coins isn't
// what a parcel's sender does.
func TestChangesBuyNothing(t *testing.T) {
	floe, parcel := suitx.Address{31: 7}, suitx.Address{31: 8}
	st, err := (&api.Statement{Sequence: 1, EndEpoch: 9}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, more := range map[string]func(*suitx.Builder){
		"": func(*suitx.Builder) {}, "split": func(b *suitx.Builder) { b.Split(suitx.GasCoin, 1) },
		"register": func(b *suitx.Builder) { b.Call(suitx.Address{3}, moduleSystem, callRegister) },
		"merge":    func(b *suitx.Builder) { b.Command(&suitx.MergeCoins{Into: suitx.GasCoin}) },
	} {
		var b suitx.Builder
		b.Call(floe, moduleParcel, callChange, b.Object(suitx.ObjectRef{ID: parcel}), b.Bytes(st))
		more(&b)
		tx, err := b.Build(suitx.Address{5})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (&signedTx{data: tx}).change(floe, parcel); (err == nil) != (name == "") {
			t.Errorf("%q: %v", name, err)
		}
	}
}
