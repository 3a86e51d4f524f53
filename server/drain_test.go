package server

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// Each test here attacks the sponsor and states, in its name or its log, what
// that costs it at most.

// purse is all SUI that the sponsor has, free or not.
func (s *site) purse() (sum uint64) {
	coins, err := s.ledger.Owned(s.t.Context(), s.sponsor.address, suitx.CoinOf(suitx.SUI()))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range coins {
		sum += balanceOf(c)
	}
	return sum
}

// loss runs an attack and demands that the sponsor loses as much as that.
func (s *site) loss(want uint64, attack func()) {
	s.t.Helper()
	before := s.purse()
	attack()
	if lost := before - s.purse(); lost != want {
		s.t.Errorf("the sponsor lost %d MIST, want %d", lost, want)
	} else {
		s.t.Logf("loss: %d MIST", lost)
	}
}

// A sender signs two transactions that name the same object, to lock it and two
// gas coins with it. Only one of them is ever co-signed.
func TestDrainByConflictingTransactionsCostsOneExecution(t *testing.T) {
	s := newSite(t)
	alice := newPerson(1)
	blob := s.ledger.blob(alice.address, codec.BlobID{1}, 1, true).Ref()
	certify := func(n uint64) *suitx.TransactionData {
		return s.parcelTx(alice, n, func(b *suitx.Builder) {
			b.Call(testIDs.WalrusPackage, "system", "certify_blob", b.Shared(testIDs.System, 5, false), b.Object(blob))
		})
	}
	one, two := s.gas(certify(1)), s.gas(certify(2))
	s.loss(fakeGas, func() {
		s.ledger.mu.Lock()
		s.ledger.hold = make(chan struct{})
		s.ledger.mu.Unlock()
		var wg sync.WaitGroup
		wg.Go(func() { s.want(200, "POST", api.PathExecute, signed(alice, one)) })
		for s.inFlight() == 0 {
			time.Sleep(time.Millisecond)
		}
		if code := s.want(409, "POST", api.PathExecute, signed(alice, two)); code != api.CodeConflict {
			t.Errorf("the second of two at once: %s", code)
		}
		close(s.ledger.hold)
		wg.Wait()
		if code := s.want(409, "POST", api.PathExecute, signed(alice, two)); code != api.CodeConflict {
			t.Errorf("the second afterwards: %s", code)
		}
	})
	s.clock.add(leaseTime)
	s.want(200, "POST", api.PathExecute, signed(alice, s.gas(s.parcelTx(alice, 3))))
	if n, _ := s.free(); n != gasCoins+1 {
		t.Errorf("%d gas coins are free", n)
	}
}

func (s *site) inFlight() int {
	s.flights.mu.Lock()
	defer s.flights.mu.Unlock()
	return len(s.flights.bySender)
}

// Whoever asks for gas and never signs keeps a coin idle for the lease's time,
// and one address only a few coins. Nothing was signed, so nothing is spent.
func TestDrainByWithheldSignaturesCostsNothing(t *testing.T) {
	s := newSite(t)
	s.loss(0, func() {
		for i := range leasesPerClient {
			s.gas(s.parcelTx(newPerson(byte(i+1)), 1))
		}
		for i := range 10 {
			tx := s.parcelTx(newPerson(byte(100+i)), 1)
			if code := s.want(429, "POST", api.PathGas, api.GasRequest{Transaction: tx.Marshal()}); code != api.CodeQuota {
				t.Error(code)
			}
		}
		if n, _ := s.free(); n != gasCoins+1-leasesPerClient {
			t.Errorf("%d coins are free", n)
		}
		s.clock.add(leaseTime)
		s.gas(s.parcelTx(newPerson(1), 2))
	})
	t.Logf("idle: %d of %d coins for %v", leasesPerClient, gasCoins+1, leaseTime)
	if n, _ := s.free(); n != gasCoins {
		t.Errorf("%d coins are free after the leases lapsed", n)
	}
}

// A signature that comes after the lease has lapsed is worth nothing: its coin
// may be another's by then.
func TestDrainByALateSignatureCostsNothing(t *testing.T) {
	s := newSite(t)
	alice := newPerson(1)
	s.loss(0, func() {
		tx := s.gas(s.parcelTx(alice, 1))
		s.clock.add(leaseTime)
		if code := s.want(409, "POST", api.PathExecute, signed(alice, tx)); code != api.CodeConflict {
			t.Error(code)
		}
	})
}

