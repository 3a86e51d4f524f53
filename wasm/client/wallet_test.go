package client

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"testing"

	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
)

const plenty = 10_000_000_000

func payRequest(w Wallet, files map[string][]byte) PayRequest {
	return PayRequest{SendRequest: request(files), Wallet: w}
}

// walletSends sends with a wallet that has enough.
func walletSends(t *testing.T, f *fake, w *testWallet, files map[string][]byte) *Sent {
	t.Helper()
	f.fund(w.Address(), plenty, plenty)
	p, err := f.client().Pay(context.Background(), payRequest(w, files))
	if err != nil {
		t.Fatalf("couldn't pay: %v", err)
	}
	sent, err := p.Finish(context.Background(), nil)
	if err != nil {
		t.Fatalf("couldn't finish: %v", err)
	}
	return sent
}

// TestWalletSends: one prompt, whatever the number of blobs; the wallet owns the
// parcel and has everything back in the end, less what Walrus and the ledger
// took; whoever opens it needs no wallet.
func TestWalletSends(t *testing.T) {
	f, w, files := newFake(t), newTestWallet(9), map[string][]byte{"large.bin": noise("large", 1_500_000), "note.txt": []byte("planted")}
	f.net.Sponsor, f.net.SegmentSize = "", 16<<10 // this server pays for nobody
	sent := walletSends(t, f, w, files)
	if w.prompts != 1 {
		t.Errorf("%d prompts", w.prompts)
	}
	if len(sent.Blobs) <= api.MaxBlobsPerTx {
		t.Errorf("%d blobs: the test wants more than one transaction certifies", len(sent.Blobs))
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
	if f.count(api.PathGas)+f.count(api.PathRegister)+f.count(api.PathExecute) > 0 {
		t.Error("the sponsor was asked")
	}
	if owner := f.parcels[sent.Parcel].object.Owner.Address; owner != w.Address() {
		t.Errorf("the parcel is %s's", owner)
	}
	for _, b := range sent.Blobs {
		if f.accepted[b.BlobID] != 1 {
			t.Errorf("blob %x was certified %d times", b.BlobID, f.accepted[b.BlobID])
		}
		if o := f.blobObject(b.BlobID); o.Owner.Address != w.Address() {
			t.Errorf("Blob object %s isn't the wallet's", o.ID())
		}
	}
	txs := uint64(1 + (len(sent.Blobs)+api.MaxBlobsPerTx-1)/api.MaxBlobsPerTx)
	if sui, _ := f.held(w.Address(), suitx.SUI()); sui != plenty-txs*fakeGasUsed {
		t.Errorf("the wallet has %d MIST left of %d, %d transactions took %d each", sui, uint64(plenty), txs, fakeGasUsed)
	}
	if !slices.ContainsFunc(sent.Others, func(f Fact) bool { return strings.Contains(f.Name, "your wallet's address") }) {
		t.Error("that parcels can be linked by the wallet isn't said")
	}
}

// TestCostIsToTheUnit: what is shown before is what storage costs.
func TestCostIsToTheUnit(t *testing.T) {
	f, w, files := newFake(t), newTestWallet(9), testFiles()
	cost, err := f.client().Cost(context.Background(), CostRequest{Files: request(files).Files, Wallet: w.Address()})
	if err != nil {
		t.Fatal(err)
	}
	if want := []Shortage{{"WAL", cost.WAL}, {"SUI", cost.Hold}}; !slices.Equal(cost.Short, want) {
		t.Errorf("an empty wallet lacks %v, want %v", cost.Short, want)
	}
	walletSends(t, f, w, files)
	if wal, _ := f.held(w.Address(), f.walType()); plenty-wal != cost.WAL {
		t.Errorf("storage took %d FROST, %d were shown", plenty-wal, cost.WAL)
	}
}

// TestWalletChanges: withdrawing and granting later take one prompt each, from
// the wallet that owns the parcel and from no other.
func TestWalletChanges(t *testing.T) {
	f, w, files := newFake(t), newTestWallet(9), testFiles()
	sent := walletSends(t, f, w, files)
	bob := crypto.Seed{7}
	change := ChangeRequest{Link: link(sent), Seed: crypto.Seed{1, 2, 3}, Wallet: w}
	if err := f.client().Grant(context.Background(), change, bob.Identity().Recipient().String()); err != nil {
		t.Fatal(err)
	}
	people := crypto.Link{Parcel: sent.Parcel}.URL("http://x")
	mustOpen(t, f.client(), OpenRequest{Link: people, Seed: &bob}, files)
	for _, other := range []Wallet{nil, newTestWallet(8)} {
		change.Wallet = other
		if err := f.client().Withdraw(context.Background(), change); CodeOf(err) != CodeUnsupported {
			t.Errorf("another wallet: got %v", err)
		}
	}
	change.Wallet = w
	if err := f.client().Withdraw(context.Background(), change); err != nil {
		t.Fatal(err)
	}
	wantCode(t, f.client(), OpenRequest{Link: link(sent)}, CodeWithdrawn)
	mustOpen(t, f.client(), OpenRequest{Link: people, Seed: &bob}, files)
	if w.prompts != 3 {
		t.Errorf("%d prompts for sending, granting and withdrawing", w.prompts)
	}
}

// TestWalletSaysNo: then nothing was spent, and it may be asked again.
func TestWalletSaysNo(t *testing.T) {
	f, w := newFake(t), newTestWallet(9)
	f.fund(w.Address(), plenty, plenty)
	w.refuse = true
	_, err := f.client().Pay(context.Background(), payRequest(w, testFiles()))
	if CodeOf(err) != CodeRejected {
		t.Errorf("got %v", err)
	}
	w.refuse = false
	sent := walletSends(t, f, w, testFiles())
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, testFiles())
	if n := len(f.parcels); n != 1 {
		t.Errorf("%d parcels", n)
	}
}

