package server

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// ask sends a request and returns the answer with its body read.
func (s *site) ask(method, path string, body any, headers ...string) (*http.Response, []byte) {
	s.t.Helper()
	var in io.Reader
	if raw, ok := body.([]byte); ok {
		in = bytes.NewReader(raw)
	} else if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, in)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, out
}

// want asks and demands a status; of errors it returns the code.
func (s *site) want(status int, method, path string, body any, headers ...string) (code string) {
	s.t.Helper()
	res, out := s.ask(method, path, body, headers...)
	if res.StatusCode != status {
		s.t.Fatalf("%s %s: status %d, want %d: %s", method, path, res.StatusCode, status, out)
	}
	if status < 400 {
		return ""
	}
	var e api.ErrorBody
	if err := json.Unmarshal(out, &e); err != nil || e.Error == nil || e.Error.Message == "" {
		s.t.Fatalf("%s %s: %q is no error body", method, path, out)
	}
	return e.Error.Code
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/", "/open", "/static/js/a.js", "/static/nothing", "/api/v1/network", "/api/v1/nothing", "/nothing", "/healthz", "/favicon.ico"} {
		res, _ := s.ask("GET", path, nil)
		for name, want := range map[string]string{
			"Content-Security-Policy":      contentSecurityPolicy,
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Embedder-Policy": "require-corp",
			"Cross-Origin-Resource-Policy": "same-origin",
			"X-Content-Type-Options":       "nosniff",
			"Strict-Transport-Security":    "",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s: %q, want %q", path, name, got, want)
			}
		}
		if res.Header.Get("Permissions-Policy") == "" {
			t.Errorf("%s: no Permissions-Policy", path)
		}
		if strings.HasPrefix(path, "/api/") && res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, res.Header.Get("Cache-Control"))
		}
	}
	for _, bad := range []string{"unsafe-inline", "unsafe-eval'; ", "data:", "http:", "*"} {
		if strings.Contains(strings.ReplaceAll(contentSecurityPolicy, "'wasm-unsafe-eval'", ""), bad) {
			t.Errorf("the policy allows %q", bad)
		}
	}
	secure := newSite(t, func(c *Config) { c.TLS = true })
	res, _ := secure.ask("GET", "/", nil)
	if hsts := res.Header.Get("Strict-Transport-Security"); hsts == "" || strings.Contains(hsts, "preload") {
		t.Errorf("under TLS: Strict-Transport-Security %q", hsts)
	}
}

func TestPagesAreTheSameForEverybody(t *testing.T) {
	s := newSite(t)
	for path := range s.pages.Load().byPath {
		sums := make(map[[32]byte]bool)
		for i, headers := range [][]string{
			nil,
			{"User-Agent", "Mozilla/5.0"},
			{"Accept-Language", "de"},
			{"Cookie", "a=b"},
			{"X-Forwarded-For", "203.0.113.7"},
			{"Host", "floe.example"},
			{"Accept-Encoding", "br"},
		} {
			p := path
			if i%2 == 1 {
				p += "?x=" + strings.Repeat("y", i)
			}
			res, body := s.ask("GET", p, nil, headers...)
			if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
				t.Fatalf("%s: status %d, %s", p, res.StatusCode, res.Header.Get("Content-Type"))
			}
			if res.Header.Get("Content-Encoding") == "br" {
				var err error
				if body, err = io.ReadAll(brotli.NewReader(bytes.NewReader(body))); err != nil {
					t.Fatal(err)
				}
			}
			if res.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s sets a cookie", p)
			}
			sums[sha256.Sum256(body)] = true
		}
		if len(sums) != 1 {
			t.Errorf("%s has %d faces", path, len(sums))
		}
	}
}

func TestNotFound(t *testing.T) {
	s := newSite(t)
	res, body := s.ask("GET", "/nothing", nil, "Accept", "text/html,*/*")
	if res.StatusCode != 404 || !bytes.Equal(body, s.pages.Load().notFound) {
		t.Errorf("a browser gets status %d and %.40q", res.StatusCode, body)
	}
	if code := s.want(404, "GET", "/nothing", nil); code != api.CodeNotFound {
		t.Error(code)
	}
	if code := s.want(404, "GET", "/api/v1/nothing", nil, "Accept", "text/html"); code != api.CodeNotFound {
		t.Error(code)
	}
	s.want(405, "POST", "/api/v1/network", nil)
}