func TestDrainByTheGasCoinAndForeignCommandsCostsNothing(t *testing.T) {
	s := newSite(t)
	mallory := newPerson(6)
	s.loss(0, func() {
		for name, change := range map[string]func(*suitx.Builder){
			"split":   func(b *suitx.Builder) { b.Transfer(mallory.address, b.Split(suitx.GasCoin, 1_000_000)) },
			"give":    func(b *suitx.Builder) { b.Transfer(mallory.address, suitx.GasCoin) },
			"argue":   func(b *suitx.Builder) { b.Call(testIDs.FloePackage, "parcel", "keep", suitx.GasCoin) },
			"foreign": func(b *suitx.Builder) { b.Call(suitx.Address{6}, "mint", "nft") },
			"publish": func(b *suitx.Builder) { b.Command(&suitx.Publish{}) },
		} {
			tx := s.parcelTx(mallory, 1, change)
			if code := s.want(403, "POST", api.PathGas, api.GasRequest{Transaction: tx.Marshal()}); code != api.CodeNotAllowed {
				t.Errorf("%s: gas: %s", name, code)
			}
			if code := s.want(403, "POST", api.PathExecute, signed(mallory, tx.Marshal())); code != api.CodeNotAllowed {
				t.Errorf("%s: execute: %s", name, code)
			}
		}
	})
}

// A transaction that would abort is refused before it is signed, when gas is
// promised and again when it is executed.
func TestDrainByAbortsCostsNothing(t *testing.T) {
	s := newSite(t)
	alice := newPerson(1)
	abort := &suitx.ExecutionFailure{Kind: suitx.MoveAbort, Location: &suitx.MoveLocation{Module: "parcel"}, AbortCode: 3}
	s.loss(0, func() {
		tx := s.gas(s.parcelTx(alice, 1))
		s.ledger.mu.Lock()
		s.ledger.abort = abort
		s.ledger.mu.Unlock()
		if code := s.want(422, "POST", api.PathExecute, signed(alice, tx)); code != api.CodeExecution {
			t.Error(code)
		}
		if code := s.want(422, "POST", api.PathGas, api.GasRequest{Transaction: s.parcelTx(alice, 2).Marshal()}); code != api.CodeExecution {
			t.Error(code)
		}
	})
	if n, _ := s.free(); n != gasCoins+1 {
		t.Errorf("%d coins are free", n)
	}
}

// Whoever only executes what is allowed may do so until her share of gas is
// used up.
func TestDrainByHonestLookingTransactionsCostsTheQuota(t *testing.T) {
	const executions = 3
	s := newSite(t, func(c *Config) { c.Limits.PerClient.Gas = executions*fakeGas + 1 })
	s.loss(executions*fakeGas, func() {
		for i := range executions {
			p := newPerson(byte(i + 1))
			s.want(200, "POST", api.PathExecute, signed(p, s.gas(s.parcelTx(p, 1))))
		}
		p := newPerson(50)
		if code := s.want(429, "POST", api.PathExecute, signed(p, s.gas(s.parcelTx(p, 1)))); code != api.CodeQuota {
			t.Error(code)
		}
	})
}

// Whoever registers blobs and never stores them wastes storage that is paid
// for, until her share of bytes and WAL is used up; then others go on.
func TestDrainByRegisterAndVanishCostsTheQuota(t *testing.T) {
	const blobs, each = 5, 717_600 // encoded size of a small blob at n = 104
	s := newSite(t, func(c *Config) {
		c.Limits.PerClient.Bytes = blobs*each + 1
		c.TrustedProxies = trustLoopback
	})
	register := func(n int, from string) (*http.Response, []byte) {
		return s.ask("POST", api.PathRegister, api.RegisterRequest{
			Owner: fmt.Sprintf("0x%x", n+1), Epochs: 1,
			Blobs: []api.RegisterBlob{{BlobID: codec.BlobID{byte(n)}.String(), RootHash: make([]byte, 32), Size: 100}},
		}, "X-Forwarded-For", from)
	}
	wal := func() (sum uint64) {
		coins, _ := s.ledger.Owned(t.Context(), s.sponsor.address, s.sponsor.walType)
		for _, c := range coins {
			sum += balanceOf(c)
		}
		return sum
	}
	before := wal()
	got := make([]string, 0, 2*blobs)
	for n := range 2 * blobs {
		res, _ := register(n, "203.0.113.1")
		got = append(got, fmt.Sprint(res.StatusCode))
	}
	if want := strings.Repeat("200 ", blobs) + strings.Repeat("429 ", blobs); strings.Join(got, " ")+" " != want {
		t.Errorf("answers %v", got)
	}
	lost := before - wal()
	if lost != blobs*fakeStorage {
		t.Errorf("the sponsor lost %d FROST", lost)
	}
	t.Logf("loss: %d FROST and the gas of %d registrations, which is one address's quota of %d bytes", lost, blobs, blobs*each)
	if res, body := register(99, "203.0.113.2"); res.StatusCode != 200 {
		t.Errorf("another address: status %d: %s", res.StatusCode, body)
	}
}
