package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// require skips loudly where something is missing, and fails instead when
// FLOE_REQUIRE names it.
func require(t *testing.T, what string, present bool, hint string) {
	t.Helper()
	if present {
		return
	}
	if slices.Contains(strings.Split(os.Getenv("FLOE_REQUIRE"), ","), what) {
		t.Fatalf("%s is missing and FLOE_REQUIRE asks for it; hint: %s", what, hint)
	}
	t.Skipf("SKIPPED, NOT TESTED: %s is missing; hint: %s", what, hint)
}

func chromium(t *testing.T) string {
	t.Helper()
	path, err := chromiumPath()
	require(t, "browser", err == nil, "apt-get install chromium")
	return path
}

func chromiumPath() (path string, err error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err = exec.LookPath(name); err == nil {
			break
		}
	}
	return path, err
}

// profile is a person, or a machine, at a browser with an empty profile: storage,
// downloads and what pages complain of are hers alone.
type profile struct {
	t         *testing.T
	ctx       context.Context
	downloads string

	mu       sync.Mutex
	origins  map[string]bool // that her page has been at; nil: nobody else uses the process
	problems []string        // page errors, CSP violations and console errors
	excuse   func(problem string) bool
}

// startProfile gives a person a browser context in the process that all tests
// share. Nothing of hers is written to a disk, and she has few resources but time:
// see shared. Who stores much, closes tabs, uses the clipboard or wants flags
// takes startBrowser.
func startProfile(t *testing.T) *profile {
	t.Helper()
	chromium(t)
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return c.join(t, chromedp.WithNewBrowserContext())
}

// startBrowser gives a person a process of her own, with an ordinary profile.
func startBrowser(t *testing.T, options ...chromedp.ExecAllocatorOption) *profile {
	t.Helper()
	c := launch(chromium(t), t.TempDir(), options...)
	t.Cleanup(c.stop)
	return c.join(t)
}

// join has another person use the process.
func (c *chrome) join(t *testing.T, options ...chromedp.ContextOption) *profile {
	t.Helper()
	p := &profile{t: t, downloads: t.TempDir()}
	ctx, leave := c.ctx, func() {}
	if len(options) > 0 {
		p.origins = map[string]bool{}
		ctx, leave = chromedp.NewContext(c.ctx, append(options, chromedp.WithListener(p.watch))...)
	}
	p.ctx = ctx
	c.enter(p)
	t.Cleanup(func() { leave(); c.left(p) })
	messages := chromedp.Console(ctx)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("couldn't start the browser: %v", err)
	}
	_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: p.downloads,
		BrowserContextID: chromedp.FromContext(ctx).BrowserContextID,
	})
	if err != nil {
		t.Fatalf("couldn't name the folder of downloads: %v", err)
	}
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException {
				p.problem(fmt.Sprintf("%s %s %s", m.Source, m, m.URL))
			}
		}
	}()
	return p
}

func (p *profile) problem(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.excuse != nil && p.excuse(text) {
		return
	}
	p.problems = append(p.problems, text)
}

// setExcuse names the problems that are the test's own doing.
func (p *profile) setExcuse(excuse func(string) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.excuse = excuse
}

// noProblems fails the test when a page complained.
func (p *profile) noProblems() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, problem := range p.problems {
		p.t.Errorf("the page complained: %s", problem)
	}
}

// step is one thing a person or the browser does.
type step = chromedp.Action[chromedp.Void]

// run does steps within a time, and shows the page when they don't come true.
func (p *profile) run(what string, within time.Duration, steps ...step) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, within)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v\nThe page says:\n%s\nComplaints: %q", what, err, p.all(), p.complaints())
	}
}

func (p *profile) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.problems)
}

// id selects by data-testid.
func id(name string) chromedp.CSS { return chromedp.CSS(fmt.Sprintf(`[data-testid="%s"]`, name)) }

// eval runs JavaScript in the page and returns its value.
func eval[T any](p *profile, js string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// text returns what a person reads in the first visible element that matches.
func (p *profile) text(selector chromedp.CSS) string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	js := fmt.Sprintf(`(() => { const e = [...document.querySelectorAll(%q)].find(e => e.checkVisibility()); return e ? (e.value || e.innerText || "") : ""; })()`, selector)
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](js))
	if err != nil {
		return "(couldn't read: " + err.Error() + ")"
	}
	return text
}

// all returns what the page says, and what it has folded away.
func (p *profile) all() string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	js := `document.body.innerText + [...document.querySelectorAll("[data-testid=error] details")].map(d => "\nFOLDED: " + d.textContent).join("")`
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](js))
	if err != nil {
		return "(couldn't read: " + err.Error() + ")"
	}
	return text
}

// waitText waits until an element shows words and returns all it says.
func (p *profile) waitText(selector chromedp.CSS, words string, within time.Duration) string {
	p.t.Helper()
	deadline := time.Now().Add(within)
	for {
		got := p.text(selector)
		if got != "" && strings.Contains(strings.ToLower(got), strings.ToLower(words)) {
			return got
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%s doesn't say %q within %v but %q\nThe page says:\n%s\nComplaints: %q", selector, words, within, got, p.all(), p.complaints())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// setFiles puts files into the file input as the picker would.
func setFiles(paths ...string) step {
	return chromedp.SetUploadFiles(id("file-input"), paths, chromedp.NodeReady)
}

// setFolder puts a folder into the folder input.
func setFolder(dir string) step {
	return chromedp.SetUploadFiles(chromedp.CSS("input[webkitdirectory]"), []string{dir}, chromedp.NodeReady)
}

// waitTrue waits until a JavaScript expression is true.
func (p *profile) waitTrue(js string, within time.Duration) {
	p.t.Helper()
	for deadline := time.Now().Add(within); !eval[bool](p, js); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s isn't true within %v\nThe page says:\n%s", js, within, p.all())
		}
	}
}

// fill puts text into a field, as pasting does: typing key by key can't
// produce every character.
func fill(selector chromedp.CSS, text string) step {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
		const field = document.querySelector(%q);
		field.focus();
		field.value = %q;
		field.dispatchEvent(new Event("input", { bubbles: true }));
	})()`, selector, text))
}
