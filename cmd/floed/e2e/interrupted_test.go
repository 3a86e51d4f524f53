package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"floe/server/api"
)

// noted is within which time what was acknowledged is in the journal, on a slow
// machine.
const noted = 4 * time.Second

// gate passes requests on, notes which slivers were acknowledged, and holds
// those to nodes back once so many were answered.
type gate struct {
	base string

	mu    sync.Mutex
	left  int           // answers until it closes; negative: it stays open
	shut  chan struct{} // closed while it is open
	acked map[string]time.Time
	ended time.Time // of the tab; zero: not yet
	again []string  // slivers that came though they had been acknowledged long before it ended
}

func startGate(t *testing.T, d *daemon) *gate {
	t.Helper()
	g := &gate{left: -1, shut: make(chan struct{}), acked: map[string]time.Time{}}
	close(g.shut)
	relay := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: d.addr})
			r.Out.Host = r.In.Host
		},
		FlushInterval: -1,
		ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(502) },
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, api.PathStore) {
			relay.ServeHTTP(w, r)
			return
		}
		g.mu.Lock()
		shut := g.shut
		g.mu.Unlock()
		select {
		case <-shut:
		case <-r.Context().Done():
			return
		}
		var body, answer bytes.Buffer
		body.ReadFrom(r.Body)
		r.Body, r.ContentLength = readCloser(&body), int64(body.Len())
		g.came(r.URL.Path, body.Bytes())
		relay.ServeHTTP(&teeing{w, &answer}, r)
		g.answered(r.URL.Path, answer.Bytes())
	}))
	t.Cleanup(srv.Close)
	g.base = srv.URL
	return g
}

type closer struct{ *bytes.Reader }

func (closer) Close() error { return nil }

func readCloser(b *bytes.Buffer) closer { return closer{bytes.NewReader(b.Bytes())} }

// teeing keeps what is answered.
type teeing struct {
	http.ResponseWriter
	kept *bytes.Buffer
}

func (t *teeing) Write(p []byte) (int, error) { t.kept.Write(p); return t.ResponseWriter.Write(p) }

func (t *teeing) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (g *gate) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left = -1
	close(g.shut)
}

// closeAfter closes it after so many answers of nodes.
func (g *gate) closeAfter(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left = n
}

func (g *gate) closed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.left == 0
}

// wait waits until it is closed.
func (g *gate) wait(t *testing.T, sender *profile) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !g.closed(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the nodes didn't answer so often\n%s", sender.all())
		}
	}
}

func slivers(path string, frames []byte, each func(sliver string, status uint16)) {
	for r := bytes.NewReader(frames); ; {
		f, err := api.ReadFrame(r, 1<<30)
		if err != nil {
			return
		}
		each(fmt.Sprintf("%s %x %d %d", path, f.BlobID[:4], f.Kind, f.Index), f.Status)
	}
}

func (g *gate) came(path string, body []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	slivers(path, body, func(s string, _ uint16) {
		if at, ok := g.acked[s]; ok && !g.ended.IsZero() && g.ended.Sub(at) > noted {
			g.again = append(g.again, s)
		}
	})
}

// stood is how many slivers the nodes had long before the tab ended.
func (g *gate) stood() (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, at := range g.acked {
		if g.ended.Sub(at) > noted {
			n++
		}
	}
	return n
}

func (g *gate) answered(path string, answer []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	slivers(path, answer, func(s string, status uint16) {
		if status/100 == 2 {
			g.acked[s] = time.Now()
		}
	})
	if g.left > 0 {
		if g.left--; g.left == 0 {
			g.shut = make(chan struct{})
		}
	}
}

// unsent is how many records of what is being sent the vault holds.
const unsent = `new Promise((resolve, reject) => {
	const opening = indexedDB.open("floe");
	opening.onerror = () => reject(opening.error);
	opening.onsuccess = () => {
		const asked = opening.result.transaction("device").objectStore("device").getAllKeys();
		asked.onsuccess = () => { opening.result.close(); resolve(asked.result.filter((key) => key.startsWith("unsent ")).length); };
	};
})`

// journal is what changes whenever the journal is written.
const journal = `new Promise((resolve, reject) => {
	const opening = indexedDB.open("floe");
	opening.onerror = () => reject(opening.error);
	opening.onsuccess = () => {
		const asked = opening.result.transaction("device").objectStore("device").get("unsent 0 state");
		asked.onsuccess = () => { opening.result.close(); resolve(String(asked.result?.box.iv)); };
	};
})`

// steady waits until the page has nothing more to note.
func steady(p *profile) {
	p.t.Helper()
	last, since := "", time.Now()
	for begun := time.Now(); time.Since(since) < 2*noted; time.Sleep(200 * time.Millisecond) {
		if now := eval[string](p, journal); now != last {
			last, since = now, time.Now()
		}
		if time.Since(begun) > time.Minute {
			p.t.Fatal("the journal is written all the time")
		}
	}
}

