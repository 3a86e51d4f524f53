package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestNobodyPaysButAWallet: a server without a sponsor, on a network elsewhere.
// Who has no wallet is told so before she tries; a wallet sends and withdraws
// through it; opening takes neither.
func TestNobodyPaysButAWallet(t *testing.T) {
	t.Parallel()
	network := startNetwork(t, time.Hour)
	d := startDaemon(t, "-network", placeOf(t, network, nil))
	if n := networkAt(t, d.base); n.Sponsor != "" {
		t.Fatalf("%s pays", n.Sponsor)
	}
	files := tree{"note.txt": []byte("planted")}
	without := startProfile(t)
	without.drop(d.base, files)
	without.waitText(id("error"), "This server pays for nobody", 30*time.Second)
	without.waitText(id("error"), "wallet", time.Second)
	without.run("sending nevertheless", 10*time.Second, chromedp.Click(id("send")))
	without.waitText(id("error"), "This server pays for nobody", time.Second)
	without.noProblems()

	elsewhere := startProfile(t)
	installWallet(elsewhere, 62, "sui:mainnet")
	elsewhere.drop(d.base, files)
	elsewhere.waitText(id("error"), "This server pays for nobody", 30*time.Second)
	eval[bool](elsewhere, `(document.getElementById("options").open = true)`)
	elsewhere.waitText("[data-elsewhere]", "Test Wallet can’t pay here", 10*time.Second)
	elsewhere.noProblems()

	sender := startProfile(t)
	w := installWallet(sender, 61)
	network.faucet(w.address())
	sender.drop(d.base, files)
	sender.openPayer()
	if eval[bool](sender, `document.querySelector("[data-payer='']").checkVisibility()`) {
		t.Error("the server is offered as who pays")
	}
	sender.run("connecting the wallet", 20*time.Second, chromedp.Click(chromedp.CSS("[data-connect]")))
	sender.waitText("#cost", "It asks once", 30*time.Second)
	sender.run("choosing to upload once", 20*time.Second, chromedp.Click(chromedp.CSS("#light")))
	sender.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
	w.confirm()
	link := strings.TrimSpace(sender.waitText(id("link"), "/open#", time.Minute))

	recipient := startProfile(t)
	recipient.visit(d.base, link)
	sameFiles(t, recipient.saveAll(time.Minute), files.hashes())
	recipient.noProblems()

	// Later, in a page that was loaded anew, from the list of what was sent.
	sender.run("coming back", 20*time.Second, chromedp.Navigate(d.base+"/"), chromedp.WaitVisible(chromedp.CSS("#mine")), chromedp.Click(chromedp.CSS("#mine summary")))
	w.done = 0
	sender.run("withdrawing", 20*time.Second, chromedp.Click(chromedp.CSS("#mine [data-withdraw]")), chromedp.Click(chromedp.CSS(`#ask-withdraw button[value="yes"]`)))
	w.confirm()
	sender.waitTrue(`document.getElementById("mine").hidden`, time.Minute)
	late := startProfile(t)
	late.visit(d.base, link)
	late.waitText(id("error"), "withdrew", time.Minute)
	sender.noProblems()
}
