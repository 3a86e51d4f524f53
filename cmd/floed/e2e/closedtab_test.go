package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestClosedTab: whoever left the page before copying the link finds it on the
// home page, and can take it back from there.
func TestClosedTab(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	sender := startBrowser(t)
	sender.run("seeing the home page", 30*time.Second, chromedp.Navigate(d.base+"/"))
	sender.waitTrue(`document.getElementById("mine").hidden`, 20*time.Second)
	sender.drop(d.base, tree{"letter.txt": []byte("Dear reader,\n")})
	link := sender.send(time.Minute)

	sender.run("seeing the home page", 30*time.Second, chromedp.Navigate(d.base+"/"))
	sender.run("opening the list", time.Minute,
		chromedp.Click(chromedp.CSS("#mine summary"))) // waits until it is to be seen
	sender.waitText("#mine-list", "letter.txt", 20*time.Second)
	eval[bool](sender, `navigator.clipboard.writeText = async (text) => { window.copied = text; }, true`)
	sender.run("copying the link", 20*time.Second, chromedp.Click(chromedp.CSS("#mine-list [data-copy]")))
	sender.waitTrue(`Boolean(window.copied)`, 20*time.Second)
	if copied := eval[string](sender, `window.copied`); copied != link {
		t.Errorf("copied %q, want %q", copied, link)
	}
	sender.run("withdrawing", 20*time.Second,
		chromedp.Click(chromedp.CSS("#mine-list [data-withdraw]")),
		chromedp.WaitVisible(chromedp.CSS("#ask-withdraw")),
		chromedp.Click(chromedp.CSS(`#ask-withdraw button[value="yes"]`)))
	sender.waitTrue(`document.getElementById("mine").hidden`, time.Minute)

	reader := startProfile(t)
	reader.visit(d.base, link)
	reader.waitText("main", "The sender withdrew this.", time.Minute)
	reader.noProblems()
	sender.noProblems()
}
