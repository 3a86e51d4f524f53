package e2e

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// TestDirectAndPages: what floe sends with no server opens in a server's page,
// and what a page sends opens with no server.
func TestDirectAndPages(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	alice := newPerson(t, "http://127.0.0.1:1") // there is no server for her
	place, _ := api.Places(api.Local)
	place.Ledger = d.base
	secret := [32]byte{11}
	text, err := suitx.FormatSuiPrivateKey(suitx.SchemeEd25519, secret)
	if err != nil {
		t.Fatal(err)
	}
	network, key := filepath.Join(alice.home, "net.json"), filepath.Join(alice.home, "key")
	for name, content := range map[string][]byte{network: place.Marshal(), key: []byte(text)} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	payer := suitx.AddressOf(ed25519.NewKeyFromSeed(secret[:]).Public().(ed25519.PublicKey))
	body, _ := json.Marshal(api.FaucetRequest{Address: payer.String()})
	res, err := http.Post(d.base+api.PathFaucet, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()

	files := tree{"harbour.bin": noise(300_000, 45), "photos/dawn.txt": []byte("a folder keeps its path\n")}
	link := alice.send(files, "-network", network, "-key", key, "-link-base", d.base)
	page := startProfile(t)
	page.visit(d.base, link)
	sameFiles(t, page.saveAll(time.Minute), files.hashes())
	page.noProblems()

	page.drop(d.base, files)
	link = page.send(time.Minute)
	sameFiles(t, alice.open(link, "-network", network), files.hashes())
	page.noProblems()
}
