package e2e

import (
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"floe/codec/suitx"
	"floe/server/api"
)

// TestWalletSendsAndWithdraws: a wallet pays for a parcel of two blobs by one
// prompt and owns it; somebody else opens it without any; it is withdrawn by one
// more. What was shown before is what storage costs.
func TestWalletSendsAndWithdraws(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	wire := startProxy(t, d)
	files := parcel(40)
	sender := startProfile(t)
	w := installWallet(sender, 41)
	sender.drop(wire.base, files)
	if n := eval[int](sender, "testWallet.connects.filter((silent) => !silent).length"); n != 0 {
		t.Errorf("the wallet was asked to connect before anybody clicked")
	}
	w.connect()
	if says := sender.text("#cost"); !strings.Contains(says, "lacks") {
		t.Errorf("an empty wallet: %q", says)
	}
	t.Logf("with an empty wallet: %s", sender.text("#cost"))
	d.faucet(w.address())
	suiBefore, walBefore := d.holds(w.address())
	sender.run("choosing again", 20*time.Second, chromedp.Click(chromedp.CSS(`[data-payer=""] input`)), chromedp.Click(chromedp.CSS(`[data-payer="Test Wallet"] input`)))
	sender.waitTrue(`!document.querySelector("#cost").hidden && !document.querySelector("#cost").textContent.includes("lacks")`, 20*time.Second)
	cost := sender.text("#cost")

	before := len(wire.seen())
	began := time.Now()
	sender.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
	sender.waitText("#phase", "Confirm in Test Wallet", time.Minute)
	w.confirm()
	link := strings.TrimSpace(sender.waitText(id("link"), "/open#", 2*time.Minute))
	t.Logf("20 MiB from Send to link with a wallet: %v, %d requests", time.Since(began).Round(time.Millisecond), len(wire.seen())-before)
	if n := w.prompts(); n != 1 {
		t.Errorf("%d prompts for sending", n)
	}
	sui, wal := d.holds(w.address())
	t.Logf("%s; it took %d FROST and %d MIST", cost, walBefore-wal, suiBefore-sui)
	if want := coinText(walBefore - wal); !strings.Contains(cost, want) {
		t.Errorf("storage took %s WAL, shown was: %s", want, cost)
	}
	for _, r := range wire.seen() {
		if strings.Contains(r.uri, api.PathRegister) || strings.Contains(r.uri, api.PathGas) || strings.Contains(r.uri, api.PathExecute) {
			t.Errorf("the sponsor was asked: %s", r.uri)
		}
	}
	if says := sender.text("#done-payer"); !strings.Contains(says, "Test Wallet 0x") {
		t.Errorf("who paid isn't said: %q", says)
	}

	recipient := startProfile(t)
	theirs := installWallet(recipient, 42)
	recipient.visit(d.base, link)
	sameFiles(t, recipient.saveAll(2*time.Minute), files.hashes())
	if n := theirs.prompts() + eval[int](recipient, "testWallet.connects.length"); n != 0 {
		t.Errorf("opening touched a wallet %d times", n)
	}
	recipient.noProblems()

	sender.run("withdrawing", 20*time.Second, chromedp.Click(chromedp.CSS("#withdraw")), chromedp.Click(chromedp.CSS(`#ask-withdraw button[value="yes"]`)))
	w.confirm()
	sender.waitText("#title", "Withdrawn", time.Minute)
	if n := w.prompts(); n != 2 {
		t.Errorf("%d prompts for sending and withdrawing", n)
	}
	late := startProfile(t)
	late.visit(d.base, link)
	late.waitText(id("error"), "withdrew", time.Minute)
	sender.noProblems()
}

// coinText is an amount as the page says it: to the unit, without zeros at the end.
func coinText(amount uint64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%09d", amount/1e9, amount%1e9), "0"), ".")
}

