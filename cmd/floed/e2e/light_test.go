package e2e

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"floe/crypto"
	"floe/server/api"
)

// TestLight: with the switch for slow connections on, everything goes up once,
// and comes out the same; the map of nodes fills as ever.
func TestLight(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	wire := startProxy(t, d)
	d.node(3, "stop")
	files := parcel(41)
	sender := startProfile(t)
	sender.drop(wire.base, files)
	sender.run("turning the switch", 20*time.Second,
		chromedp.Click(chromedp.CSS("#options summary")),
		chromedp.WaitVisible(chromedp.CSS("#light")),
		chromedp.Click(chromedp.CSS("#light")))
	if words := sender.text("#options-words"); !strings.Contains(words, "uploaded once") {
		t.Errorf("the summary says %q", words)
	}
	before := len(wire.seen())
	began := time.Now()
	link := sender.send(2 * time.Minute)
	t.Logf("20 MiB from Send to link: %v", time.Since(began).Round(time.Millisecond))
	sender.noProblems()

	whole, err := crypto.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	blobs, _ := onLedger(t, d.base, whole.Parcel)
	up, sealed, posts := 0, 0, 0
	for _, r := range wire.seen()[before:] {
		up += len(r.raw)
		if strings.HasPrefix(r.uri, api.PathBlobs) {
			_, rest, _ := bytes.Cut(r.raw, []byte("Content-Length: "))
			digits, _, _ := bytes.Cut(rest, []byte("\r\n"))
			n, err := strconv.Atoi(string(digits))
			if err != nil {
				t.Fatalf("an upload of unknown length: %v", err)
			}
			sealed += n
			posts++
		}
		if strings.HasPrefix(r.uri, api.PathStore) {
			t.Errorf("slivers go up: %s", r.uri)
		}
	}
	t.Logf("%d bytes up for %d sealed, in %d uploads", up, sealed, posts)
	if posts != len(blobs) || sealed < 20<<20 || up > sealed*105/100 {
		t.Errorf("%d bytes went up for %d sealed, in %d uploads of %d blobs", up, sealed, posts, len(blobs))
	}
	recipient := startProfile(t)
	recipient.visit(wire.base, link)
	sameFiles(t, recipient.saveAll(2*time.Minute), files.hashes())
	recipient.noProblems()
}

// TestLightCancelled: an upload that is under way ends when its sender says so,
// and the same files can be sent after it.
func TestLightCancelled(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	wire := startProxy(t, d)
	sender := startProfile(t)
	hold, held := make(chan struct{}), make(chan struct{}, 8)
	letGo := sync.OnceFunc(func() { close(hold) })
	t.Cleanup(letGo)
	wire.tell(func(path string, body []byte) ([]byte, error) {
		if strings.HasPrefix(path, api.PathBlobs) {
			held <- struct{}{}
			<-hold
		}
		return body, nil
	})
	sender.drop(wire.base, tree{"a.bin": noise(300_000, 44)})
	sender.run("turning the switch", 20*time.Second,
		chromedp.Click(chromedp.CSS("#options summary")), chromedp.Click(chromedp.CSS("#light")), chromedp.Click(id("send")))
	<-held
	sender.waitTrue(`document.querySelector("#amount").textContent.includes("uploaded")`, 10*time.Second)
	sender.run("pressing Cancel", 10*time.Second, chromedp.Click(chromedp.CSS("#cancel")))
	sender.run("meaning it", 10*time.Second, chromedp.WaitVisible(chromedp.CSS("dialog[open] button[value=yes]")), chromedp.Click(chromedp.CSS("dialog[open] button[value=yes]")))
	sender.waitTrue(`document.querySelector("[data-testid=send]").checkVisibility()`, 20*time.Second)
	letGo()
	wire.tell(nil)
	link := sender.send(time.Minute)
	sameFiles(t, newPerson(t, d.base).open(link), tree{"a.bin": noise(300_000, 44)}.hashes())
}

// TestLightOverALyingRelay: a relay that stored something else, or nothing, has
// no certificate that the page accepts; no link appears.
func TestLightOverALyingRelay(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	wire := startProxy(t, d)
	alice := newPerson(t, wire.base)
	wire.tell(inJSON(api.PathCertificate, func(c *api.CertificateResponse) { c.Certificates[0].Message[9] ^= 1 }))
	dir := tree{"a.bin": noise(50_000, 43)}.write(t)
	if out, complaint, code := alice.try("send", "-light", dir); code != exitLiar || out != "" {
		t.Errorf("floe ends with %d and %q: %s", code, out, complaint)
	}
	wire.tell(nil)
	link := alice.send(tree{"a.bin": noise(50_000, 43)}, "-light")
	sameFiles(t, newPerson(t, d.base).open(link), tree{"a.bin": noise(50_000, 43)}.hashes())
}
