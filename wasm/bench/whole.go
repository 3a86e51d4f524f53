//go:build !js

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// restingTime is what a page has to come to rest before it is asked for anything.
const restingTime = 3 * time.Second

// leastSpeed, in bytes a second, is that of a machine that hangs.
const leastSpeed = 2e6

// passage is one way of a large file: up from a page, or down into one.
type passage struct {
	Measure       string  `json:"measure"` // "send" or "open"
	Bytes         int64   `json:"bytes"`
	Seconds       float64 `json:"seconds"`
	MBps          float64 `json:"mbps"`
	PageBase      int64   `json:"page_base_mib"`           // renderers before, at rest
	PageOver      int64   `json:"page_over_base_mib"`      // at most, above that
	PageOwn       int64   `json:"page_own_over_base_mib"`  // by measureUserAgentSpecificMemory, at most
	BrowserOver   int64   `json:"browser_over_base_mib"`   // all of Chromium's processes
	PageTenths    []int64 `json:"page_mib_over_time"`      // most in each tenth of the time
	ServerBase    int64   `json:"server_base_mib"`         // relay, ledger and thirteen nodes in one process
	ServerPeak    int64   `json:"server_peak_mib"`         //
	ServerHeap    int64   `json:"server_heap_mib"`         // most that a collection left alive
	ServerTenths  []int64 `json:"server_mib_over_time"`    //
	ServerCPU     float64 `json:"server_cpu_seconds"`      //
	BrowserCPU    float64 `json:"browser_cpu_seconds"`     // all of Chromium's processes
	Busy          float64 `json:"processors_busy"`         // part of all processors' time that both took
	LongestTask   float64 `json:"longest_task_ms"`         // of the page's main thread
	LongTasks     int     `json:"tasks_over_50_ms"`        //
	FirstSeconds  float64 `json:"names_seconds,omitempty"` // until the names of the files are shown
	VerifiedBytes int64   `json:"verified_bytes,omitempty"`
}

// memorable makes Chromium measure memory when asked, not when it finds the time,
// and keep no process in reserve that would be counted.
var memorable = []chromedp.ExecAllocatorOption{
	chromedp.Flag("enable-blink-features", "ForceEagerMeasureMemory"),
	chromedp.Flag("disable-features", "SpareRendererForSitePerProcess"),
}

// traveller is a page of floed's, watched.
type traveller struct {
	*browser
	floed  *floed
	within time.Duration // for what is waited for
	page   *memoryWatch
	all    *memoryWatch
	server *memoryWatch
	begun  time.Time
	cpu    time.Duration // of the server before
	ownCPU time.Duration // of Chromium before
	owned  int64         // the page's own measure before
	own    chan int64    // the most above that, once stop is closed
	stop   chan struct{}
}

func newTraveller(ctx context.Context, f *floed, path string, bytes int64) (*traveller, error) {
	b, err := startBrowser(ctx, f.base+path, memorable...)
	if err != nil {
		return nil, err
	}
	return &traveller{browser: b, floed: f, within: time.Minute + time.Duration(bytes)*time.Second/leastSpeed}, nil
}

// evaluate runs JavaScript in the page.
func evaluate[T any](b *browser, within time.Duration, js string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, within)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
}

// waitFor waits until JavaScript says something other than "", and fails as soon
// as the page shows that something went wrong.
func (t *traveller) waitFor(what, js string) (string, error) {
	const trouble = `(() => { const e = document.querySelector("[data-testid=error]"); return e?.checkVisibility() ? e.innerText + " " + (e.querySelector("details")?.textContent ?? "") : ""; })()`
	for end := time.Now().Add(t.within); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		got, err := evaluate[string](t.browser, time.Minute, js)
		if err != nil || got != "" {
			return got, err
		}
		if words, err := evaluate[string](t.browser, time.Minute, trouble); err != nil || words != "" {
			return "", fmt.Errorf("%s: the page says %q (%v)", what, words, err)
		}
	}
	says, err := evaluate[string](t.browser, time.Minute, `document.body.innerText`)
	return "", errors.Join(fmt.Errorf("%s didn't end in %v; the page says:\n%s", what, t.within, says), err)
}

const pageBytes = `performance.measureUserAgentSpecificMemory().then((m) => m.bytes)`

// watch begins to measure.
func (t *traveller) watch() error {
	_, err := evaluate[bool](t.browser, time.Minute, `globalThis.tasks = [];
		new PerformanceObserver((list) => { for (const e of list.getEntries()) tasks.push(e.duration); }).observe({ type: "longtask" }); true`)
	if err != nil {
		return err
	}
	if t.owned, err = evaluate[int64](t.browser, time.Minute, pageBytes); err != nil {
		return fmt.Errorf("couldn't measure the page's memory: %w", err)
	}
	t.page = watchMemory(func() []int { return t.pids("renderer") })
	t.all = watchMemory(func() []int { return t.pids("") })
	t.server = watchMemory(t.floed.pids)
	t.stop, t.own = make(chan struct{}), make(chan int64, 1)
	go t.watchOwn()
	t.floed.heap.Store(0)
	t.start()
	return nil
}

// start is when the clock begins to run.
func (t *traveller) start() {
	t.cpu, t.ownCPU, t.begun = t.floed.cpu(), cpuOf(t.pids("")), time.Now()
}

// pids are the browser's processes of some type, "" for all.
func (t *traveller) pids(kind string) []int {
	return descendants("--user-data-dir="+t.profile, kind)
}