// TestInterrupted: the tab is closed in the midst of several segments. The home
// page offers to go on, refuses a file that isn't the same, takes the right one,
// and brings the nodes nothing that they have acknowledged; the link opens.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	wire := startGate(t, d)
	files := tree{"harbour.bin": noise(40<<20, 90), "letter.txt": []byte("planted\n")}
	later := startBrowser(t)
	later.run("seeing the home page", 30*time.Second, chromedp.Navigate(wire.base+"/"))
	sender, closeTab := later.tab()
	dir := files.write(t)
	paths := []string{filepath.Join(dir, "harbour.bin"), filepath.Join(dir, "letter.txt")}
	sender.run("choosing files", 30*time.Second, chromedp.Navigate(wire.base+"/"), chromedp.WaitVisible(id("drop")), setFiles(paths...), chromedp.WaitVisible(id("send")))
	wire.closeAfter(13*4 + 9) // in four parts each, one segment is with all nodes, of the next some have a part or two
	sender.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
	wire.wait(t, sender)
	steady(later)
	if n := eval[int](later, unsent); n != 2 {
		t.Errorf("%d records of what is being sent, want 2", n)
	}
	later.run("looking from another tab", 30*time.Second, chromedp.Navigate(wire.base+"/"))
	later.waitText("body", "no account", 20*time.Second)
	time.Sleep(2 * time.Second) // the engine starts when the page has nothing else to do
	if !eval[bool](later, `document.getElementById("interrupted").hidden`) {
		t.Error("while the tab lives, its parcel is called interrupted")
	}
	closeTab()
	wire.ended = time.Now()
	stood := wire.stood()
	if least := 13 * 17; stood < least { // one segment: metadata and sixteen slivers for each node
		t.Errorf("only %d slivers stood, want %d at least", stood, least)
	}
	wire.pass()

	later.run("coming back", 30*time.Second, chromedp.Navigate(wire.base+"/"))
	says := later.waitText("#interrupted", "Not sent to the end", 30*time.Second)
	t.Logf("the page says: %s", strings.ReplaceAll(says, "\n", " "))
	if !strings.Contains(says, "and 1 more file") {
		t.Errorf("the page doesn't say what was on the way: %q", says)
	}
	later.run("pressing Go on", 20*time.Second, chromedp.Click(chromedp.CSS("#interrupted [data-go-on]")))
	later.waitText("#interrupted", "Choose the same files again", 20*time.Second)
	input := chromedp.CSS("#interrupted input:not([webkitdirectory])")
	other := tree{"harbour.bin": noise(1000, 91)}.write(t)
	later.run("choosing another file of that name", 20*time.Second, chromedp.SetUploadFiles(input, []string{filepath.Join(other, "harbour.bin")}, chromedp.NodeReady))
	later.waitText("#interrupted", "Not the same any more: harbour.bin", 20*time.Second)
	later.run("choosing the files", 20*time.Second, chromedp.SetUploadFiles(input, paths, chromedp.NodeReady))
	link := strings.TrimSpace(later.waitText(id("link"), "/open#", time.Minute))
	if len(wire.again) > 0 {
		t.Errorf("%d of %d slivers that nodes had acknowledged were sent again, such as %s", len(wire.again), stood, wire.again[0])
	}
	t.Logf("%d slivers stood, %d were brought after", stood, len(wire.acked)-stood)
	if n := eval[int](later, unsent); n != 0 {
		t.Errorf("%d records are left of what is sent", n)
	}
	got := newPerson(t, d.base).open(link)
	sameFiles(t, got, files.hashes())
	later.noProblems()
}

// dropHandle drops a file that the page has a handle to, as browsers give one
// with what is dropped from a disk; no browser can be told to do that, so it is a
// file of the origin's own.
const dropHandle = `(async () => {
	const handle = await (await navigator.storage.getDirectory()).getFileHandle("harbour.bin", { create: true });
	const to = await handle.createWritable();
	for (let i = 0; i < 320; i++) await to.write(crypto.getRandomValues(new Uint8Array(65536)));
	await to.close();
	DataTransferItem.prototype.getAsFileSystemHandle = async () => handle;
	const data = new DataTransfer();
	data.items.add(await handle.getFile());
	document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
	return true;
})()`

// TestInterruptedHandle: where the browser gave handles, one press goes on.
func TestInterruptedHandle(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	wire := startGate(t, d)
	later := startBrowser(t)
	later.run("seeing the home page", 30*time.Second, chromedp.Navigate(wire.base+"/"))
	sender, closeTab := later.tab()
	sender.run("seeing the home page", 30*time.Second, chromedp.Navigate(wire.base+"/"), chromedp.WaitVisible(id("drop")))
	eval[bool](sender, dropHandle)
	wire.closeAfter(3)
	sender.run("pressing Send", 30*time.Second, chromedp.WaitVisible(id("send")), chromedp.Click(id("send")))
	wire.wait(t, sender)
	closeTab()
	wire.pass()
	later.run("coming back", 30*time.Second, chromedp.Navigate(wire.base+"/"))
	later.waitText("#interrupted", "harbour.bin", 30*time.Second)
	later.run("pressing Go on", 20*time.Second, chromedp.Click(chromedp.CSS("#interrupted [data-go-on]")))
	link := strings.TrimSpace(later.waitText(id("link"), "/open#", time.Minute))
	want := eval[string](later, `(async () => {
		const file = await (await (await navigator.storage.getDirectory()).getFileHandle("harbour.bin")).getFile();
		const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
		return [...sum].map((b) => b.toString(16).padStart(2, "0")).join("");
	})()`)
	sameFiles(t, newPerson(t, d.base).open(link), map[string]string{"harbour.bin": want})
	later.noProblems()
}