func TestAssets(t *testing.T) {
	s := newSite(t)
	res, body := s.ask("GET", "/static/dist/floe.wasm", nil, "Accept-Encoding", "gzip, br;q=1.0")
	if string(body) != "small" || res.Header.Get("Content-Encoding") != "br" || res.Header.Get("Content-Type") != "application/wasm" {
		t.Errorf("brotli: %q, %v", body, res.Header)
	}
	for _, enc := range []string{"", "gzip", "br;q=0"} {
		if res, body = s.ask("GET", "/static/dist/floe.wasm", nil, "Accept-Encoding", enc); string(body) != "\x00asm" || res.Header.Get("Content-Encoding") != "" {
			t.Errorf("Accept-Encoding %q: %q, %v", enc, body, res.Header)
		}
	}
	tag := res.Header.Get("ETag")
	if res.Header.Get("Cache-Control") != "no-cache" || tag == "" {
		t.Errorf("caching: %v", res.Header)
	}
	if res, body = s.ask("GET", "/static/dist/floe.wasm", nil, "If-None-Match", tag, "Accept-Encoding", ""); res.StatusCode != 304 || len(body) > 0 {
		t.Errorf("known already: status %d", res.StatusCode)
	}
	if res, body = s.ask("GET", pathAssets+s.tree+"/js/a.js", nil, "Accept-Encoding", ""); !strings.Contains(res.Header.Get("Cache-Control"), "immutable") || !bytes.Equal(body, s.assets["js/a.js"].body.bytes) {
		t.Errorf("named by hash: %v", res.Header)
	}
	s.want(404, "GET", pathAssets+s.tree+"/js/nothing.js", nil)
	if res, _ = s.ask("GET", pathAssets+strings.Repeat("A", 22)+"/js/a.js", nil); res.StatusCode != 410 || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("of another version: status %d, %v", res.StatusCode, res.Header)
	}
	for path, page := range s.pages.Load().byPath {
		if !strings.HasPrefix(path, "/open/") && (!bytes.Contains(page.body.bytes, []byte(pathAssets+s.tree+"/css/")) || bytes.Contains(page.body.bytes, []byte(pathAssets+"js/"))) {
			t.Errorf("%s doesn't name its assets by their hash", path)
		}
	}
	if res, _ = s.ask("GET", "/static/js/a.js", nil); !strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript") {
		t.Errorf("module: %v", res.Header)
	}
	for _, path := range []string{"/static/static.go", "/static/dist/floe.wasm.br", "/static/../server.go", "/static/js", "/static/", "/static/%2e%2e/x"} {
		s.want(404, "GET", path, nil)
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	s := newSite(t)
	body := api.ReadRequest{BlobID: "x"}
	for _, h := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "none"},
		{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site", "Origin", s.base},
	} {
		if code := s.want(403, "POST", api.PathRead, body, h...); code != api.CodeNotAllowed {
			t.Errorf("%v: %s", h, code)
		}
	}
	for _, h := range [][]string{nil, {"Sec-Fetch-Site", "same-origin"}, {"Origin", s.base}} {
		s.want(400, "POST", api.PathRead, body, h...) // passes, then fails for the blob ID
	}
}

func TestJSONIsReadStrictly(t *testing.T) {
	s := newSite(t)
	for _, body := range []string{"", "{", `{"blob_id":1}`, `{"blob_id":"x"} x`, `{"unknown":1}`, "[]"} {
		s.want(400, "POST", api.PathRead, []byte(body))
	}
	s.want(413, "POST", api.PathRead, []byte(`{"blob_id":"`+strings.Repeat("x", api.MaxJSON)+`"}`))
	s.want(415, "POST", api.PathRead, []byte("{}"), "Content-Type", "text/plain")
}

func TestLocalOnly(t *testing.T) {
	faucet := api.FaucetRequest{Address: "0x7"}
	s := newSite(t)
	s.want(200, "POST", api.PathFaucet, faucet)
	s.want(200, "POST", api.PathFaucet, faucet, "Host", "localhost:1", "Sec-Fetch-Site", "same-origin")
	s.want(200, "POST", api.PathFaucet, faucet, "Host", "[::1]:8080")
	s.want(204, "POST", "/api/v1/nodes/3/stop", nil)
	if !s.nodes.down[3] {
		t.Error("node 3 still runs")
	}
	s.want(204, "POST", "/api/v1/nodes/3/start", nil)
	s.want(404, "POST", "/api/v1/nodes/13/stop", nil)
	for _, path := range []string{api.PathFaucet, "/api/v1/nodes/3/stop", "/api/v1/nodes/3/start"} {
		for _, h := range [][]string{
			{"Host", "floe.example"}, {"Host", "localhost.evil.example"}, {"Host", "127.0.0.1.nip.io:8080"}, {"Host", "192.168.0.1"}, {"Host", "0.0.0.0"},
			{"X-Forwarded-For", "127.0.0.1"}, {"Forwarded", "for=127.0.0.1"}, {"Via", "1.1 x"}, {"X-Real-IP", "127.0.0.1"},
			{"Content-Type", "text/plain"}, {"Content-Type", ""}, {"Content-Type", "application/x-www-form-urlencoded"},
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "none"},
		} {
			if code := s.want(403, "POST", path, faucet, h...); code != api.CodeNotAllowed {
				t.Errorf("%s %v: %s", path, h, code)
			}
		}
	}
	// What nginx sends for anybody unless it is told otherwise.
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/v1/nodes/3/stop HTTP/1.0\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json\r\n\r\n")
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, " 403 ") {
		t.Errorf("forwarded without a header: %q, %v", line, err)
	}
	if s.nodes.down[3] {
		t.Error("a forbidden request stopped node 3")
	}
	for name, change := range map[string]func(*Config){
		"no loopback listener": func(c *Config) { c.Loopback = false },
		"public network":       func(c *Config) { c.Local = nil; c.Sponsor = nil },
	} {
		s := newSite(t, change)
		if code := s.want(403, "POST", api.PathFaucet, faucet); code != api.CodeNotAllowed {
			t.Errorf("%s: %s", name, code)
		}
	}
}

