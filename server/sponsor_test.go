package server

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"testing"

	"floe/codec/suitx"
	"floe/server/api"
)

// person is somebody with a key of her own.
type person struct {
	key     ed25519.PrivateKey
	address suitx.Address
}

func newPerson(n byte) person {
	key := ed25519.NewKeyFromSeed(append(make([]byte, 31), n))
	return person{key, suitx.AddressOf(key.Public().(ed25519.PublicKey))}
}

// parcelTx creates a parcel; n makes transactions differ.
func (s *site) parcelTx(p person, n uint64, change ...func(*suitx.Builder)) *suitx.TransactionData {
	s.t.Helper()
	b := &suitx.Builder{}
	parcel := b.Call(testIDs.FloePackage, "parcel", "create", b.U64(n))
	b.Call(testIDs.FloePackage, "parcel", "keep", parcel)
	for _, f := range change {
		f(b)
	}
	t, err := b.Build(p.address)
	if err != nil {
		s.t.Fatal(err)
	}
	t.Gas.Owner = s.sponsor.address
	return t
}

// gas asks for gas and returns the filled transaction.
func (s *site) gas(t *suitx.TransactionData) []byte {
	s.t.Helper()
	res, body := s.ask("POST", api.PathGas, api.GasRequest{Transaction: t.Marshal()})
	if res.StatusCode != 200 {
		s.t.Fatalf("gas: status %d: %s", res.StatusCode, body)
	}
	var g api.GasResponse
	if err := json.Unmarshal(body, &g); err != nil {
		s.t.Fatal(err)
	}
	return g.Transaction
}

func signed(p person, tx []byte) api.ExecuteRequest {
	return api.ExecuteRequest{Transaction: tx, Signature: suitx.SignTransaction(p.key, tx)}
}

// free is what the sponsor's purse holds, and how many coins are free.
func (s *site) free() (coins int, sum uint64) {
	s.sponsor.gas.mu.Lock()
	defer s.sponsor.gas.mu.Unlock()
	_, sum = held(s.sponsor.gas.free)
	return len(s.sponsor.gas.free), sum
}

func TestSponsorSplitsItsCoins(t *testing.T) {
	s := newSite(t)
	if n, _ := s.free(); n != gasCoins+1 {
		t.Errorf("%d gas coins", n)
	}
	if n, _ := s.sponsor.wal.fit(walWanted / walCoins); n != walCoins {
		t.Errorf("%d WAL coins", n)
	}
	executed := s.ledger.executed
	if err := s.sponsor.stock(t.Context()); err != nil || s.ledger.executed != executed {
		t.Errorf("taking stock of full purses executed %d transactions: %v", s.ledger.executed-executed, err)
	}
}

func TestGasFillsGasAndNothingElse(t *testing.T) {
	s := newSite(t)
	alice := newPerson(1)
	asked := s.parcelTx(alice, 1)
	got, err := suitx.UnmarshalTransactionData(s.gas(asked))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Gas.Payment) != 1 || got.Gas.Price != 1000 || got.Gas.Budget == 0 || got.Gas.Budget > gasCap ||
		got.Expiration != (suitx.Expiration{Kind: suitx.ExpirationEpoch, Epoch: 10}) {
		t.Errorf("gas %+v, expiration %+v", got.Gas, got.Expiration)
	}
	got.Gas.Payment, got.Gas.Price, got.Gas.Budget, got.Expiration = nil, 0, 0, suitx.Expiration{}
	if got.Digest() != asked.Digest() {
		t.Error("something else than gas and expiration was filled in")
	}
	for name, change := range map[string]func(*suitx.TransactionData){
		"payment":    func(t *suitx.TransactionData) { t.Gas.Payment = []suitx.ObjectRef{{}} },
		"price":      func(t *suitx.TransactionData) { t.Gas.Price = 1 },
		"budget":     func(t *suitx.TransactionData) { t.Gas.Budget = 1 },
		"expiration": func(t *suitx.TransactionData) { t.Expiration.Kind = suitx.ExpirationEpoch },
	} {
		tx := s.parcelTx(alice, 1)
		change(tx)
		if code := s.want(400, "POST", api.PathGas, api.GasRequest{Transaction: tx.Marshal()}); code != api.CodeMalformed {
			t.Errorf("%s given: %s", name, code)
		}
	}
	s.want(400, "POST", api.PathGas, api.GasRequest{Transaction: []byte("nonsense")})
	s.want(413, "POST", api.PathGas, api.GasRequest{Transaction: make([]byte, api.MaxTx+1)})
}

