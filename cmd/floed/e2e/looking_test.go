package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
)

// counted counts the bytes of slivers that pass through a proxy.
func (p *proxy) counted() *atomic.Int64 {
	n := new(atomic.Int64)
	p.setLie(func(res *http.Response) error {
		if res.Request.URL.Path == "/api/v1/read" {
			res.Body = &counting{res.Body, n}
		}
		return nil
	})
	return n
}

type counting struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// document is a PDF of some pages that runs a script when it is opened, and
// carries padding that no page needs.
func document(pages, padding int) []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(offsets), fmt.Sprintf(format, args...))
	}
	stream := func(data string) { object("<< /Length %d >>\nstream\n%s\nendstream", len(data), data) }
	b.WriteString("%PDF-1.7\n")
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 5+2*i)
	}
	object("<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\); this.submitForm\\(\"/evil-pdf\"\\)) >> >>")
	object("<< /Type /Pages /Count %d /Kids [ %s] >>", pages, kids.String())
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	stream(string(noise(padding, 90)))
	for i := range pages {
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F 3 0 R >> >> >>", 6+2*i)
		stream(fmt.Sprintf("BT /F 40 Tf 60 700 Td (This is page %d) Tj ET", i+1))
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, off := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", off)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, at)
	return b.Bytes()
}

const metadata = 700_000 // bytes, of one blob: every read of a blob begins with it

