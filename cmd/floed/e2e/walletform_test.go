package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestWalletForm: who has no wallet sees nothing of wallets; who has one is asked
// to connect by a click alone, reconnected without being asked, and told when it
// goes away.
func TestWalletForm(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	files := tree{"note.txt": []byte("planted")}
	without := startProfile(t)
	without.drop(d.base, files)
	without.run("opening the choices", 10*time.Second, chromedp.Click(chromedp.CSS("#options summary")))
	if says := without.all(); strings.Contains(strings.ToLower(says), "wallet") || strings.Contains(says, "pays") {
		t.Errorf("without a wallet the page speaks of wallets:\n%s", says)
	}
	without.noProblems()

	p := startProfile(t)
	w := installWallet(p, 45)
	p.drop(d.base, files)
	p.openPayer()
	p.run("choosing the wallet", 10*time.Second, chromedp.Click(chromedp.CSS(`[data-payer="Test Wallet"] input`)))
	p.waitText("[data-panel]", "comes from the same wallet", 10*time.Second)
	p.run("sending before it is connected", 10*time.Second, chromedp.Click(id("send")))
	p.waitText("[data-wrong]", "Connect Test Wallet first", 10*time.Second)
	eval[bool](p, "(testWallet.refuse = true)")
	p.run("connecting", 10*time.Second, chromedp.Click(chromedp.CSS("[data-connect]")))
	p.waitText("[data-wrong]", "wasn’t connected", 10*time.Second)
	eval[bool](p, "(testWallet.refuse = false, true)")
	p.run("connecting", 10*time.Second, chromedp.Click(chromedp.CSS("[data-connect]")))
	p.waitText("#cost", "It asks once", 30*time.Second)
	p.waitText("#options-words", "paid by Test Wallet", 5*time.Second)
	if kept := eval[string](p, `JSON.stringify(Object.entries(localStorage).filter(([key]) => key.startsWith("floe")))`); kept != `[["floe-wallet","Test Wallet"]]` {
		t.Errorf("kept of the wallet: %s", kept)
	}

	p.drop(d.base, files) // loaded again
	p.waitText("#cost", "It asks once", 30*time.Second)
	if asked := eval[string](p, "JSON.stringify(testWallet.connects)"); asked != "[true]" {
		t.Errorf("connected again by %s, want silently, once", asked)
	}
	eval[bool](p, "(testWallet.leave(), true)")
	p.openPayer()
	p.waitText("[data-wrong]", "no longer connected", 10*time.Second)
	p.waitTrue(`document.querySelector("#cost").hidden`, 10*time.Second)
	p.run("connecting again", 10*time.Second, chromedp.Click(chromedp.CSS("[data-connect]")))
	p.waitText("#cost", "It asks once", 30*time.Second)
	p.run("disconnecting", 10*time.Second, chromedp.Click(chromedp.CSS("[data-disconnect]")))
	p.waitText("[data-connect]", "Connect Test Wallet", 10*time.Second)
	if kept := eval[string](p, `localStorage.getItem("floe-wallet") ?? "nothing"`); kept != "nothing" {
		t.Errorf("kept after disconnecting: %s", kept)
	}
	p.run("letting the server pay", 10*time.Second, chromedp.Click(chromedp.CSS(`[data-payer=""] input`)))
	p.send(time.Minute)
	if n := w.prompts(); n != 0 {
		t.Errorf("%d prompts though the server pays", n)
	}
	p.noProblems()

	elsewhere := startProfile(t)
	installWallet(elsewhere, 46, "sui:mainnet")
	elsewhere.drop(d.base, files)
	if shown := eval[bool](elsewhere, `!!document.querySelector("[data-payer='Test Wallet']")`); shown {
		t.Error("a wallet of another network is offered")
	}
}
