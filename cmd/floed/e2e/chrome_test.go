package e2e

import (
	"context"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// chrome is a process of the browser, with those who use it.
type chrome struct {
	ctx  context.Context
	stop func()

	mu     sync.Mutex
	people map[*profile]bool
}

// launch prepares a process, which starts when it is first used.
func launch(path, data string, options ...chromedp.ExecAllocatorOption) *chrome {
	r, w := io.Pipe()
	flags := append([]chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless,
		chromedp.UserDataDir(data),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-features", "WebUIOmniboxPopup,WebUIOmniboxAimPopup"), // pages of its own, half of what it takes to start
		chromedp.Flag("enable-logging", "stderr"),
		chromedp.WindowSize(1100, 900),
		chromedp.CombinedOutput(w),
	}, options...)
	alloc, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, cancel := chromedp.NewContext(alloc)
	c := &chrome{ctx: ctx, people: map[*profile]bool{}}
	c.stop = func() { cancel(); stop(); w.Close() }
	go c.watchOutput(r)
	return c
}

// shared is the process that most people use: what starting one takes is more
// than most tests do. It stands still where pages only move, and compiles for
// speed only what runs for long; browsers of their own do all that.
var shared = sync.OnceValues(func() (*chrome, error) {
	path, err := chromiumPath()
	if err != nil {
		return nil, err
	}
	data, err := os.MkdirTemp("", "floe-e2e-chrome")
	if err != nil {
		return nil, err
	}
	c := launch(path, data,
		chromedp.Flag("force-prefers-reduced-motion", true),
		chromedp.Flag("js-flags", "--wasm-tiering-budget=200000000"))
	atEnd.do(func() { c.stop(); os.RemoveAll(data) })
	return c, chromedp.Do(c.ctx)
})

func (c *chrome) enter(p *profile) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.people[p] = true
}

func (c *chrome) left(p *profile) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.people, p)
}

// watchOutput reads the browser's own log, which also has what workers say.
func (c *chrome) watchOutput(r io.Reader) {
	var rest string
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		lines := strings.Split(rest+string(buf[:n]), "\n")
		rest = lines[len(lines)-1]
		for _, line := range lines[:len(lines)-1] {
			if !strings.Contains(line, "CONSOLE") {
				continue
			}
			for _, word := range []string{"Uncaught", "Refused", "violates", "TrustedScript", "panic"} {
				if strings.Contains(line, word) {
					c.tell(line)
					break
				}
			}
		}
		if err != nil {
			return
		}
	}
}

// tell gives a line to those whose page has been where it comes from, or to all
// where it doesn't say.
func (c *chrome) tell(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, source, _ := strings.Cut(line, ", source: ")
	from := originOf(source)
	for p := range c.people {
		if from == "" || p.origins == nil || p.wasAt(from) {
			p.problem("browser log: " + line)
		}
	}
}

// originOf is scheme, host and port of a URL that begins a text, or nothing.
func originOf(text string) string {
	at, _, _ := strings.Cut(text, " ")
	u, err := url.Parse(at)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// watch notes where a page goes.
func (p *profile) watch(event any) {
	if e, ok := event.(*page.EventFrameNavigated); ok {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.origins[originOf(e.Frame.URL)] = true
	}
}

func (p *profile) wasAt(origin string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.origins[origin]
}
