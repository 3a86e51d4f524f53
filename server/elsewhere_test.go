package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// The sponsor on a network elsewhere: it has what its owner sent it, and is not
// alone.

var walCoinType = suitx.CoinOf(suitx.StructTag{Address: testIDs.WALPackage, Module: "wal", Name: "WAL"}.Tag())

// sponsorHas is a site without a faucet, whose sponsor was sent these coins.
func sponsorHas(t *testing.T, sui, wal []uint64, change ...func(*Config)) *site {
	t.Helper()
	return newSite(t, append(change, func(c *Config) {
		c.Local = nil
		l, address := c.Ledger.(*fakeLedger), sponsorAddress(c)
		for _, n := range sui {
			l.coin(address, suitx.CoinOf(suitx.SUI()), n)
		}
		for _, n := range wal {
			l.coin(address, walCoinType, n)
		}
	})...)
}

func sponsorAddress(c *Config) suitx.Address { return newSponsor(c.Sponsor, c.IDs, *c).address }

// registerOne registers a blob of its own for each n and returns the status and code.
func (s *site) registerOne(n int) (status int, code string) {
	s.t.Helper()
	b := encode(s.t, ageLike(1000+n))
	res, body := s.ask("POST", api.PathRegister, api.RegisterRequest{
		Owner: fmt.Sprintf("0x%x", n+1), Epochs: 1, Blobs: []api.RegisterBlob{{BlobID: b.id.String(), RootHash: hashOf(b.meta.RootHash()), Size: b.meta.Size}},
	})
	var e api.ErrorBody
	if res.StatusCode != 200 {
		if err := json.Unmarshal(body, &e); err != nil || e.Error == nil {
			s.t.Fatalf("status %d: %s", res.StatusCode, body)
		}
		return res.StatusCode, e.Error.Code + ": " + e.Error.Message
	}
	return 200, ""
}

func TestSponsorWorksWithWhatItHas(t *testing.T) {
	for name, c := range map[string]struct{ sui, wal []uint64 }{
		"one coin of each":     {[]uint64{1_000_000_000}, []uint64{2_000_000_000}},
		"many small ones":      {[]uint64{60_000_000, 60_000_000, 60_000_000}, []uint64{50, 50, 50, 50, 50, 50, 50}},
		"plenty":               {[]uint64{100_000_000_000}, []uint64{walWanted}},
		"plenty among dust":    {[]uint64{1, 1, 1, 100_000_000_000, 1}, []uint64{1, walWanted, 1}},
		"hardly enough at all": {[]uint64{gasFloor + 2*fakeGas}, []uint64{120}},
	} {
		t.Run(name, func(t *testing.T) {
			s := sponsorHas(t, c.sui, c.wal)
			if status, words := s.registerOne(1); status != 200 {
				t.Fatalf("status %d: %s", status, words)
			}
			if err := s.sponsor.stock(t.Context()); err != nil {
				t.Error(err)
			}
			s.ask("POST", api.PathGas, api.GasRequest{Transaction: s.parcelTx(newPerson(1), 1).Marshal()})
		})
	}
}

func TestSponsorThatHasNothingSaysSo(t *testing.T) {
	var logged bytes.Buffer
	s := sponsorHas(t, []uint64{4 * gasLow}, []uint64{50}, func(c *Config) { c.Logger = slog.New(slog.NewTextHandler(&logged, nil)) })
	for range 3 {
		if err := s.sponsor.stock(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(logged.String(), "little left"); n != 1 || !strings.Contains(logged.String(), s.sponsor.address.String()) || strings.Contains(logged.String(), "kind=SUI") {
		t.Errorf("it was said %d times:\n%s", n, &logged)
	}
	if status, words := s.registerOne(1); status != 507 || !strings.Contains(words, "hasn't enough WAL left") {
		t.Errorf("status %d: %s", status, words)
	}
	s.ledger.mu.Lock()
	s.ledger.coin(s.sponsor.address, walCoinType, 2*walLow)
	s.ledger.mu.Unlock()
	if err := s.sponsor.stock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, words := s.registerOne(1); status != 200 {
		t.Errorf("filled up again: status %d: %s", status, words)
	}
	poor := sponsorHas(t, nil, []uint64{walWanted})
	if status, words := poor.registerOne(1); status != 507 || !strings.Contains(words, "hasn't enough SUI left") {
		t.Errorf("status %d: %s", status, words)
	}
}

// lock has another transaction hold all coins of a kind but the poorest n.
func (s *site) lock(kind suitx.StructTag, but int) {
	s.t.Helper()
	coins, err := s.ledger.Owned(s.t.Context(), s.sponsor.address, kind)
	if err != nil {
		s.t.Fatal(err)
	}
	p := newPurse(s.clock.now)
	for _, o := range coins {
		c, err := coinOf(o)
		if err != nil {
			s.t.Fatal(err)
		}
		p.free = append(p.free, c)
	}
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	for _, c := range p.takeAll(len(coins) - but) {
		s.ledger.locked[c.ref] = true
	}
}

// Coins that other transactions hold until the epoch ends are left alone, and
// the others suffice.
func TestLockedCoinsAreLeftAlone(t *testing.T) {
	for name, kind := range map[string]suitx.StructTag{"gas": suitx.CoinOf(suitx.SUI()), "WAL": walCoinType} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.lock(kind, 4)
			for n := 0; ; n++ {
				status, words := s.registerOne(0)
				if status == 200 {
					break
				}
				if n == 8 || status != 409 && status != 507 {
					t.Fatalf("try %d: status %d: %s", n, status, words)
				}
			}
			executed := s.ledger.executed
			for n := range 10 {
				if status, words := s.registerOne(n + 1); status != 200 {
					t.Fatalf("status %d: %s", status, words)
				}
			}
			if s.ledger.executed != executed+10 {
				t.Errorf("%d transactions for 10 blobs", s.ledger.executed-executed)
			}
		})
	}
}

