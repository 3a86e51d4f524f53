package server

import (
	"encoding/json"
	"strings"
	"testing"

	"floe/codec/suitx"
	"floe/server/api"
)

// payer is somebody with a wallet: coins of her own, and a parcel's own address
// that she pays for.
type payer struct {
	person
	parcel   person
	sui, wal *suitx.Object
	first    []byte // of the parcel's ciphertext
}

func (s *site) payer() *payer {
	wal := suitx.StructTag{Address: testIDs.WALPackage, Module: "wal", Name: "WAL"}
	p := &payer{person: newPerson(77), parcel: newPerson(78)}
	p.sui = s.ledger.coin(p.address, suitx.CoinOf(suitx.SUI()), 5e9)
	p.wal = s.ledger.coin(p.address, suitx.CoinOf(wal.Tag()), 7e9)
	p.first = []byte(ageIntro + strings.Repeat("x", prefixSize-len(ageIntro)))
	return p
}

// buyTx is a wallet's one transaction, by which it pays for a parcel of one blob.
func (s *site) buyTx(p *payer, change ...func(*suitx.Builder)) *suitx.TransactionData {
	s.t.Helper()
	statement := api.Statement{EndEpoch: 9, Blobs: []api.StatementBlob{{BlobID: [32]byte{5}, Size: 100}}}
	raw, err := statement.Marshal()
	if err != nil {
		s.t.Fatal(err)
	}
	b := &suitx.Builder{}
	parcel := b.Call(testIDs.FloePackage, "parcel", "create", b.Bytes(raw))
	b.Call(testIDs.FloePackage, "parcel", "keep", parcel)
	exact := b.Split(b.Object(p.wal.Ref()), 5000)
	system := b.Shared(testIDs.System, 5, true)
	space := b.Call(testIDs.WalrusPackage, "system", "reserve_space", system, b.U64(1000), b.U32(3), exact)
	blob := b.Call(testIDs.WalrusPackage, "system", "register_blob", system, space, b.U256([32]byte{5}), b.U256([32]byte{6}), b.U64(100), b.U8(1), b.Bool(true), exact)
	b.Command(&suitx.MergeCoins{Into: b.Object(p.wal.Ref()), Sources: []suitx.Argument{exact}})
	b.Transfer(p.parcel.address, blob, b.Split(suitx.GasCoin, 30e6))
	for _, f := range change {
		f(b)
	}
	return s.ownTx(b, p.person, p.sui.Ref())
}

// ownTx pays for itself.
func (s *site) ownTx(b *suitx.Builder, p person, gas suitx.ObjectRef) *suitx.TransactionData {
	s.t.Helper()
	t, err := b.Build(p.address)
	if err != nil {
		s.t.Fatal(err)
	}
	t.Gas = suitx.GasData{Payment: []suitx.ObjectRef{gas}, Owner: p.address, Price: 1000, Budget: 2e7}
	t.Expiration = suitx.Expiration{Kind: suitx.ExpirationEpoch, Epoch: 10}
	return t
}

func submission(p person, t *suitx.TransactionData, prefix []byte) api.SubmitRequest {
	tx := t.Marshal()
	return api.SubmitRequest{Transaction: tx, Signature: suitx.SignTransaction(p.key, tx), Prefix: prefix}
}

// submit hands in a transaction and returns what it made, by type.
func (s *site) submit(req api.SubmitRequest) map[string]*suitx.Object {
	s.t.Helper()
	res, body := s.ask("POST", api.PathSubmit, req)
	if res.StatusCode != 200 {
		s.t.Fatalf("submit: status %d: %s", res.StatusCode, body)
	}
	var out api.SubmitResponse
	if err := json.Unmarshal(body, &out); err != nil {
		s.t.Fatal(err)
	}
	if want := suitx.TransactionDigest(req.Transaction).String(); out.Digest != want {
		s.t.Errorf("executed %s, want %s", out.Digest, want)
	}
	objects := map[string]*suitx.Object{}
	for _, raw := range out.Objects {
		o, err := suitx.UnmarshalObject(raw)
		if err != nil {
			s.t.Fatal(err)
		}
		objects[o.Move.Type.Name] = o
	}
	return objects
}

