package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"

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
	w := &insideAnswer{header: make(http.Header), body: answers.Get().(*[]byte)}
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
	body   *[]byte
}

// answers are buffers that were read from and closed. Slivers come by the thousand
// and are much alike in size.
var answers = sync.Pool{New: func() any { return new([]byte) }}

func (w *insideAnswer) Header() http.Header { return w.header }

func (w *insideAnswer) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *insideAnswer) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	*w.body = append(*w.body, b...)
	return len(b), nil
}

// Room is for nodes that read a sliver straight into the answer.
func (w *insideAnswer) Room() *[]byte { return w.body }

func (w *insideAnswer) response(req *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, ContentLength: int64(len(*w.body)), Body: &insideBody{bytes.NewReader(*w.body), w.body}, Request: req,
	}
}

// insideBody can also be had without a copy; it is the caller's then.
type insideBody struct {
	*bytes.Reader
	all *[]byte // nil once it was given away, or back
}

func (b *insideBody) Bytes() []byte {
	all := *b.all
	if len(all) < cap(all)/2 { // a few words in the room of a sliver
		return bytes.Clone(all)
	}
	b.all = nil
	return all
}

func (b *insideBody) Close() error {
	if b.all != nil {
		b.Reader.Reset(nil)
		*b.all = (*b.all)[:0]
		answers.Put(b.all)
		b.all = nil
	}
	return nil
}
