package node

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// newSwitched returns a bench whose node is behind a Switch.
func newSwitched(t *testing.T) (*bench, *Switch) {
	b := newBench(t)
	b.stop()
	s := NewSwitch(b.config())
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	b.url, b.node = srv.URL, s.Node()
	b.stop = func() {
		srv.Close()
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}
	return b, s
}

func TestSwitchStopsAndStarts(t *testing.T) {
	b, s := newSwitched(t)
	x := newBlob(t, 1000, 1)
	b.register(x.id, suitx.Address{1}, false)
	b.store(x)
	for range 2 {
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if s.Node() != nil {
		t.Error("a stopped switch has a node")
	}
	if resp, err := http.Get(b.url + "/v1/health"); err == nil {
		t.Errorf("a stopped node answered %d", resp.StatusCode)
	}
	other, err := Open(b.config())
	if err != nil {
		t.Fatalf("the store wasn't let go of: %v", err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
	}
	b.confirmed(path(x, "confirmation/permanent"))
}

// Requests in flight get no answer: neither one that waits, nor one whose body
// is still on its way, nor one that comes later on the same connection.
func TestSwitchCutsRequestsInFlight(t *testing.T) {
	b, s := newSwitched(t)
	x := newBlob(t, 1000, 1)
	results := make(chan error, 2)
	finish := func(resp *http.Response, err error) {
		if err == nil {
			resp.Body.Close()
			err = errors.New(resp.Status)
		} else {
			err = nil
		}
		results <- err
	}
	go func() { finish(http.Get(b.url + path(x, "confirmation/permanent?wait_for_registration=true"))) }()
	b.chain.emit(api.BlobEvent{Kind: api.BlobRegistered, BlobID: newBlob(t, 10, 2).id})
	y := newBlob(t, 1000, 3)
	b.register(y.id, suitx.Address{2}, false)
	b.put(path(y, "metadata"), y.metadata.MarshalBCS())
	body, feed := io.Pipe()
	go func() {
		req, _ := http.NewRequest("PUT", b.url+sliverPath(y, y.ownPairs()[0], codec.Primary), body)
		finish(http.DefaultClient.Do(req))
	}()
	if _, err := feed.Write([]byte("the beginning of a body")); err != nil {
		t.Fatal(err)
	}
	b.await("two requests in flight", func() bool {
		s.run.mu.Lock()
		defer s.run.mu.Unlock()
		return len(s.run.requests) == 2
	})
	began := time.Now()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("stopping took %v", took)
	}
	feed.CloseWithError(io.ErrUnexpectedEOF)
	for range 2 {
		if err := <-results; err != nil {
			t.Errorf("a request in flight was answered: %v", err)
		}
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	b.put(sliverPath(y, y.ownPairs()[0], codec.Primary), y.sliver(codec.Primary, y.ownPairs()[0]))
	if code, got := b.do("GET", sliverPath(y, y.ownPairs()[0], codec.Primary), nil); code != 200 || !bytes.Equal([]byte(got), y.sliver(codec.Primary, y.ownPairs()[0])) {
		t.Error("after the restart the sliver differs")
	}
}