// TestWalletPays: a wallet's transaction registers blobs and creates the parcel,
// the parcel's own address certifies and hands everything back. The sponsor has
// no part in it, and there needn't be one.
func TestWalletPays(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Sponsor = nil })
	p := s.payer()
	tx := s.buyTx(p)
	s.want(200, "POST", api.PathSimulate, api.SimulateRequest{Transaction: tx.Marshal()})
	if s.ledger.executed != 0 {
		t.Fatal("simulating ran something")
	}
	req := submission(p.person, tx, p.first)
	made := s.submit(req)
	blob, fuel := made["Blob"], made["Coin"]
	if blob == nil || fuel == nil || blob.Owner.Address != p.parcel.address || fuel.Owner.Address != p.parcel.address {
		t.Fatalf("the parcel's own address has %v", made)
	}
	s.submit(req)
	if s.ledger.executed != 1 {
		t.Errorf("handed in twice, it ran %d times", s.ledger.executed)
	}

	b := &suitx.Builder{}
	b.Call(testIDs.WalrusPackage, "system", "certify_blob", b.Shared(testIDs.System, 5, false), b.Object(blob.Ref()), b.Bytes(nil), b.Bytes(nil), b.Bytes(nil))
	b.Transfer(p.address, b.Object(blob.Ref()), suitx.GasCoin)
	s.submit(submission(p.parcel, s.ownTx(b, p.parcel, fuel.Ref()), nil))
	for _, id := range []suitx.Address{blob.ID(), fuel.ID()} {
		if o := s.ledger.objects[id]; o.Owner.Address != p.address {
			t.Errorf("object %s isn't the wallet's again", id)
		}
	}
}

// TestAccount: who builds a transaction for a wallet learns its coins, raw, the
// richest first and no more than are useful.
func TestAccount(t *testing.T) {
	s := newSite(t)
	p := s.payer()
	for range api.MaxCoins + 5 {
		s.ledger.coin(p.address, suitx.CoinOf(suitx.SUI()), 3)
	}
	s.ledger.coin(p.address, suitx.CoinOf(suitx.SUI()), 0)
	res, body := s.ask("GET", api.PathAccounts+p.address.String(), nil)
	var a api.Account
	if err := json.Unmarshal(body, &a); err != nil || res.StatusCode != 200 {
		t.Fatalf("status %d: %s", res.StatusCode, body)
	}
	if len(a.SUI) != api.MaxCoins || len(a.WAL) != 1 || a.Epoch != 9 || a.GasPrice != 1000 {
		t.Errorf("%d SUI coins, %d WAL coins, epoch %d, price %d", len(a.SUI), len(a.WAL), a.Epoch, a.GasPrice)
	}
	if first, err := suitx.UnmarshalObject(a.SUI[0]); err != nil || first.Ref() != p.sui.Ref() {
		t.Errorf("the richest coin isn't first: %v", err)
	}
	s.want(400, "GET", api.PathAccounts+"hello", nil)
	s.want(403, "POST", api.PathSubmit, api.SubmitRequest{}, "Sec-Fetch-Site", "cross-site")
}

