package main

import (
	"crypto/ed25519"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// A ledger behind TLS, as public full nodes are, works like any other; one that
// nobody vouches for doesn't.
func TestLedgerBehindTLS(t *testing.T) {
	a := startDaemon(t, t.TempDir(), "-relay=false")
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
	place.Ledger = "https://" + front
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
