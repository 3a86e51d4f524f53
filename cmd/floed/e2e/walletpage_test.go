package e2e

import (
	"bytes"
	"context"
	"crypto/ed25519"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

//go:embed testdata/wallet.js
var walletScript string

// pageWallet is a wallet in a browser's pages and the person who owns it.
type pageWallet struct {
	p    *profile
	key  ed25519.PrivateKey
	done int // prompts answered
}

// installWallet puts a wallet into every page that the profile loads from then on.
func installWallet(p *profile, n byte, chains ...string) *pageWallet {
	p.t.Helper()
	w := &pageWallet{p: p, key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))}
	if len(chains) == 0 {
		chains = []string{"sui:localnet", "sui:mainnet"}
	}
	var public []int
	for _, b := range w.key.Public().(ed25519.PublicKey) {
		public = append(public, int(b))
	}
	is, err := json.Marshal(map[string]any{"name": "Test Wallet", "address": w.address().String(), "publicKey": public, "chains": chains})
	if err != nil {
		p.t.Fatal(err)
	}
	p.run("installing a wallet", 20*time.Second, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: fmt.Sprintf("window.testWalletIs = %s;\n%s", is, walletScript)})
		return err
	}))
	return w
}

func (w *pageWallet) address() suitx.Address {
	return suitx.AddressOf(w.key.Public().(ed25519.PublicKey))
}

// prompts is how often the page's wallet was asked to sign since it was loaded.
func (w *pageWallet) prompts() int { return eval[int](w.p, "testWallet.prompts.length") }

// next waits for the next prompt and returns the transaction.
func (w *pageWallet) next() *suitx.TransactionData {
	w.p.t.Helper()
	w.p.waitTrue(fmt.Sprintf("testWallet.prompts.length > %d", w.done), time.Minute)
	if chain := eval[string](w.p, fmt.Sprintf("testWallet.prompts[%d].chain", w.done)); chain != "sui:localnet" {
		w.p.t.Errorf("asked for chain %s", chain)
	}
	raw, err := base64.StdEncoding.DecodeString(eval[string](w.p, fmt.Sprintf("testWallet.prompts[%d].json", w.done)))
	if err != nil {
		w.p.t.Fatal(err)
	}
	tx, err := suitx.UnmarshalTransactionData(raw)
	if err != nil {
		w.p.t.Fatal(err)
	}
	return tx
}

// answer gives back a transaction with a signature.
func (w *pageWallet) answer(tx *suitx.TransactionData, key ed25519.PrivateKey) {
	w.p.t.Helper()
	raw := tx.Marshal()
	encode := base64.StdEncoding.EncodeToString
	eval[bool](w.p, fmt.Sprintf("(testWallet.prompts[%d].resolve({bytes: %q, signature: %q}), true)", w.done, encode(raw), encode(suitx.SignTransaction(key, raw))))
	w.done++
}

func (w *pageWallet) confirm() { w.p.t.Helper(); w.answer(w.next(), w.key) }

func (w *pageWallet) reject() {
	w.p.t.Helper()
	w.next()
	eval[bool](w.p, fmt.Sprintf("(testWallet.prompts[%d].reject(new Error('User rejected the request')), true)", w.done))
	w.done++
}

// connect chooses the wallet in the form and connects it.
func (w *pageWallet) connect() {
	w.p.t.Helper()
	w.p.openPayer()
	w.p.run("connecting the wallet", 20*time.Second,
		chromedp.Click(chromedp.CSS(`[data-payer="Test Wallet"] input`)), chromedp.Click(chromedp.CSS("[data-connect]")))
	w.p.waitText("#cost", "It asks once", 30*time.Second)
}

func (p *profile) openPayer() {
	p.t.Helper()
	p.waitTrue(`!!document.querySelector("[data-payer='Test Wallet']")`, 20*time.Second)
	eval[bool](p, `(document.getElementById("options").open = true)`)
}

// faucet gives an address SUI and WAL.
func (d *daemon) faucet(to suitx.Address) {
	d.t.Helper()
	res, err := http.Post(d.base+api.PathFaucet, "application/json", strings.NewReader(fmt.Sprintf(`{"address":%q}`, to)))
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 {
		d.t.Fatalf("the faucet answered %s", res.Status)
	}
}

// holds is what an address has, in MIST and FROST.
func (d *daemon) holds(address suitx.Address) (sui, wal uint64) {
	d.t.Helper()
	res, err := http.Get(d.base + api.PathAccounts + address.String())
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	var a api.Account
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil || res.StatusCode != 200 {
		d.t.Fatalf("%s: %v", res.Status, err)
	}
	return sumOf(d.t, a.SUI), sumOf(d.t, a.WAL)
}

func sumOf(t *testing.T, coins [][]byte) (sum uint64) {
	t.Helper()
	for _, raw := range coins {
		o, err := suitx.UnmarshalObject(raw)
		if err != nil {
			t.Fatal(err)
		}
		sum += bcs.NewReader(o.Move.Contents[32:]).U64()
	}
	return sum
}
