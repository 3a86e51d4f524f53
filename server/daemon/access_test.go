package daemon

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"floe/codec/suitx"
)

const testToken = "correct-horse-battery-staple"

// payer pays nothing: these tests end before.
type payer struct{}

func (payer) Address() suitx.Address { return suitx.Address{5} }
func (payer) Pay(context.Context, Cost, func(*suitx.Builder, suitx.Argument)) (*suitx.Effects, error) {
	return nil, ErrRefused
}

// Who is served, by what the request shows: for a role that is Local, and for
// one that is open to All.
func TestWhoIsServed(t *testing.T) {
	const stranger, friend, proxy, me = "203.0.113.7:4000", "192.0.2.9:4000", "192.0.2.1:4000", "127.0.0.1:4000"
	bearer := map[string]string{"Authorization": "Bearer " + testToken}
	cases := []struct {
		name       string
		from, host string
		header     map[string]string
		local, all int
	}{
		{"a program here", me, "127.0.0.1:31415", nil, 200, 200},
		{"by localhost", me, "localhost:31415", nil, 200, 200},
		{"by IPv6", "[::1]:4000", "[::1]:31415", nil, 200, 200},
		{"mapped into IPv6", "[::ffff:127.0.0.1]:4000", "127.0.0.1", nil, 200, 200},
		{"typed into a browser", me, "127.0.0.1:31415", map[string]string{"Sec-Fetch-Site": "none"}, 200, 200},
		{"rebound name", me, "evil.example:31415", nil, 403, 200},
		{"name that ends so", me, "localhost.evil.example", nil, 403, 200},
		{"other address as Host", me, "203.0.113.1:31415", nil, 403, 200},
		{"no Host", me, "", nil, 403, 200},
		{"a page of another site", me, "127.0.0.1:31415", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403, 200},
		{"a page of this machine", me, "127.0.0.1:31415", map[string]string{"Sec-Fetch-Site": "same-site"}, 403, 200},
		{"a hostile blob", me, "127.0.0.1:31415", map[string]string{"Sec-Fetch-Site": "same-origin"}, 403, 200},
		{"an old browser", me, "127.0.0.1:31415", map[string]string{"Origin": "https://evil.example"}, 403, 200},
		{"an opaque origin", me, "127.0.0.1:31415", map[string]string{"Origin": "null"}, 403, 200},
		{"its own origin", me, "127.0.0.1:31415", map[string]string{"Origin": "http://127.0.0.1:31415"}, 403, 200},
		{"forwarded", me, "127.0.0.1:31415", map[string]string{"X-Forwarded-For": "203.0.113.7"}, 403, 200},
		{"forwarded as itself", me, "127.0.0.1:31415", map[string]string{"X-Forwarded-For": "127.0.0.1"}, 403, 200},
		{"via", me, "127.0.0.1:31415", map[string]string{"Via": "1.1 proxy"}, 403, 200},
		{"a stranger", stranger, "127.0.0.1:31415", nil, 403, 200},
		{"a stranger who claims to be forwarded", stranger, "127.0.0.1:31415", map[string]string{"X-Forwarded-For": "127.0.0.1"}, 403, 200},
		{"a friend", friend, "192.0.2.1:31415", nil, 200, 200},
		{"a friend by name", friend, "walrus.example", nil, 403, 200},
		{"a friend's page", friend, "192.0.2.1:31415", map[string]string{"Origin": "https://evil.example"}, 403, 200},
		{"a friend who forwards", friend, "192.0.2.1:31415", map[string]string{"X-Forwarded-For": "203.0.113.7"}, 403, 200},
		{"a friend through our proxy", proxy, "192.0.2.1", map[string]string{"X-Forwarded-For": "192.0.2.9"}, 200, 200},
		{"a stranger through our proxy", proxy, "192.0.2.1", map[string]string{"X-Forwarded-For": "192.0.2.9, 203.0.113.7"}, 403, 200},
		{"this machine through our proxy", proxy, "127.0.0.1", map[string]string{"X-Forwarded-For": "127.0.0.1"}, 403, 200},
		{"through our proxy, which doesn't say for whom", proxy, "192.0.2.1", map[string]string{"Via": "1.1 proxy"}, 403, 200},
		{"through our proxy, illegibly", proxy, "192.0.2.1", map[string]string{"X-Forwarded-For": "203.0.113.7:80"}, 403, 200},
		{"forwarded by a proxy that names only itself", me, "127.0.0.1:31415", map[string]string{"Proto": "HTTP/1.0"}, 403, 200},
		{"forwarded by a content network", me, "127.0.0.1:31415", map[string]string{"Cf-Connecting-Ip": "203.0.113.7"}, 403, 200},
		{"forwarded from a port", me, "127.0.0.1:31415", map[string]string{"X-Forwarded-Port": "443"}, 403, 200},
		{"Host in capitals", me, "LOCALHOST:31415", nil, 200, 200},
		{"Host with a dot", me, "127.0.0.1.:31415", nil, 403, 200},
		{"Host with somebody's name", me, "127.0.0.1@evil.example", nil, 403, 200},
		{"Host as one number", me, "2130706433:31415", nil, 403, 200},
		{"Host that is no place", me, "0.0.0.0:31415", nil, 403, 200},
		{"Host with a zone", me, "[::1%25lo]:31415", nil, 403, 200},
		{"a made-up Sec-Fetch-Site", me, "127.0.0.1:31415", map[string]string{"Sec-Fetch-Site": "NONE"}, 403, 200},
		{"the token, in HTTP/1.0", stranger, "walrus.example", map[string]string{"Authorization": "Bearer " + testToken, "Proto": "HTTP/1.0"}, 200, 200},
		{"the token", stranger, "walrus.example", bearer, 200, 200},
		{"the token in a page", stranger, "walrus.example", map[string]string{"Authorization": "bearer " + testToken, "Origin": "https://good.example", "Sec-Fetch-Site": "cross-site"}, 200, 200},
		{"the token, forwarded", me, "walrus.example", map[string]string{"Authorization": "Bearer " + testToken, "X-Forwarded-For": "203.0.113.7"}, 200, 200},
		{"a wrong token", stranger, "walrus.example", map[string]string{"Authorization": "Bearer " + testToken + "x"}, 401, 200},
		{"no bearer", stranger, "walrus.example", map[string]string{"Authorization": "Basic " + testToken}, 403, 200},
		{"an empty token", stranger, "walrus.example", map[string]string{"Authorization": "Bearer "}, 401, 200},
	}
	n := newNetwork()
	id := n.put(t, random(100)).String()
	for _, mode := range []Mode{Local, All} {
		d := newDaemon(t, n, func(c *Config) {
			c.Aggregator, c.Token = mode, testToken
			c.Allow = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/28")}
			c.Trusted = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}
		})
		for _, c := range cases {
			header := map[string]string{"From": c.from, "Host": c.host}
			for k, v := range c.header {
				header[k] = v
			}
			want := map[Mode]int{Local: c.local, All: c.all}[mode]
			if w := get(d, "/v1/blobs/"+id, header); w.Code != want {
				t.Errorf("%s: status %d, want %d", c.name, w.Code, want)
			}
		}
	}
}