const hostileDrawing = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="300" height="200" onload="document.title='owned'; top.postMessage('owned','*'); fetch('/evil-onload')">
<script>document.title = "owned"; try { top.owned = true; localStorage.owned = 1 } catch {} fetch("/evil-script"); new Image().src = "/evil-image"</script>
<image xlink:href="/evil-href" width="10" height="10"/><style>@import url(/evil-import); rect { fill: url(/evil-fill) }</style>
<foreignObject width="100" height="100"><iframe xmlns="http://www.w3.org/1999/xhtml" src="/evil-frame"></iframe><form xmlns="http://www.w3.org/1999/xhtml" action="/evil-form"></form></foreignObject>
<rect width="300" height="200" fill="teal"/></svg>`

const hostileMarkup = `<!doctype html><script>document.title = "owned"; top.owned = true; fetch("/evil-html")</script><img src="/evil-img" onerror="document.title = 'owned'">`

// stopServiceWorkers stops them, as browsers do whenever they like.
func (p *profile) stopServiceWorkers() {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, serviceworker.Enable, cdp.Empty{}); err != nil {
		p.t.Fatal(err)
	}
	if _, err := chromedp.Call(p.ctx, serviceworker.StopAllWorkers, cdp.Empty{}); err != nil {
		p.t.Fatal(err)
	}
}

// seek moves what plays in the page to 90 %, from where it has begun, and holds
// against what is shown the bytes that were fetched: of a medium of so many bytes a
// second, of which n counts those fetched, and which takes extra to begin with.
func (p *profile) seek(media string, n *atomic.Int64, rate float64, extra int64) {
	p.t.Helper()
	shown := func() float64 {
		time.Sleep(500 * time.Millisecond) // what the browser asks for ahead has come
		return rate * eval[float64](p, `(() => { const { buffered } = `+media+`; let sum = 0; for (let i = 0; i < buffered.length; i++) sum += buffered.end(i) - buffered.start(i); return sum })()`)
	}
	eval[bool](p, media+`.pause(), true`)
	first := shown()
	before := n.Load()
	p.t.Logf("at the beginning: %d bytes fetched, %.0f shown", before, first)
	took := eval[float64](p, `(async () => { const media = `+media+`; const began = performance.now();
		const there = new Promise((resolve) => { media.onseeked = () => resolve(performance.now() - began) });
		media.currentTime = 0.9 * media.duration; return there })()`)
	if took > 3000 {
		p.t.Errorf("seeking took %.0f ms", took)
	}
	eval[bool](p, `(async () => { const media = `+media+`; media.muted = true; await media.play(); return true })()`)
	p.waitTrue(media+`.currentTime > 0.9 * `+media+`.duration + 1`, 20*time.Second)
	eval[bool](p, media+`.pause(), true`)
	after := shown()
	fetched := n.Load() - before
	p.t.Logf("seeking to 90 %% took %.0f ms, %d bytes fetched, %.0f shown there", took, fetched, after)
	if float64(fetched) > 2*after+2*metadata || float64(before) > 2*first+float64(extra) {
		p.t.Errorf("%d and %d bytes were fetched to show %.0f and %.0f", before, fetched, first, after)
	}
}

// TestLooking: a sound plays and seeks from the slivers it needs, a PDF is drawn
// from the parts it needs, a text from its beginning; and nothing hostile among
// what is looked at runs in the page, reads it, or asks the network.
func TestLooking(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	through := startProxy(t, d)
	files := tree{
		"rain.wav":          sound(96<<20, 80),
		"report.pdf":        document(30, 12<<20),
		"long.txt":          bytes.Repeat([]byte("All of this is text. Ein Käse. "), 200_000),
		"drawing.svg":       []byte(hostileDrawing),
		"polyglot.png":      []byte(hostileMarkup),
		"drawing.png":       []byte(hostileDrawing),
		"page.html":         []byte(hostileMarkup),
		"broken.pdf":        []byte("%PDF-1.7\n<script>top.owned = true</script>"),
		"noise.mp4":         []byte(hostileMarkup),
		"list.mp4":          []byte("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n/evil-segment.ts\n#EXT-X-ENDLIST\n"),
		"gvs.\u202egnp.svg": []byte(hostileDrawing),
		"\u2066<b>bold.txt": []byte("a name of markup\n"),
	}
	link := newPerson(t, d.base).send(files)
	p := startBrowser(t)
	p.open(through.base, link, "rain.wav")
	requests := len(through.seen())
	close := func() {
		t.Helper()
		p.run("closing it", 10*time.Second, chromedp.Click(chromedp.CSS("#preview form .second")))
		p.waitTrue(`!document.querySelector("#preview-body").childElementCount`, 10*time.Second)
	}

	t.Run("sound", func(t *testing.T) {
		p.in(t)
		n := through.counted()
		p.run("touching the page", 10*time.Second, chromedp.Click(chromedp.CSS("#title"))) // browsers play nothing before that
		p.click("rain.wav", "[data-open]")
		const media = `document.querySelector(".framed iframe")?.contentDocument?.querySelector("audio")`
		p.waitTrue(media+`?.readyState >= 2 && `+media+`.buffered.length > 0`, time.Minute)
		p.seek(media, n, 192_000, 2*metadata)
		p.stopServiceWorkers()
		eval[bool](p, `(async () => { const media = `+media+`; const there = new Promise((resolve) => { media.onseeked = () => resolve(true) }); media.currentTime = 0.5 * media.duration; return there })()`)
		close()
	})
	t.Run("PDF", func(t *testing.T) {
		p.in(t)
		n := through.counted()
		p.click("report.pdf", "[data-open]")
		p.waitTrue(`document.querySelector(".framed iframe.pdf") !== null && !document.querySelector("#preview-body .remark")`, time.Minute)
		t.Logf("%d bytes fetched of a PDF of %d", n.Load(), len(files["report.pdf"]))
		if n.Load() > 6<<20 {
			t.Errorf("%d bytes were fetched to show the first page", n.Load())
		}
		if got := eval[string](p, `document.querySelector(".framed iframe").contentDocument === null ? "no origin" : "ours"`); got != "no origin" {
			t.Errorf("the frame of a PDF is %s", got)
		}
		close()
	})
	t.Run("text", func(t *testing.T) {
		p.in(t)
		n := through.counted()
		p.click("long.txt", "[data-open]")
		p.waitText("#preview-body", "This is the beginning", time.Minute)
		if text := eval[string](p, `document.querySelector("#preview-body pre").textContent`); !strings.HasPrefix(text, "All of this") || strings.Contains(text, "\ufffd") || len(text) < 900_000 {
			t.Errorf("the text is %d bytes", len(text))
		}
		t.Logf("%d bytes fetched of a text of %d", n.Load(), len(files["long.txt"]))
		if n.Load() > 3<<20 {
			t.Errorf("%d bytes were fetched of a text of which a million is shown", n.Load())
		}
		close()
	})
	t.Run("hostile", func(t *testing.T) {
		p.in(t)
		eval[bool](p, `window.heard = []; addEventListener("message", ({ data }) => window.heard.push(data)); true`)
		title := eval[string](p, `document.title`)
		for name, want := range map[string]string{
			"drawing.svg":  `document.querySelector(".framed iframe.drawing") !== null && !document.querySelector("#preview-body .remark")`,
			"polyglot.png": `document.querySelector("#preview-body").innerText.includes("can’t be shown")`,
			"drawing.png":  `document.querySelector("#preview-body").innerText.includes("can’t be shown")`,
			"page.html":    `document.querySelector("#preview-body pre")?.textContent.includes("<script>")`,
			"broken.pdf":   `document.querySelector("#preview-body").innerText.includes("can’t be shown")`,
			"noise.mp4":    `document.querySelector("#preview-body").innerText.includes("can’t play")`,
			"list.mp4":     `document.querySelector("#preview-body").innerText.includes("can’t play")`,
			"gvs.":         `document.querySelector(".framed iframe.drawing") !== null && !document.querySelector("#preview-body .remark")`,
			"<b>bold":      `document.querySelector("#preview-title").innerText.includes("<b>bold")`,
		} {
			p.click(name, "[data-open]")
			p.waitTrue("Boolean("+want+")", 30*time.Second)
			close()
		}
		if got := eval[string](p, `JSON.stringify([document.title, window.owned ?? null, window.heard, localStorage.owned ?? null])`); got != fmt.Sprintf(`[%q,null,[],null]`, title) {
			t.Errorf("afterwards the page is %s", got)
		}
	})
	p.in(t)
	for _, r := range through.seen()[requests:] {
		if strings.Contains(r.uri, "evil") {
			t.Errorf("a file that was looked at asked for %s", r.uri)
		}
		if strings.HasPrefix(r.uri, "/open/read/") && r.uri != "/open/read/player" {
			t.Errorf("the server was asked for %s", r.uri)
		}
	}
	// An address that no page made is answered by nobody.
	p.setExcuse(func(problem string) bool { return strings.Contains(problem, "status of 404") })
	made := `(async () => { const frame = document.createElement("iframe"); frame.src = "/open/read/made.up"; const loaded = new Promise((done) => { frame.onload = done }); document.body.append(frame); await loaded; return frame.contentDocument === null })()`
	if !eval[bool](p, made) {
		t.Error("a token that was made up is answered with something of ours")
	}
	p.noProblems()
}
