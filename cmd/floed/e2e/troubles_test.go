package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"floe/crypto"
)

// TestTroubles walks through what can be wrong with a link; each has words of
// its own, and none of them is a page error.
func TestTroubles(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	files := tree{"letter.txt": []byte("Dear reader,\n"), "picture.png": picture(t)}
	sender := startProfile(t)
	sender.drop(d.base, files)
	link := sender.send(time.Minute)
	whole, err := crypto.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	other := crypto.Link{Parcel: whole.Parcel, Secret: crypto.NewSecret(false)}
	foreign := crypto.Link{Parcel: [32]byte{1, 2, 3}, Secret: crypto.NewSecret(false)}
	dot := strings.LastIndex(link, ".")
	address, secret := link[:dot], link[dot+1:]

	reader := startProfile(t)
	for _, c := range []struct{ name, link, title string }{
		{"cut", link[:len(link)-5], "The end of the link is missing."},
		{"a wrong character", address + "." + flip(secret), "The link has a mistake in it."},
		{"no secret", address, "The last part of the link is missing."},
		{"another link's secret", other.URL(d.base), "opens nothing"},
		{"another parcel's ID", foreign.URL(d.base), "There is no such parcel."},
		{"nothing at all", d.base + "/open", "Open what you were sent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := reader.in(t)
			p.visit(d.base, c.link)
			t.Logf("the page says: %s", p.waitText("main", c.title, time.Minute))
			p.noProblems()
		})
	}

	t.Run("pasted after all", func(t *testing.T) {
		p := reader.in(t)
		p.visit(d.base, address)
		p.waitText("main", "The last part of the link is missing.", time.Minute)
		p.run("pasting the whole link", 20*time.Second,
			fill("[data-testid=error] input", link),
			chromedp.KeyEvent("\r"))
		p.waitText(id("open-list"), "letter.txt", time.Minute)
		p.noProblems()
	})

	t.Run("withdrawn", func(t *testing.T) {
		sender.run("withdrawing", 20*time.Second,
			chromedp.Click(chromedp.CSS("#withdraw")),
			chromedp.WaitVisible(chromedp.CSS("#ask-withdraw")),
			chromedp.Click(chromedp.CSS(`#ask-withdraw button[value="yes"]`)))
		sender.waitText("main", "no longer opens anything", time.Minute)
		p := startProfile(t)
		p.visit(d.base, link)
		t.Logf("the page says: %s", p.waitText("main", "The sender withdrew this.", time.Minute))
		p.noProblems()
		sender.noProblems()
	})
}

// TestPassphrase: the link alone doesn't open, a wrong passphrase says so and
// uses nothing up, the right one opens.
func TestPassphrase(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	files := tree{"letter.txt": []byte("Dear reader,\n")}
	sender := startProfile(t)
	sender.drop(d.base, files)
	sender.run("setting a passphrase", 30*time.Second,
		chromedp.Click(chromedp.CSS("#options summary")),
		chromedp.Click(chromedp.CSS("#passphrase-on")),
		chromedp.WaitVisible(id("passphrase")))
	sixWords := sender.waitText(id("passphrase"), " ", 20*time.Second)
	if n := len(strings.FieldsFunc(sixWords, func(r rune) bool { return r == ' ' || r == '-' })); n != 6 {
		t.Errorf("the page offers %d random words, want 6", n)
	}
	sender.run("writing another", 30*time.Second,
		fill(id("passphrase"), "gr\u00fc\u00dfe aus dem hafen"))
	link := sender.send(2 * time.Minute)

	p := startProfile(t)
	p.visit(d.base, link)
	p.run("seeing the field", time.Minute, chromedp.WaitVisible(id("passphrase")))
	p.run("a wrong passphrase", time.Minute,
		chromedp.SendKeys(id("passphrase"), "something else"), chromedp.Click(chromedp.CSS("#unlock-go")))
	t.Logf("the page says: %s", p.waitText("main", "That passphrase does not", time.Minute))
	p.waitTrue(`document.activeElement.id === "passphrase" && !document.querySelector("#unlock-go").disabled`, 20*time.Second)
	// The same words typed with combining characters are the same passphrase.
	p.run("the right passphrase", time.Minute,
		fill(id("passphrase"), "gru\u0308\u00dfe aus dem hafen"),
		chromedp.KeyEvent("\r"))
	p.waitText(id("open-list"), "letter.txt", time.Minute)
	sameFiles(t, p.saveAll(time.Minute), files.hashes())
	p.noProblems()
	sender.noProblems()
}

// flip changes one character in the middle of a secret.
func flip(secret string) string {
	b := []byte(secret)
	if b[20] == 'A' {
		b[20] = 'B'
	} else {
		b[20] = 'A'
	}
	return string(b)
}
