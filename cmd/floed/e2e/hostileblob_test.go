package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// What a hostile page does as soon as it may run: it shows that it ran, and
// spends the WAL of whoever runs the publisher beside it.
const hostilePage = `<!doctype html><title>quiet</title><body>a page out of a quilt
<script>document.title = "it ran"; fetch("/v1/blobs", {method: "PUT", body: "spent"})</script>
<img src=x onerror="document.title = 'it ran'"><svg onload="document.title = 'it ran'"></svg>`

// freeAddress is one where nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// storeQuilt stores one file with a content type and returns its patch ID.
func storeQuilt(t *testing.T, at, contentType, content string) string {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("page", "page")
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = w.WriteField("_metadata", fmt.Sprintf(`[{"identifier":"page","tags":{"content-type":%q}}]`, contentType))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest("PUT", at+"/v1/quilts", &form)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		StoredQuiltBlobs []struct{ QuiltPatchID string }
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || len(answer.StoredQuiltBlobs) != 1 {
		t.Fatalf("status %d: %v", res.StatusCode, err)
	}
	return answer.StoredQuiltBlobs[0].QuiltPatchID
}

// TestHostileBlob: a page that somebody stored on Walrus is shown by the
// aggregator, but nothing in it runs, and its origin is nobody's.
func TestHostileBlob(t *testing.T) {
	t.Parallel()
	listen := freeAddress(t)
	startDaemon(t, "-aggregator", "local", "-publisher", "local", "-daemon-listen", listen)
	at := "http://" + listen
	victim := startBrowser(t)
	victim.setExcuse(func(string) bool { return true }) // the browser says what it blocks
	for _, contentType := range []string{"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"} {
		content := hostilePage
		if contentType != "text/html" {
			content = `<svg xmlns="http://www.w3.org/2000/svg"><title>quiet</title><script>document.title = "it ran"; document.documentElement.setAttribute("ran", "1")</script></svg>`
		}
		patch := storeQuilt(t, at, contentType, content)
		victim.run("seeing the page", 30*time.Second, chromedp.Navigate(at+"/v1/blobs/by-quilt-patch-id/"+patch))
		time.Sleep(300 * time.Millisecond)
		if got := eval[string](victim, `document.contentType + " " + window.origin`); got != contentType+" null" {
			t.Errorf("%s is shown as %q", contentType, got)
		}
		if eval[bool](victim, `document.title === "it ran" || document.documentElement.hasAttribute("ran")`) {
			t.Errorf("a script ran in %s", contentType)
		}
	}
}

// TestOtherSitesAndTheDaemon: pages of other sites use an aggregator that is
// open to all, with ranges, and nothing that trusts this machine.
func TestOtherSitesAndTheDaemon(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>another site</title>")
	}))
	defer site.Close()
	const use = `(async () => {
		const said = async (path, options) => {
			try { const r = await fetch(%q + path, options); return r.status + " " + (r.headers.get("content-range") ?? "") + " " + (await r.text()).length; }
			catch { return "blocked"; }
		};
		return [
			await said("/v1/blobs/by-quilt-patch-id/" + %q),
			await said("/v1/blobs/by-quilt-patch-id/" + %q, {headers: {Range: "bytes=-4"}}),
			await said("/v1/blobs", {method: "PUT", body: "spent"}),
			await said("/v1/tip-config"),
			await said("/v1/blob-upload-relay?blob_id=x", {method: "POST", body: "x"}),
		].join(", ");
	})()`
	for mode, want := range map[string]string{
		"all":   "200  10, 206 bytes 6-9/10 4, blocked, blocked, blocked",
		"local": "blocked, blocked, blocked, blocked, blocked",
	} {
		listen := freeAddress(t)
		startDaemon(t, "-aggregator", mode, "-publisher", "local", "-upload-relay", "local", "-daemon-listen", listen)
		at := "http://" + listen
		patch := storeQuilt(t, at, "text/plain", "0123456789")
		visitor := startBrowser(t)
		visitor.setExcuse(func(string) bool { return true }) // the browser says what it blocks
		visitor.run("seeing another site", 30*time.Second, chromedp.Navigate(site.URL))
		if got := eval[string](visitor, fmt.Sprintf(use, at, patch, patch)); got != want {
			t.Errorf("-aggregator %s: %s, want %s", mode, got, want)
		}
	}
}