// watchOwn asks the page now and then: each answer costs a collection of garbage.
func (t *traveller) watchOwn() {
	most := t.owned
	for {
		select {
		case <-t.stop:
			t.own <- most
			return
		case <-time.After(10 * time.Second):
			if now, err := evaluate[int64](t.browser, time.Minute, pageBytes); err == nil {
				most = max(most, now)
			}
		}
	}
}

// result ends the measuring.
func (t *traveller) result(measure string, bytes int64) (p passage, err error) {
	took := time.Since(t.begun)
	p = passage{Measure: measure, Bytes: bytes, Seconds: round(took.Seconds()), MBps: round(float64(bytes) / 1e6 / took.Seconds())}
	server, own := t.floed.cpu()-t.cpu, cpuOf(t.pids(""))-t.ownCPU
	p.ServerCPU, p.BrowserCPU, p.ServerHeap = round(server.Seconds()), round(own.Seconds()), t.floed.heap.Load()>>20
	p.Busy = round((server + own).Seconds() / took.Seconds() / float64(runtime.NumCPU()))
	close(t.stop)
	p.PageOwn = (<-t.own - t.owned) >> 20
	for _, w := range []*memoryWatch{t.page, t.all, t.server} {
		w.end()
	}
	p.PageBase, p.PageOver, p.PageTenths = t.page.Base>>20, (t.page.Peak-t.page.Base)>>20, t.page.tenths()
	p.BrowserOver = (t.all.Peak - t.all.Base) >> 20
	p.ServerBase, p.ServerPeak, p.ServerTenths = t.server.Base>>20, t.server.Peak>>20, t.server.tenths()
	tasks, err := evaluate[[]float64](t.browser, time.Minute, `tasks`)
	for _, ms := range tasks {
		p.LongestTask = max(p.LongestTask, round(ms))
	}
	p.LongTasks = len(tasks)
	return p, err
}

// send sends a file from a page, whole where light and else as slivers, and
// returns its link.
func (t *traveller) send(path string, bytes int64, light bool) (p passage, link string, err error) {
	ctx, cancel := context.WithTimeout(t.ctx, time.Minute)
	defer cancel()
	time.Sleep(restingTime)
	if err := t.watch(); err != nil {
		return p, "", err
	}
	err = chromedp.Do(ctx,
		chromedp.SetUploadFiles(chromedp.CSS(`[data-testid="file-input"]`), []string{path}, chromedp.NodeReady),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid="send"]`)))
	if err != nil {
		return p, "", fmt.Errorf("couldn't choose the file: %w", err)
	}
	if light {
		if _, err := evaluate[bool](t.browser, time.Minute, `document.getElementById("light").click(); true`); err != nil {
			return p, "", fmt.Errorf("couldn't choose to upload once: %w", err)
		}
	}
	t.start()
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`[data-testid="send"]`))); err != nil {
		return p, "", fmt.Errorf("couldn't press Send: %w", err)
	}
	link, err = t.waitFor("sending", `(() => { const e = document.querySelector("[data-testid=link]"); const at = e?.value || e?.innerText || ""; return at.includes("/open#") ? at.trim() : ""; })()`)
	if err != nil {
		return p, "", err
	}
	p, err = t.result("send", bytes)
	return p, link, err
}

// open opens a link and saves what it has into a file that stands in for what a
// picker would give.
func (t *traveller) open(link, path string, bytes int64) (p passage, err error) {
	time.Sleep(restingTime)
	if err := t.watch(); err != nil {
		return p, err
	}
	_, err = evaluate[bool](t.browser, time.Minute, fmt.Sprintf(`globalThis.showSaveFilePicker = async () =>
		(await navigator.storage.getDirectory()).getFileHandle("saved", { create: true });
		location.hash = %q; true`, link[strings.Index(link, "#"):]))
	if err != nil {
		return p, err
	}
	t.start()
	if _, err := t.waitFor("opening", `document.querySelector("[data-testid=save-all]")?.checkVisibility() ? "there" : ""`); err != nil {
		return p, err
	}
	named := time.Since(t.begun)
	ctx, cancel := context.WithTimeout(t.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`[data-testid="save-all"]`))); err != nil {
		return p, fmt.Errorf("couldn't press Save all: %w", err)
	}
	_, err = t.waitFor("saving", `navigator.storage.getDirectory().then((d) => d.getFileHandle("saved")).then((h) => h.getFile()).then((f) => f.size ? "there" : "").catch(() => "")`)
	if err != nil {
		return p, err
	}
	if p, err = t.result("open", bytes); err != nil {
		return p, err
	}
	p.FirstSeconds = round(named.Seconds())
	p.VerifiedBytes, err = sameAsSaved(t.profile, path, bytes)
	return p, err
}

// makeFile writes bytes that nothing can compress.
func makeFile(dir string, bytes int64) (string, error) {
	if err := roomFor(dir, bytes); err != nil {
		return "", err
	}
	f, err := os.Create(filepath.Join(dir, "big.bin"))
	if err != nil {
		return "", err
	}
	defer f.Close()
	noise, b := rand.NewChaCha8([32]byte{1}), make([]byte, 1<<20)
	for left := bytes; left > 0 && err == nil; left -= int64(len(b)) {
		noise.Read(b)
		_, err = f.Write(b[:min(left, int64(len(b)))])
	}
	return f.Name(), err
}