func TestErrorsTellOutsidersLittle(t *testing.T) {
	s := newSite(t)
	s.nodes.certify = nil // a nil call panics, beside the request
	object := s.ledger.blob(suitx.Address{1}, codec.BlobID{}, 1, true).ID()
	blobs := []api.CertificateBlob{{BlobID: codec.BlobID{}.String(), ObjectID: object.String()}}
	asked := func() (*http.Response, []byte) {
		return s.ask("POST", api.PathCertificate, api.CertificateRequest{Blobs: blobs})
	}
	for _, ask := range []func() (*http.Response, []byte){asked, func() (*http.Response, []byte) {
		s.committee.last, s.ledger.com = nil, nil // so does a committee that isn't there, within
		return s.ask("GET", api.PathNetwork, nil)
	}} {
		res, body := ask()
		if res.StatusCode != 500 || bytes.Contains(body, []byte("nil")) || bytes.Contains(body, []byte(".go")) {
			t.Errorf("status %d: %s", res.StatusCode, body)
		}
	}
}

// Logs name routes and statuses, neither who asked nor what for.
func TestLogsNameNobody(t *testing.T) {
	var logged bytes.Buffer
	s := newSite(t, func(c *Config) {
		c.TrustedProxies = trustLoopback
		c.Logger = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	parcel := suitx.Address{0xab, 0xcd}.String()
	who := []string{"X-Forwarded-For", "203.0.113.77", "User-Agent", "secretive", "Referer", "https://elsewhere.example/"}
	s.want(404, "GET", api.PathParcels+parcel+"?query=asked", nil, who...)
	s.want(400, "POST", api.PathRead, api.ReadRequest{BlobID: "x"}, who...)
	s.want(404, "GET", "/open/"+parcel, nil, who...)
	s.ledger.blind = true
	s.want(500, "GET", api.PathAccounts+parcel, nil, who...)
	s.want(500, "GET", api.PathAccounts+"0x"+strings.ToUpper(parcel[2:]), nil, who...)
	s.want(404, "POST", api.PathStore+"77", nil, who...)
	s.want(200, "GET", "/open", nil, who...)
	s.frameTime = 100 * time.Millisecond
	for _, head := range []string{
		"POST " + api.PathStore + "3 HTTP/1.1\r\nContent-Length: 1000", // no frame
		"POST " + api.PathStore + "3 HTTP/1.1\r\nContent-Length: 10",
	} { // bodies that never come: net/http names both ends then
		c, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "%s\r\nHost: localhost\r\n\r\nx", head)
		time.Sleep(3 * s.frameTime)
		_ = c.(*net.TCPConn).CloseWrite()
		c.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
			t.Error(err)
		}
		c.Close()
	}
	if logged.Len() == 0 {
		t.Fatal("nothing was logged")
	}
	for _, told := range []string{"203.0.113.77", "127.0.0.1", "secretive", "elsewhere", "asked", parcel, parcel[2:]} {
		if strings.Contains(logged.String(), told) {
			t.Errorf("the log tells %q:\n%s", told, logged.String())
		}
	}
}

func TestNetwork(t *testing.T) {
	s := newSite(t)
	s.health.saw(4, false)
	_, body := s.ask("GET", api.PathNetwork, nil)
	var n api.Network
	if err := json.Unmarshal(body, &n); err != nil {
		t.Fatal(err)
	}
	if n.Name != "local" || n.NShards != 104 || len(n.Nodes) != 13 || n.Nodes[4].Up || !n.Nodes[5].Up || n.Epoch != 3 ||
		n.SegmentSize != 16<<20 || n.SystemVersion != 5 || n.Sponsor != s.sponsor.address.String() || n.StoragePrice != 100 {
		t.Errorf("%+v", n)
	}
}
