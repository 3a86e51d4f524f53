package main

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// What stays inside the process answers as what comes through the port: status,
// header and body; a node that breaks off gives an error; nothing but nodes is
// reached.
func TestInside(t *testing.T) {
	p := &port{}
	p.nodes.Store(&[]http.Handler{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1/stopped":
			panic(http.ErrAbortHandler)
		case "/v1/broken":
			panic("nobody thought of this")
		}
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("X-Method", r.Method)
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, r.URL.Path+"?"+r.URL.RawQuery+" ")
		w.Write(b)
	})})
	c := &http.Client{Transport: newInside(door{logical: "127.0.0.1:8080", actual: "127.0.0.1:1"}, p, slog.New(slog.DiscardHandler))}
	res, err := c.Post("http://127.0.0.1:8080/node/0/v1/echo?a=b", "text/plain", strings.NewReader("words"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if got := string(b); err != nil || got != "/v1/echo?a=b words" || res.StatusCode != http.StatusTeapot || res.Header.Get("X-Method") != "POST" || res.ContentLength != int64(len(got)) {
		t.Errorf("%d %v %q, %v", res.StatusCode, res.Header, got, err)
	}
	for _, words := range []string{"a", strings.Repeat("a sliver's bytes ", 1000), "b"} { // what was taken stays its taker's
		var taken [][]byte
		for range 3 {
			res, err := c.Post("http://127.0.0.1:8080/node/0/v1/echo", "text/plain", strings.NewReader(words))
			if err != nil {
				t.Fatal(err)
			}
			taken = append(taken, res.Body.(interface{ Bytes() []byte }).Bytes())
			res.Body.Close()
		}
		for i, b := range taken {
			if string(b) != "/v1/echo? "+words {
				t.Errorf("answer %d of %d bytes was written over: %.30q", i, len(words), b)
			}
		}
	}
	for _, path := range []string{"/v1/stopped", "/v1/broken"} {
		if _, err := c.Get("http://127.0.0.1:8080/node/0" + path); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if res, err := c.Get("http://127.0.0.1:8080/node/1/v1/echo"); err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("a node that isn't there: %v, %v", res, err)
	}
	for _, url := range []string{"http://127.0.0.1:1/node/0/v1/echo", "http://127.0.0.1:8080/api/v1/network", "http://169.254.169.254/node/0/v1/echo"} {
		if _, err := c.Get(url); err == nil {
			t.Errorf("%s was reached", url)
		}
	}
}