// TestWalletSaysNo: nothing is paid, the files stay, and it may be asked again.
// Then it lies, in every way that costs its owner something: nothing is handed
// in either. What wallets may do, choosing their gas, is accepted.
func TestWalletSaysNo(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	wire := startProxy(t, d)
	sender := startProfile(t)
	w := installWallet(sender, 43)
	d.faucet(w.address())
	d.faucet(w.address())
	sender.drop(wire.base, tree{"note.txt": []byte("planted")})
	w.connect()
	sui, wal := d.holds(w.address())
	press := func() { sender.run("pressing Send", 20*time.Second, chromedp.Click(id("send"))) }

	press()
	w.reject()
	sender.waitText(id("error"), "Nothing was paid", 30*time.Second)
	stranger := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	for name, lie := range map[string]func(*suitx.TransactionData) ed25519.PrivateKey{
		"another recipient": func(tx *suitx.TransactionData) ed25519.PrivateKey {
			for _, c := range tx.Commands {
				if c, ok := c.(*suitx.TransferObjects); ok {
					tx.Inputs[c.To.Index].Pure[0] ^= 1
				}
			}
			return w.key
		},
		"another account": func(*suitx.TransactionData) ed25519.PrivateKey { return stranger },
		"other bytes": func(tx *suitx.TransactionData) ed25519.PrivateKey {
			tx.Commands = tx.Commands[:len(tx.Commands)-1]
			return w.key
		},
	} {
		press()
		tx := w.next()
		w.answer(tx, lie(tx))
		sender.waitText(id("error"), "Nothing was paid", 30*time.Second)
		sender.waitText(id("error"), "something else than it was asked", 30*time.Second)
		t.Logf("%s: %s", name, strings.ReplaceAll(sender.text(id("error")), "\n", " "))
	}
	for _, r := range wire.seen() {
		if r.uri == api.PathSubmit {
			t.Error("something was handed in")
		}
	}
	if s, v := d.holds(w.address()); s != sui || v != wal {
		t.Errorf("it cost %d MIST and %d FROST", sui-s, wal-v)
	}

	press()
	tx := w.next()
	tx.Gas.Budget += 12345
	w.answer(tx, w.key)
	link := strings.TrimSpace(sender.waitText(id("link"), "/open#", time.Minute))
	recipient := startProfile(t)
	recipient.visit(d.base, link)
	recipient.waitText(id("open-list"), "note.txt", time.Minute)
	sender.noProblems()
}

// TestWalletPaidIsNotLost: too few nodes answer after the wallet has paid. The
// page says so, and goes on without another prompt when they are back.
func TestWalletPaidIsNotLost(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	sender := startProfile(t)
	w := installWallet(sender, 44)
	d.faucet(w.address())
	sender.drop(d.base, tree{"note.txt": []byte("planted")})
	w.connect()
	sender.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
	w.next()
	for i := range 6 {
		d.node(i, "stop")
	}
	w.confirm()
	sender.waitText(id("error"), "Paid, but not finished", 3*time.Minute)
	t.Logf("the page says: %s", strings.ReplaceAll(sender.text(id("error")), "\n", " "))
	if words := eval[string](sender, `document.querySelector('[data-testid="error"] .code').textContent`); !strings.Contains(words, "suiprivkey1") {
		t.Errorf("the key to what is paid for isn't told: %q", words)
	}
	_, wal := d.holds(w.address())
	for i := range 6 {
		d.node(i, "start")
	}
	if again := eval[bool](sender, `!!document.querySelector('[data-testid="error"] [data-act="again"]')`); !again {
		t.Error("the page doesn't offer to go on")
	}
	other := filepath.Join(t.TempDir(), "other.txt")
	if err := os.WriteFile(other, []byte("sent instead"), 0o600); err != nil {
		t.Fatal(err)
	}
	sender.run("sending others instead", 20*time.Second, setFiles(other), chromedp.WaitVisible(chromedp.CSS("#files li:nth-child(2)")), chromedp.Click(id("send")))
	if says := sender.text(id("error")); !strings.Contains(says, "Paid, but not finished") || w.prompts() != 1 {
		t.Errorf("what is paid for is dropped for others, after %d prompts: %q", w.prompts(), says)
	}
	sender.run("taking them out", 20*time.Second, chromedp.Click(chromedp.CSS("#files li:nth-child(2) [data-remove]")))
	sender.run("going on", 20*time.Second, chromedp.Click(id("send"))) // as people do who don't read
	link := strings.TrimSpace(sender.waitText(id("link"), "/open#", time.Minute))
	if n := w.prompts(); n != 1 {
		t.Errorf("%d prompts", n)
	}
	if _, after := d.holds(w.address()); after != wal {
		t.Errorf("storage was paid for again: %d FROST", wal-after)
	}
	recipient := startProfile(t)
	recipient.visit(d.base, link)
	recipient.waitText(id("open-list"), "note.txt", time.Minute)
}