// Another server with the same key uses the same coins all the time: what is
// asked for is registered, once, and the purse is never mistaken for longer.
func TestTwoServersOfOneSponsor(t *testing.T) {
	s := newSite(t)
	cfg := Config{IDs: testIDs, Ledger: s.ledger, Chain: s.ledger, Nodes: s.nodes, Sponsor: s.sponsor.key, Deletable: true,
		DefaultEpochs: 7, MaxParcelSize: 4 << 30, Limits: testLimits, Loopback: true, Assets: fstest.MapFS{"js/a.js": {Data: []byte("export {}")}}, Logger: slog.New(slog.DiscardHandler)}
	other, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	executed, spent := s.ledger.executed, s.purse()
	var all sync.WaitGroup
	const each = 20
	for n := range each {
		all.Go(func() {
			if status, words := s.registerOne(n); status != 200 {
				t.Errorf("blob %d: status %d: %s", n, status, words)
			}
		})
		all.Go(func() {
			b := encode(t, ageLike(9000+n))
			req := api.RegisterRequest{Owner: fmt.Sprintf("0x%x", 100+n), Epochs: 1, Blobs: []api.RegisterBlob{{BlobID: b.id.String(), RootHash: hashOf(b.meta.RootHash()), Size: b.meta.Size}}}
			if _, err := other.register(t.Context(), netip.MustParsePrefix("192.0.2.1/32"), req); err != nil {
				t.Errorf("other's blob %d: %v", n, err)
			}
		})
	}
	all.Wait()
	if n := s.ledger.executed - executed; n != 2*each {
		t.Errorf("%d transactions for %d blobs", n, 2*each)
	}
	if lost := spent - s.purse(); lost != 2*each*fakeGas {
		t.Errorf("%d MIST were spent, want %d", lost, 2*each*fakeGas)
	}
	alice := newPerson(5)
	tx := s.gas(s.parcelTx(alice, 1))
	s.want(200, "POST", api.PathExecute, signed(alice, tx))
}

// More ask at once than there are coins: they wait for one, and none is sent away.
func TestMoreAtOnceThanCoins(t *testing.T) {
	s := newSite(t)
	hold := make(chan struct{})
	s.ledger.mu.Lock()
	s.ledger.hold = hold
	s.ledger.mu.Unlock()
	var all sync.WaitGroup
	for n := range walCoins + 4 {
		all.Go(func() {
			if status, words := s.registerOne(n); status != 200 {
				t.Errorf("blob %d: status %d: %s", n, status, words)
			}
		})
	}
	for end := time.Now().Add(10 * time.Second); len(s.sponsor.wal.show(walCoins)) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Error("some coins stay free though there is need for all")
			break
		}
	}
	close(hold)
	all.Wait()
}

// Walrus is upgraded under the server: it calls the new package at once, pages
// carry it, and what it pays for calls it as well.
func TestUpgradeOfWalrus(t *testing.T) {
	s := newSite(t)
	_, before := s.ask("GET", "/", nil)
	if bytes.Contains(before, []byte("floe-network")) {
		t.Error("a page carries IDs that are compiled in")
	}
	newer := suitx.Address{31: 0xcc}
	s.ledger.upgrade(newer)
	if status, words := s.registerOne(1); status != 200 {
		t.Fatalf("status %d: %s", status, words)
	}
	var n api.Network
	_, body := s.ask("GET", api.PathNetwork, nil)
	if err := json.Unmarshal(body, &n); err != nil || n.WalrusPackage != newer.String() {
		t.Errorf("the package to call is %q, %v", n.WalrusPackage, err)
	}
	for _, path := range []string{"/", "/open"} {
		_, page := s.ask("GET", path, nil)
		_, again := s.ask("GET", path, nil, "User-Agent", "another")
		if !bytes.Contains(page, []byte("floe-network")) || !bytes.Contains(page, []byte(newer.String())) || !bytes.Equal(page, again) {
			t.Errorf("%s doesn't carry the new package, or not for everybody", path)
		}
	}
	for pkg, want := range map[suitx.Address]int{newer: 200, testIDs.WalrusPackage: 403} {
		tx := s.parcelTx(newPerson(1), 1, func(b *suitx.Builder) {
			b.Call(pkg, "system", "certify_blob", b.Shared(testIDs.System, 5, false))
		})
		s.want(want, "POST", api.PathGas, api.GasRequest{Transaction: tx.Marshal()})
	}
}
