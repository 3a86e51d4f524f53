package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// proxy stands between a browser and floed, keeps every request whole, and can
// change answers as a lying relay would.
type proxy struct {
	base string

	mu       sync.Mutex
	requests []request
	lie      func(res *http.Response) error // applied to every answer when set
}

type request struct {
	method, uri string
	raw         []byte // request line, headers and body
}

func startProxy(t *testing.T, d *daemon) *proxy {
	t.Helper()
	p := new(proxy)
	relay := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: d.addr})
			r.Out.Host = r.In.Host
		},
		FlushInterval: -1,
		ModifyResponse: func(res *http.Response) error {
			p.mu.Lock()
			lie := p.lie
			p.mu.Unlock()
			if lie == nil {
				return nil
			}
			return lie(res)
		},
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
		var raw bytes.Buffer
		fmt.Fprintf(&raw, "%s %s\n", r.Method, r.RequestURI)
		r.Header.Write(&raw)
		raw.Write(body)
		p.mu.Lock()
		p.requests = append(p.requests, request{r.Method, r.RequestURI, raw.Bytes()})
		p.mu.Unlock()
		relay.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	p.base = srv.URL
	return p
}

// seen returns all requests so far.
func (p *proxy) seen() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]request(nil), p.requests...)
}

// count returns how many requests under a path prefix came since the first n.
func (p *proxy) count(since int, prefix string) int {
	n := 0
	for _, r := range p.seen()[since:] {
		if strings.HasPrefix(r.uri, prefix) {
			n++
		}
	}
	return n
}

func (p *proxy) setLie(lie func(*http.Response) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lie = lie
}