func TestExecuteIsIdempotent(t *testing.T) {
	s := newSite(t)
	alice := newPerson(1)
	req := signed(alice, s.gas(s.parcelTx(alice, 1)))
	executed := s.ledger.executed
	_, first := s.ask("POST", api.PathExecute, req)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if res, again := s.ask("POST", api.PathExecute, req); res.StatusCode != 200 || string(again) != string(first) {
				t.Errorf("asked again: status %d", res.StatusCode)
			}
		})
	}
	wg.Wait()
	s.flights = newFlights() // as after a restart, when leases are gone too
	if res, again := s.ask("POST", api.PathExecute, req); res.StatusCode != 200 || string(again) != string(first) {
		t.Errorf("asked after a restart: status %d: %s", res.StatusCode, again)
	}
	if s.ledger.executed != executed+1 {
		t.Errorf("executed %d times", s.ledger.executed-executed)
	}
}

func TestExecuteAsksUntilTheOutcomeIsKnown(t *testing.T) {
	s := newSite(t)
	alice := newPerson(1)
	req := signed(alice, s.gas(s.parcelTx(alice, 1)))
	s.ledger.execErr = []error{errors.New("connection reset"), errors.New("connection reset")}
	s.want(200, "POST", api.PathExecute, req)
	if n, _ := s.free(); n != gasCoins+1 {
		t.Errorf("%d gas coins are free", n)
	}
}

func TestExecuteRefusesForeignSignatures(t *testing.T) {
	s := newSite(t)
	alice, mallory := newPerson(1), newPerson(2)
	tx := s.gas(s.parcelTx(alice, 1))
	for name, sig := range map[string][]byte{
		"none":            nil,
		"another's":       suitx.SignTransaction(mallory.key, tx),
		"another tx":      suitx.SignTransaction(alice.key, append([]byte{0}, tx...)),
		"unknown scheme":  append([]byte{3}, suitx.SignTransaction(alice.key, tx)[1:]...),
		"one byte longer": append(suitx.SignTransaction(alice.key, tx), 0),
	} {
		if code := s.want(403, "POST", api.PathExecute, api.ExecuteRequest{Transaction: tx, Signature: sig}); code != api.CodeNotAllowed {
			t.Errorf("%s: %s", name, code)
		}
	}
	s.want(200, "POST", api.PathExecute, signed(alice, tx)) // and none of that used up the lease
}

// A transaction for which nobody promised gas, or another one than the sponsor
// filled in, is never co-signed.
func TestExecuteRefusesWhatWasNotPromised(t *testing.T) {
	s := newSite(t)
	alice := newPerson(1)
	executed := s.ledger.executed
	filled, err := suitx.UnmarshalTransactionData(s.gas(s.parcelTx(alice, 1)))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*suitx.TransactionData){
		"larger budget": func(t *suitx.TransactionData) { t.Gas.Budget *= 2 },
		"other command": func(t *suitx.TransactionData) { t.Inputs[0].Pure[0]++ },
		"no end":        func(t *suitx.TransactionData) { t.Expiration = suitx.Expiration{} },
	} {
		c := *filled
		c.Inputs = append([]suitx.Input{}, filled.Inputs...)
		c.Inputs[0].Pure = append([]byte{}, filled.Inputs[0].Pure...)
		change(&c)
		if code := s.want(409, "POST", api.PathExecute, signed(alice, c.Marshal())); code != api.CodeConflict {
			t.Errorf("%s: %s", name, code)
		}
	}
	if s.ledger.executed != executed {
		t.Error("something was executed")
	}
}

func TestWithoutASponsorNobodyIsPaidFor(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Sponsor = nil })
	for path, body := range map[string]any{api.PathGas: api.GasRequest{}, api.PathExecute: api.ExecuteRequest{}, api.PathRegister: api.RegisterRequest{}} {
		s.want(http.StatusForbidden, "POST", path, body)
	}
}