// TestPoorWallet: what is missing is said before anybody is asked to confirm.
func TestPoorWallet(t *testing.T) {
	for name, has := range map[string]struct{ sui, wal uint64 }{
		"nothing": {0, 0}, "no WAL": {plenty, 0}, "no SUI": {0, plenty}, "too little SUI": {45_000_000, plenty}, "a unit of WAL too little": {plenty, 1419},
	} {
		f, w := newFake(t), newTestWallet(9)
		f.fund(w.Address(), has.sui, has.wal)
		_, err := f.client().Pay(context.Background(), payRequest(w, map[string][]byte{"a": noise("a", 100)}))
		var e *Error
		if !errors.As(err, &e) || e.Code != CodePoor || len(e.Short) == 0 || e.Short[0].Lack == 0 || w.prompts > 0 {
			t.Errorf("%s: got %v after %d prompts", name, err, w.prompts)
		}
		t.Logf("%s: lacks %v", name, e.Short)
	}
}

// TestPaidIsNotLost: the nodes fail after the wallet has paid. The same parcel
// goes on, without another prompt and without paying again.
func TestPaidIsNotLost(t *testing.T) {
	f, w, files := newFake(t), newTestWallet(9), testFiles()
	f.fund(w.Address(), plenty, plenty)
	p, err := f.client().Pay(context.Background(), payRequest(w, files))
	if err != nil {
		t.Fatal(err)
	}
	f.stop(0, 1, 2, 3, 4, 5, 6, 7, 8)
	_, err = p.Finish(context.Background(), nil)
	var e *Error
	if !errors.As(err, &e) || !e.Paid || e.Code != CodeTooFewNodes {
		t.Fatalf("got %v", err)
	}
	scheme, secret, err := suitx.ParseSuiPrivateKey(e.Rescue)
	if err != nil || scheme != suitx.SchemeEd25519 || strings.Contains(e.Error(), e.Rescue) {
		t.Fatalf("the key to what is paid for is of scheme %d, %v", scheme, err)
	}
	own := suitx.AddressOf(ed25519.NewKeyFromSeed(secret[:]).Public().(ed25519.PublicKey))
	if sui, _ := f.held(own, suitx.SUI()); sui == 0 {
		t.Error("the key that is told isn't of the address that has the SUI")
	}
	f.start(0, 1, 2, 3, 4, 5, 6, 7, 8)
	var last Progress
	sent, err := p.Finish(context.Background(), func(now Progress) { last = now })
	if err != nil {
		t.Fatal(err)
	}
	if last.Phase != PhaseReady || w.prompts != 1 || len(f.parcels) != 1 {
		t.Errorf("phase %s, %d prompts, %d parcels", last.Phase, w.prompts, len(f.parcels))
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestLostAnswers: the server can't be reached once the wallet has signed. The
// outcome is open, so the page mustn't say that nothing was paid.
func TestLostAnswers(t *testing.T) {
	f, w, files := newFake(t), newTestWallet(9), testFiles()
	f.fund(w.Address(), plenty, plenty)
	p, err := f.client().Pay(context.Background(), payRequest(w, files))
	if err != nil {
		t.Fatal(err)
	}
	f.cut = func(r Request) bool { return r.Path == api.PathSubmit }
	_, err = p.Finish(context.Background(), nil)
	var e *Error
	if !errors.As(err, &e) || !e.Paid || e.Code != CodeOffline {
		t.Fatalf("got %v", err)
	}
	f.cut = nil
	sent, err := p.Finish(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestRefusedIsNotPaid: a transaction that the ledger refuses didn't run.
func TestRefusedIsNotPaid(t *testing.T) {
	f, w := newFake(t), newTestWallet(9)
	f.fund(w.Address(), plenty, plenty)
	p, err := f.client().Pay(context.Background(), payRequest(w, testFiles()))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range f.objects { // the wallet spends from somewhere else meanwhile
		o.Move.Version++
	}
	_, err = p.Finish(context.Background(), nil)
	var e *Error
	if !errors.As(err, &e) || e.Paid || e.Code != CodeConflict {
		t.Errorf("got %v", err)
	}
}

// TestOnePromptForAll: whatever fits a statement fits one transaction, however
// many blobs that is.
func TestOnePromptForAll(t *testing.T) {
	f, w := newFake(t), newTestWallet(9)
	f.fund(w.Address(), plenty, plenty)
	s, err := f.client().newSending(context.Background(), &SendRequest{Files: request(testFiles()).Files, Epochs: 1}, w)
	if err != nil {
		t.Fatal(err)
	}
	p := &Paid{sending: s}
	p.blobs = nil
	st := &api.Statement{EndEpoch: 8}
	grants := []grant{{sealed: make([]byte, 3000)}, {slot: [32]byte{1}, sealed: make([]byte, 3000)}}
	for _, g := range grants {
		st.PutSlot(g.slot, g.sealed)
	}
	var signed []byte
	for i := uint64(0); ; i++ {
		more := *st
		more.Blobs = append(slices.Clone(st.Blobs), api.StatementBlob{BlobID: [32]byte{1, byte(i), byte(i >> 8)}, Size: 8<<20 - i})
		raw, err := more.Marshal()
		if err != nil {
			break
		}
		signed, *st = raw, more
		p.blobs = append(p.blobs, &blob{id: [32]byte{1, byte(i), byte(i >> 8)}, size: 8<<20 - int64(i)})
	}
	if p.plan, err = newPlan(p.net, 1000); err != nil {
		t.Fatal(err)
	}
	a, err := f.client().account(context.Background(), p.net, w.Address())
	if err != nil {
		t.Fatal(err)
	}
	tx, err := p.buyTx(a, signed, grants, 5, 5)
	if err != nil {
		t.Fatalf("%d blobs: %v", len(p.blobs), err)
	}
	t.Logf("%d blobs, the most of a statement: %d commands, %d inputs, %d bytes", len(p.blobs), len(tx.Commands), len(tx.Inputs), len(tx.Marshal()))
	if len(p.blobs) < 300 {
		t.Errorf("only %d blobs", len(p.blobs))
	}
}
