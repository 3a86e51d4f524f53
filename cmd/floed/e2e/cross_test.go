package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"floe/crypto"
)

// TestPageAndFloe: what one of them sends, the other opens.
func TestPageAndFloe(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	page := startProfile(t)
	files := tree{
		"harbour.bin":          noise(300_000, 50),
		"отчёт за ноябрь.txt":  []byte("Прибыль выросла.\n"),
		"empty.dat":            {},
		"photos/dawn.txt":      []byte("a folder keeps its path\n"),
		"photos/日の出/empty.txt": {},
	}
	wrong := writeFile(t, "something else\n")

	t.Run("page to floe", func(t *testing.T) {
		page.in(t).drop(d.base, files)
		link := page.send(time.Minute)
		sameFiles(t, newPerson(t, d.base).open(link), files.hashes())
	})
	t.Run("floe to page", func(t *testing.T) {
		link := newPerson(t, d.base).send(files)
		page.in(t).visit(d.base, link)
		page.clearDownloads()
		sameFiles(t, page.saveAll(time.Minute), files.hashes())
	})
	t.Run("page to floe, with a passphrase", func(t *testing.T) {
		page.in(t).drop(d.base, files)
		page.run("setting a passphrase", 30*time.Second,
			chromedp.Click(chromedp.CSS("#options summary")),
			chromedp.Click(chromedp.CSS("#passphrase-on")),
			chromedp.WaitVisible(id("passphrase")))
		words := page.waitText(id("passphrase"), " ", 20*time.Second)
		link := page.send(time.Minute)
		p := newPerson(t, d.base)
		p.refused(t, link, "need a passphrase")
		p.refused(t, link, "does not open these files", "-passphrase-file", wrong)
		sameFiles(t, p.open(link, "-passphrase-file", writeFile(t, words+"\n")), files.hashes())
	})
	t.Run("floe to page, with a passphrase", func(t *testing.T) {
		link := newPerson(t, d.base).send(files, "-passphrase-file", writeFile(t, "zwölf Möwen\n"))
		page.in(t).visit(d.base, link)
		page.run("seeing the field", time.Minute, chromedp.WaitVisible(id("passphrase")))
		page.run("a wrong passphrase", time.Minute, fill(id("passphrase"), "something else"), chromedp.KeyEvent("\r"))
		page.waitText("main", "That passphrase does not open", time.Minute)
		page.waitTrue(`document.activeElement.id === "passphrase" && !document.querySelector("#unlock-go").disabled`, 20*time.Second)
		page.run("the right passphrase", time.Minute, fill(id("passphrase"), "zwo\u0308lf Mo\u0308wen"), chromedp.KeyEvent("\r"))
		page.clearDownloads()
		sameFiles(t, page.saveAll(time.Minute), files.hashes())
	})
	page.in(t).noProblems()
}

// TestToAPerson: the link has no secret, and opens for whom it was sent to. To
// everybody else it says that it lacks something, and that it may be meant for
// another.
func TestToAPerson(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	bob, eve := startBrowser(t), startProfile(t)
	files := tree{"letter.txt": []byte("For you alone.\n"), "plan.txt": []byte("The plan.\n")}

	t.Run("floe to a page", func(t *testing.T) {
		recipient := bob.in(t).copyRecipient(d.base)
		link := newPerson(t, d.base).send(files, "-to", recipient)
		secretless(t, link)
		bob.visit(d.base, link)
		sameFiles(t, bob.saveAll(time.Minute), files.hashes())
		eve.in(t).visit(d.base, link)
		t.Logf("the page says: %s", eve.waitText(id("error"), "to somebody by name", time.Minute))
		if shown := eve.text(id("open-list")); shown != "" {
			t.Errorf("somebody else sees %q", shown)
		}
		newPerson(t, d.base).refused(t, link, "sent to somebody else")
	})
	t.Run("page to floe", func(t *testing.T) {
		carol := newPerson(t, d.base)
		recipient := carol.floe("identity")
		bob.in(t).drop(d.base, files)
		bob.run("naming Carol", 30*time.Second,
			chromedp.Click(chromedp.CSS("#options summary")),
			chromedp.Click(chromedp.CSS("#who-named")),
			chromedp.SetValue(chromedp.CSS("#recipient"), recipient),
			chromedp.Click(chromedp.CSS("#recipient-add")))
		link := bob.send(time.Minute)
		secretless(t, link)
		sameFiles(t, carol.open(link), files.hashes())
		newPerson(t, d.base).refused(t, link, "sent to somebody else")
		bob.visit(d.base, link) // who sent it can open it, too
		bob.clearDownloads()
		sameFiles(t, bob.saveAll(time.Minute), files.hashes())
	})
	bob.in(t).noProblems()
	eve.in(t).noProblems()
}

// copyRecipient presses "Copy my recipient" and returns what is on the clipboard.
func (p *profile) copyRecipient(base string) string {
	p.t.Helper()
	_, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "clipboard-read"},
		Setting:    browser.PermissionSettingGranted,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.drop(base, tree{"any.txt": []byte("any")})
	p.run("copying the recipient", 30*time.Second,
		chromedp.Click(chromedp.CSS("#options summary")),
		chromedp.Click(chromedp.CSS("#who-named")),
		chromedp.Click(chromedp.CSS("#recipient-mine")))
	p.waitText("#recipient-mine", "Copied", 20*time.Second)
	return eval[string](p, "navigator.clipboard.readText()")
}

// refused wants floe open to say that the link doesn't open, and why.
func (p *person) refused(t *testing.T, link, why string, flags ...string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	_, complaint, code := p.try(append(append([]string{"open", "-o", dir}, flags...), link)...)
	if code != 3 || !strings.Contains(complaint, why) {
		t.Errorf("exit status %d and %q, want 3 and %q", code, complaint, why)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("it has written something")
	}
}

// secretless checks that a link is one that carries no secret.
func secretless(t *testing.T, text string) {
	t.Helper()
	link, err := crypto.ParseLink(text)
	if err != nil || link.Secret != nil {
		t.Errorf("a link to a person has a secret (%v)", err)
	}
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
