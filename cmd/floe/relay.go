package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"floe/wasm/client"
)

const defaultServer = "http://127.0.0.1:8080"

// httpRelay reaches a server over HTTP.
type httpRelay struct {
	base string // without a slash at the end
	http *http.Client
}

// newRelay checks the server's URL.
func newRelay(server string) (*httpRelay, error) {
	if !isURL(server) {
		return nil, fmt.Errorf("%q is no server; it is given as %s", server, defaultServer)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 8
	transport.ResponseHeaderTimeout = 3 * time.Minute
	return &httpRelay{
		base: strings.TrimRight(server, "/"),
		http: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("the server redirects, which a Floe server never does")
		}},
	}, nil
}

func (r *httpRelay) Do(ctx context.Context, in client.Request) (*client.Response, error) {
	req, err := http.NewRequestWithContext(ctx, in.Method, r.base+in.Path, nil)
	if err != nil {
		return nil, err
	}
	if in.ContentType != "" {
		req.Header.Set("Content-Type", in.ContentType)
		req.ContentLength = int64(in.Body.Len())
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(told(reader(in.Body), in.Sent)), nil }
		req.Body, _ = req.GetBody()
	}
	res, err := r.http.Do(req)
	if err != nil {
		return nil, err
	}
	return &client.Response{Status: res.StatusCode, Body: res.Body}, nil
}

// reader reads pieces one after the other, and leaves them as they are.
func reader(p client.Pieces) io.Reader {
	readers := make([]io.Reader, len(p))
	for i, piece := range p {
		readers[i] = bytes.NewReader(piece)
	}
	return io.MultiReader(readers...)
}

// told reads from r and tells how much it has read.
func told(r io.Reader, tell func(int64)) io.Reader {
	if tell == nil {
		return r
	}
	return &teller{r, tell, 0}
}

type teller struct {
	io.Reader
	tell func(int64)
	read int64
}

func (t *teller) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	t.read += int64(n)
	t.tell(t.read)
	return n, err
}

// chooseServer picks the server: the flag's, else the link's, else the
// environment's, else the one on this machine.
func chooseServer(flag, link string) string {
	if flag != "" {
		return flag
	}
	if base, _, found := strings.Cut(strings.TrimSpace(link), "/open#"); found {
		if u, err := url.Parse(base); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
			return base
		}
	}
	if env := os.Getenv("FLOE_SERVER"); env != "" {
		return env
	}
	return defaultServer
}
