package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"floe/server/api"
)

// inside is HTTP between what runs in this process: relay and storage nodes
// reach each other through the port's routes, as others do from outside, but
// gigabytes of slivers needn't go through the system's network to get from one
// to the other. Nobody else is reached by it.
type inside struct {
	door  door
	nodes http.Handler
}

func newInside(d door, p *port, log *slog.Logger) inside {
	return inside{d, notePanics(http.HandlerFunc(p.serveNode), log)}
}

// RoundTrip lets the node that the address names answer. One that is stopped, or
// stops meanwhile, breaks off as a connection would.
func (t inside) RoundTrip(req *http.Request) (res *http.Response, err error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	if req.URL.Host != t.door.logical || !strings.HasPrefix(req.URL.Path, api.PathNode) {
		return nil, fmt.Errorf("couldn't reach %s: it isn't a node of the embedded network", req.URL.Host)
	}
	asked := req.Clone(req.Context())
	asked.RequestURI, asked.Host, asked.RemoteAddr = req.URL.RequestURI(), req.URL.Host, "inside"
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	w := &insideAnswer{header: make(http.Header)}
	defer func() {
		if recover() != nil { // it was noted
			res, err = nil, io.ErrUnexpectedEOF
		}
	}()
	t.nodes.ServeHTTP(w, asked)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	return w.response(req), nil
}

// insideAnswer keeps an answer, which is a sliver at most.
type insideAnswer struct {
	header http.Header
	status int
	body   []byte
}

func (w *insideAnswer) Header() http.Header { return w.header }

func (w *insideAnswer) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *insideAnswer) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.body = append(w.body, b...)
	return len(b), nil
}

func (w *insideAnswer) response(req *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, ContentLength: int64(len(w.body)), Body: insideBody{bytes.NewReader(w.body), w.body}, Request: req,
	}
}

// insideBody can also be had without a copy.
type insideBody struct {
	*bytes.Reader
	all []byte
}

func (b insideBody) Bytes() []byte { return b.all }

func (insideBody) Close() error { return nil }
