package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/sui"
)

// A network as the public ones are, its ledger behind TLS and its nodes known by
// their keys, works like any other; a ledger that nobody vouches for doesn't.
func TestEverythingBehindTLS(t *testing.T) {
	at, data := freeAddresses(t, 5), t.TempDir()
	a := startDaemon(t, data, "-relay=false", "-shards", "10", "-listen", at[4], "-nodes-at", strings.Join(at[:4], ","))
	for i := range 4 {
		o := newOutpost(t, "-key", filepath.Join(data, "keys", fmt.Sprintf("node-%02d.json", i)), "-data", t.TempDir(), "-ledger", a.base)
		o.await(o.launch())
	}
	front, authority := tlsFront(t, strings.TrimPrefix(a.base, "http://"))
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	place, _ := api.Places(api.Local)
	place.Ledger, place.NodeScheme = "https://"+front, "https"
	network := write("network.json", place.Marshal())
	seed := [32]byte{3}
	a.fund(t, suitx.AddressOf(ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)))
	text, err := suitx.FormatSuiPrivateKey(suitx.SchemeEd25519, seed)
	if err != nil {
		t.Fatal(err)
	}
	key := write("key", []byte(text))

	stranger := newDaemon(t, t.TempDir(), "-network", network)
	stranger.launch()
	if err := stranger.cmd.Wait(); err == nil || !strings.Contains(stranger.logged.String(), "certificate") {
		t.Errorf("a ledger that nobody vouches for: %v\n%s", err, stranger.logged)
	}
	stranger.cmd = nil

	t.Setenv("SSL_CERT_FILE", write("authority.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority})))
	b := startDaemon(t, t.TempDir(), "-network", network, "-sponsor-key", key)
	v := newTraveller(t, b)
	c := v.pack(sealed(5000))
	v.parcel(v.send([]byte("grant"), c))
	v.readBack(c.id, c.data)
}

// A sponsor that was sent little works with that until it is gone, and then says
// so; more brings it back.
func TestSponsorWithLittle(t *testing.T) {
	t.Parallel()
	a := startDaemon(t, t.TempDir(), "-relay=false")
	place, _ := api.Places(api.Local)
	place.Ledger = a.base
	dir := t.TempDir()
	network, key := filepath.Join(dir, "network.json"), filepath.Join(dir, "key")
	secret := [32]byte{4}
	text, err := suitx.FormatSuiPrivateKey(suitx.SchemeEd25519, secret)
	if err == nil {
		err = errors.Join(os.WriteFile(network, place.Marshal(), 0o600), os.WriteFile(key, []byte(text), 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	sponsor := suitx.AddressOf(ed25519.NewKeyFromSeed(secret[:]).Public().(ed25519.PublicKey))
	a.give(t, sponsor, 400_000_000, 5_000_000)
	a.give(t, sponsor, 200_000_000, 5_000_000)
	b := startDaemon(t, t.TempDir(), "-network", network, "-sponsor-key", key)
	sent := 0
	for ; sent < 50; sent++ {
		status, body := tryRegister(newTraveller(t, b))
		if status == 507 {
			if !strings.Contains(string(body), "left. Its owner must fill it up") {
				t.Errorf("it ends with %s", body)
			}
			break
		}
		if status != 200 {
			t.Fatalf("blob %d: status %d: %s", sent, status, body)
		}
	}
	t.Logf("0.6 SUI and 0.01 WAL register %d blobs", sent)
	if sent < 5 || sent == 50 {
		t.Errorf("%d blobs were registered", sent)
	}
	a.give(t, sponsor, 1_000_000_000, 1_000_000_000)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Second) {
		status, body := tryRegister(newTraveller(t, b))
		if status == 200 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("filled up again, it says %d: %s", status, body)
		}
	}
}

// tryRegister asks for a small blob of its own.
func tryRegister(v *traveller) (status int, body []byte) {
	v.t.Helper()
	c := v.pack(sealed(5000))
	root := c.meta.RootHash()
	return v.tryPost(api.PathRegister, api.RegisterRequest{Owner: v.address.String(), Epochs: 2,
		Blobs: []api.RegisterBlob{{BlobID: c.id.String(), RootHash: root[:], Size: c.meta.Size}}}, nil)
}

// give sends some SUI and WAL from somebody who asked the faucet.
func (d *daemon) give(t *testing.T, to suitx.Address, mist, frost uint64) {
	t.Helper()
	ids, _ := api.Networks(api.Local)
	c, err := sui.Dial(t.Context(), sui.Config{Target: strings.TrimPrefix(d.base, "http://"), IDs: ids})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, rich, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	address := suitx.AddressOf(rich.Public().(ed25519.PublicKey))
	d.fund(t, address)
	gas, err := c.Coins(t.Context(), address, suitx.SUI())
	if err != nil {
		t.Fatal(err)
	}
	wal, err := c.Coins(t.Context(), address, suitx.StructTag{Address: ids.WALPackage, Module: "wal", Name: "WAL"}.Tag())
	if err != nil {
		t.Fatal(err)
	}
	b := &suitx.Builder{}
	b.Transfer(to, b.Split(suitx.GasCoin, mist), b.Split(b.Object(wal[0].Ref), frost))
	tx, err := b.Build(address)
	if err != nil {
		t.Fatal(err)
	}
	tx.Gas = suitx.GasData{Owner: address, Price: 1000, Budget: 100_000_000, Payment: []suitx.ObjectRef{gas[0].Ref}}
	raw := tx.Marshal()
	r, err := c.Execute(t.Context(), raw, [][]byte{suitx.SignTransaction(rich, raw)})
	if err != nil || !r.Effects.Status.Success() {
		t.Fatalf("giving: %+v, %v", r, err)
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]uint64{
		"": 0, "1": 1_000_000_000, "2.5": 2_500_000_000, "0.000000001": 1, "007": 7_000_000_000, ".5": 500_000_000, "3.": 3_000_000_000,
	} {
		if got, err := parseAmount(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"0", "-1", "+1", "1e9", "1,5", "1.0000000001", "1_000", "0x1", "99999999999999", "1.2.3", ".", "SUI"} {
		if got, err := parseAmount(text); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestEpochsFor(t *testing.T) {
	const day = 24 * time.Hour
	for epoch, want := range map[time.Duration]uint32{day: 8, 14 * day: 2, 3 * day: 4, time.Minute: 53, 0: 53, -day: 53} {
		if got := epochsFor(7*day, epoch); got != want {
			t.Errorf("epochs of %v: %d, want %d", epoch, got, want)
		}
	}
}

// Who works over a network in plain text is told so.
func TestOverheard(t *testing.T) {
	for ledger, want := range map[string]bool{
		"http://127.0.0.1:8080":             false,
		"http://localhost:8080":             false,
		"http://[::1]:9000":                 false,
		"http://192.168.1.4:9000":           true,
		"http://sui.example":                true,
		"http://localhost.example:80":       true,
		"https://sui.example":               false,
		"https://fullnode.mainnet.sui.io:1": false,
	} {
		if got := isOverheard(api.Place{Ledger: ledger}); got != want {
			t.Errorf("%s: %v", ledger, got)
		}
	}
}