// TestRelayHandsOnParcelsAlone: who pays herself may still not use the relay as
// her way to the ledger for anything.
func TestRelayHandsOnParcelsAlone(t *testing.T) {
	s := newSite(t)
	p, ran := s.payer(), s.ledger.executed
	stranger, floe, walrus := newPerson(9).address, suitx.Address(testIDs.FloePackage), suitx.Address(testIDs.WalrusPackage)
	system := func(b *suitx.Builder) suitx.Argument { return b.Shared(testIDs.System, 5, true) }
	for name, change := range map[string]func(*suitx.Builder){
		"a coin to a stranger":       func(b *suitx.Builder) { b.Transfer(stranger, b.Split(suitx.GasCoin, 1)) },
		"WAL to the parcel":          func(b *suitx.Builder) { b.Transfer(p.parcel.address, b.Object(p.wal.Ref())) },
		"WAL split off to it":        func(b *suitx.Builder) { b.Transfer(p.parcel.address, b.Split(b.Object(p.wal.Ref()), 1)) },
		"all the SUI to it":          func(b *suitx.Builder) { b.Transfer(p.parcel.address, suitx.GasCoin) },
		"the parcel to it":           func(b *suitx.Builder) { b.Transfer(p.parcel.address, suitx.Argument{Kind: suitx.ArgResult}) },
		"another package":            func(b *suitx.Builder) { b.Call(stranger, "parcel", "create", b.U8(1)) },
		"another function of Walrus": func(b *suitx.Builder) { b.Call(walrus, "system", "extend_blob", system(b)) },
		"another module of ours":     func(b *suitx.Builder) { b.Call(floe, "other", "create", b.U8(1)) },
		"another shared object":      func(b *suitx.Builder) { b.Shared(stranger, 1, true) },
		"type arguments": func(b *suitx.Builder) {
			b.Command(&suitx.MoveCall{Package: floe, Module: "parcel", Function: "keep", TypeArgs: []suitx.TypeTag{suitx.SUI()}})
		},
		"a package":       func(b *suitx.Builder) { b.Command(&suitx.Publish{}) },
		"a computed heir": func(b *suitx.Builder) { b.Command(&suitx.TransferObjects{To: suitx.Argument{Kind: suitx.ArgResult}}) },
	} {
		tx := s.buyTx(p, change)
		if code := s.want(403, "POST", api.PathSubmit, submission(p.person, tx, p.first)); code != api.CodeNotAllowed {
			t.Errorf("%s: code %s", name, code)
		}
		s.want(403, "POST", api.PathSimulate, api.SimulateRequest{Transaction: tx.Marshal()})
	}
	s.ownAlone(p, stranger)
	if s.ledger.executed != ran {
		t.Errorf("%d transactions ran, none should have", s.ledger.executed-ran)
	}
}

// ownAlone: transactions that have nothing to do with a parcel, that others pay
// for, or that nobody signed.
func (s *site) ownAlone(p *payer, stranger suitx.Address) {
	s.t.Helper()
	coins := &suitx.Builder{}
	coins.Transfer(p.address, coins.Split(suitx.GasCoin, 1))
	s.want(403, "POST", api.PathSubmit, submission(p.person, s.ownTx(coins, p.person, p.sui.Ref()), nil))
	give := &suitx.Builder{}
	give.Call(testIDs.WalrusPackage, "system", "certify_blob", give.Shared(testIDs.System, 5, false), give.Object(p.wal.Ref()), give.U8(1), give.U8(1), give.U8(1))
	give.Transfer(stranger, give.Object(p.sui.Ref()))
	s.want(403, "POST", api.PathSubmit, submission(p.person, s.ownTx(give, p.person, p.sui.Ref()), nil))

	sponsored := s.buyTx(p)
	sponsored.Gas.Owner = s.sponsor.address
	s.want(403, "POST", api.PathSubmit, submission(p.person, sponsored, p.first))
	free := s.buyTx(p)
	free.Gas.Payment = nil
	s.want(400, "POST", api.PathSimulate, api.SimulateRequest{Transaction: free.Marshal()})
	s.want(403, "POST", api.PathSubmit, submission(newPerson(9), s.buyTx(p), p.first))
	s.want(400, "POST", api.PathSubmit, submission(p.person, s.buyTx(p), nil))
	if code := s.want(422, "POST", api.PathSubmit, submission(p.person, s.buyTx(p), make([]byte, prefixSize))); code != api.CodeNotAge {
		s.t.Errorf("plaintext: code %s", code)
	}
	s.ledger.abort = &suitx.ExecutionFailure{Kind: suitx.MoveAbort, Location: &suitx.MoveLocation{Module: "parcel"}}
	s.want(422, "POST", api.PathSubmit, submission(p.person, s.buyTx(p), p.first))
	s.ledger.abort = nil
}