// Without a token in the configuration no token counts, not even the empty one.
func TestNoToken(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	id := n.put(t, random(100)).String()
	for _, header := range []string{"Bearer ", "Bearer x", "bearer"} {
		if w := get(d, "/v1/blobs/"+id, map[string]string{"From": "203.0.113.7:1", "Authorization": header}); w.Code == 200 {
			t.Errorf("%q was served", header)
		}
	}
}

func TestWhatIsOffIsNotThere(t *testing.T) {
	n := newNetwork()
	id := n.put(t, random(100)).String()
	roles := map[string][]string{
		"aggregator": {"GET /v1/blobs/" + id, "GET /v1alpha/blobs/" + id + "/stream", "GET /v1/blobs/by-object-id/0x1", "GET /v1/quilts/" + id + "/patches", "POST /v1alpha/blobs/concat"},
		"publisher":  {"PUT /v1/blobs", "PUT /v1/quilts"},
		"relay":      {"GET /v1/tip-config", "POST /v1/blob-upload-relay?blob_id=" + id},
	}
	for on := range roles {
		d := newDaemon(t, n, func(c *Config) {
			c.Payer = payer{}
			c.Aggregator, c.Publisher, c.UploadRelay = Off, Off, Off
			*map[string]*Mode{"aggregator": &c.Aggregator, "publisher": &c.Publisher, "relay": &c.UploadRelay}[on] = Local
		})
		for role, requests := range roles {
			for _, request := range requests {
				method, path, _ := strings.Cut(request, " ")
				w := ask(d, method, path, nil, []byte("x"))
				missing := w.Code == 404 && strings.Contains(w.Body.String(), "there is nothing at this address")
				if missing != (role != on) {
					t.Errorf("%s alone is on; %s: %d %s", on, request, w.Code, w.Body)
				}
			}
		}
		for _, path := range []string{"/status", "/v1/api"} {
			if w := get(d, path, map[string]string{"From": "203.0.113.7:1"}); w.Code != 200 {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
	}
	u := newDaemon(t, n).cfg.Uploader
	if _, err := New(Config{Nodes: n, Ledger: n, Uploader: u, Publisher: All, Payer: payer{}}); err == nil {
		t.Error("a publisher open to everybody was made")
	}
	if _, err := New(Config{Nodes: n, Ledger: n, Uploader: u, Publisher: Local}); err == nil {
		t.Error("a publisher that nobody pays for was made")
	}
}

// CORS opens what needs no trust in addresses, and nothing else.
func TestCORS(t *testing.T) {
	n := newNetwork()
	id := n.put(t, random(100)).String()
	page := map[string]string{"Origin": "https://good.example", "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
	for _, c := range []struct {
		change      func(*Config)
		path        string
		preflight   int
		readableGet string
	}{
		{func(*Config) {}, "/v1/blobs/" + id, 403, ""},
		{func(c *Config) { c.Aggregator = All }, "/v1/blobs/" + id, 200, "*"},
		{func(c *Config) { c.Token = testToken }, "/v1/blobs/" + id, 200, "*"},
		{func(c *Config) { c.UploadRelay = All }, "/v1/tip-config", 200, "*"},
		{func(c *Config) { c.Aggregator = All }, "/v1/tip-config", 403, ""},
		{func(c *Config) { c.Publisher, c.Payer = Local, payer{} }, "/v1/blobs", 403, ""},
	} {
		d := newDaemon(t, n, c.change)
		w := ask(d, "OPTIONS", c.path, page, nil)
		if w.Code != c.preflight || w.Code == 200 && (w.Header().Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "Authorization") || w.Header().Get("Access-Control-Max-Age") != "86400") {
			t.Errorf("%s: preflight %d %v", c.path, w.Code, w.Header())
		}
		if got := get(d, c.path, nil).Header().Get("Access-Control-Allow-Origin"); got != c.readableGet {
			t.Errorf("%s: Access-Control-Allow-Origin %q, want %q", c.path, got, c.readableGet)
		}
	}
}

func TestBusy(t *testing.T) {
	n := newNetwork()
	id := n.put(t, random(100)).String()
	d := newDaemon(t, n)
	me := netip.MustParseAddr("127.0.0.1")
	var leave []func()
	for range readsOfOne {
		l, ok := d.reading.enter(me)
		if !ok {
			t.Fatal("the gate closes too early")
		}
		leave = append(leave, l)
	}
	if w := get(d, "/v1/blobs/"+id, nil); w.Code != 429 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") || w.Header().Get("Retry-After") == "" {
		t.Errorf("status %d, %v", w.Code, w.Header())
	}
	if _, ok := d.reading.enter(netip.MustParseAddr("2001:db8::1")); !ok {
		t.Error("others are kept out")
	}
	for _, l := range leave {
		l()
	}
	if w := get(d, "/v1/blobs/"+id, nil); w.Code != 200 {
		t.Errorf("status %d once they have left", w.Code)
	}
}
