package official_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// recorder stands between the client and floed and keeps what the client calls.
// A request for /mark/<operation> begins an operation.
type recorder struct {
	*httptest.Server
	proxy  *httputil.ReverseProxy
	target *url.URL // floed's; set before the first request
	relay  *url.URL // of Walrus' own interfaces

	mu       sync.Mutex
	inFlight int
	now      string
	begun    []string
	calls    map[string][]*call
}

// call is one request. Status is 0 while it isn't answered.
type call struct {
	Method, Path, Query string
	Body                []byte // of a gRPC request, the message
	Status              int
}

func newRecorder(t *testing.T) *recorder {
	t.Helper()
	r := &recorder{calls: map[string][]*call{}}
	r.proxy = &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(r.target)
			if strings.HasPrefix(p.In.URL.Path, "/v1/") {
				p.SetURL(r.relay)
			}
		},
		FlushInterval: -1,
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Server.Close)
	return r
}

func (r *recorder) host() string { return strings.TrimPrefix(r.URL, "http://") }

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if operation, ok := strings.CutPrefix(req.URL.Path, "/mark/"); ok {
		r.mark(operation)
		return
	}
	c := r.note(req)
	sw := &statusWriter{ResponseWriter: w}
	defer func() { r.answered(c, sw.status) }()
	r.proxy.ServeHTTP(sw, req)
}

// mark begins an operation once nothing of the former is under way.
func (r *recorder) mark(operation string) {
	for range 500 {
		r.mu.Lock()
		calm := r.inFlight == 0
		if calm {
			r.now = operation
			r.begun = append(r.begun, operation)
		}
		r.mu.Unlock()
		if calm {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (r *recorder) note(req *http.Request) *call {
	c := &call{Method: req.Method, Path: req.URL.Path, Query: req.URL.RawQuery}
	if strings.HasPrefix(req.Header.Get("Content-Type"), "application/grpc-web") {
		b, err := io.ReadAll(req.Body)
		if err == nil {
			c.Body = message(b, strings.HasPrefix(req.Header.Get("Content-Type"), "application/grpc-web-text"))
		}
		req.Body = io.NopCloser(bytes.NewReader(b))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inFlight++
	r.calls[r.now] = append(r.calls[r.now], c)
	return c
}

func (r *recorder) answered(c *call, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.Status = status
	r.inFlight--
}

// message takes a request's message out of its frame: flags u8, length u32, bytes.
func message(b []byte, text bool) []byte {
	if text {
		plain, err := base64.StdEncoding.DecodeString(string(b))
		if err != nil {
			return nil
		}
		b = plain
	}
	if len(b) < 5 || len(b) != 5+int(binary.BigEndian.Uint32(b[1:])) {
		return nil
	}
	return b[5:]
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
