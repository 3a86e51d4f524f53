package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// What a page may take to show itself. Where nothing else keeps the machine
// busy, a phone on a slow network takes 1000 ms of maxPaintMS, and a computer
// has no task of 50 ms.
const (
	maxFirstBytes = 60_000
	maxPaintMS    = 2500
	maxTaskMS     = 200
)

// slowly makes the browser what Lighthouse takes for a phone: a quarter of the
// speed, 1.6 Mbit/s, 150 ms to the server and back.
func (p *profile) slowly(on bool) {
	p.t.Helper()
	cpu, net := 1.0, network.Conditions{DownloadThroughput: -1, UploadThroughput: -1}
	if on {
		cpu, net = 4, network.Conditions{Latency: 150, DownloadThroughput: 1.6e6 / 8, UploadThroughput: 0.75e6 / 8}
	}
	if _, err := chromedp.Call(p.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: cpu}); err != nil {
		p.t.Fatal(err)
	}
	_, err := chromedp.Call(p.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{&net}})
	if err != nil {
		p.t.Fatal(err)
	}
}

// load is how a page came to be shown.
type load struct {
	Paint float64   // ms to the largest contentful paint
	Tasks []float64 // ms that each long task took
	Bytes int       // of HTML, style sheets and modules, as they were sent
	Again int       // how many of them came over the network
}

const measured = `new Promise((resolve) => {
	const got = { Paint: 0, Tasks: [] };
	new PerformanceObserver((list) => { for (const e of list.getEntries()) got.Paint = e.startTime; }).observe({ type: "largest-contentful-paint", buffered: true });
	new PerformanceObserver((list) => { for (const e of list.getEntries()) got.Tasks.push(e.duration); }).observe({ type: "longtask", buffered: true });
	setTimeout(() => {
		const page = performance.getEntriesByType("navigation")[0];
		const named = new Set([...document.querySelectorAll("link[rel=stylesheet], link[rel=modulepreload], script[src]")].map((e) => e.href || e.src));
		const parts = performance.getEntriesByType("resource").filter((e) => named.has(e.name));
		got.Bytes = parts.reduce((sum, e) => sum + e.encodedBodySize, page.encodedBodySize);
		got.Again = parts.filter((e) => e.transferSize > 0).length;
		resolve(got);
	}, 700);
})`

// TestFirstLoad: each page is small, shows itself soon on a phone, never keeps
// a computer busy, and comes from the browser's own store the next time.
func TestFirstLoad(t *testing.T) {
	d := startDaemon(t)
	p := startBrowser(t)
	for _, path := range []string{"/", "/open", "/network", "/safe"} {
		visit := func() load {
			p.run("loading "+path, time.Minute, chromedp.Navigate("about:blank"), chromedp.Navigate(d.base+path))
			return eval[load](p, measured)
		}
		p.slowly(true)
		slow := visit()
		p.slowly(false)
		again := visit()
		t.Logf("%s: %d bytes, painted after %.0f ms, long tasks %.0f on a phone and %.0f on this machine", path, slow.Bytes, slow.Paint, slow.Tasks, again.Tasks)
		if slow.Bytes > maxFirstBytes || slow.Bytes == 0 {
			t.Errorf("%s takes %d bytes, at most %d are allowed", path, slow.Bytes, maxFirstBytes)
		}
		if slow.Paint > maxPaintMS || slow.Paint == 0 {
			t.Errorf("%s is painted after %.0f ms, at most %d are allowed", path, slow.Paint, maxPaintMS)
		}
		for _, ms := range again.Tasks {
			if ms > maxTaskMS {
				t.Errorf("%s keeps its thread busy for %.0f ms", path, ms)
			}
		}
		if again.Again > 0 {
			t.Errorf("%s asked for %d of its parts once more", path, again.Again)
		}
	}
	p.noProblems()
}

// startProxy is a way to the server on which meddle may answer instead.
func (d *daemon) startProxy(meddle func(w http.ResponseWriter, r *http.Request) (answered bool)) string {
	d.t.Helper()
	target, err := url.Parse(d.base)
	if err != nil {
		d.t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !meddle(w, r) {
			r.Host = target.Host
			proxy.ServeHTTP(w, r)
		}
	}))
	d.t.Cleanup(s.Close)
	return s.URL
}

// TestDropBeforeEngine: what is dropped while the page's other modules and the
// engine are still on their way is kept, listed and can be sent.
func TestDropBeforeEngine(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	held := make(chan struct{})
	free := sync.OnceFunc(func() { close(held) })
	base := d.startProxy(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/home.js") || strings.Contains(r.URL.Path, "/dist/") {
			<-held
		}
		return false
	})
	t.Cleanup(free) // before the proxy is closed
	p := startProfile(t)
	p.run("painting", 30*time.Second, chromedp.Navigate("about:blank"), chromedp.Evaluate[chromedp.Void](fmt.Sprintf("void (location.href = %q)", base+"/")))
	p.waitText(id("drop"), "Choose files", 30*time.Second)
	p.waitTrue(`performance.getEntriesByType("resource").filter((e) => /(start|drop|files|dom|names)\.js$/.test(e.name)).length >= 5`, 30*time.Second)
	p.dropEarly()
	if eval[bool](p, `document.querySelector("[data-testid=send]").checkVisibility()`) {
		t.Fatal("home.js wasn't held back")
	}
	free()
	p.waitText(id("send"), "Send 1 file", 30*time.Second)
	p.noProblems()
}

// dropEarly drops a small file on the page, once its first module runs.
func (p *profile) dropEarly() {
	p.t.Helper()
	eval[bool](p, `new Promise((done) => setTimeout(() => {
		const data = new DataTransfer();
		data.items.add(new File(["early"], "early.txt"));
		done(!document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })));
	}, 300))`)
}

// TestPageOlderThanServer: a page whose server was updated before the engine
// was fetched says so.
func TestPageOlderThanServer(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	for _, gone := range []string{"/engine.js", "/worker.js"} {
		var updated atomic.Bool
		base := d.startProxy(func(w http.ResponseWriter, r *http.Request) bool {
			if updated.Load() && strings.HasPrefix(r.URL.Path, "/static/") || strings.HasSuffix(r.URL.Path, gone) {
				r.URL.Path = "/static/" + strings.Repeat("A", 22) + "/js/home.js" // another version's
				updated.Store(true)
			}
			return false
		})
		p := startProfile(t)
		p.run("loading", 30*time.Second, chromedp.Navigate(base+"/"), chromedp.WaitVisible(id("drop")))
		p.waitTrue(`performance.getEntriesByType("resource").some((e) => e.name.endsWith("/home.js"))`, 30*time.Second)
		p.dropEarly()
		p.waitText(id("send"), "Send 1 file", 30*time.Second)
		p.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
		p.waitText(id("error"), "This page is out of date.", 30*time.Second)
	}
}
