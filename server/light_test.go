package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// registerWhole registers a blob and returns where it is posted whole.
func (s *site) registerWhole(b sample, first bool) string {
	s.t.Helper()
	asked := api.RegisterBlob{BlobID: b.id.String(), RootHash: hashOf(b.meta.RootHash()), Size: b.meta.Size, First: first}
	if first {
		asked.Prefix = b.data[:min(len(b.data), prefixSize)]
	}
	res, body := s.ask("POST", api.PathRegister, api.RegisterRequest{Owner: "0x77", Epochs: 2, Blobs: []api.RegisterBlob{asked}})
	var out api.RegisterResponse
	if err := json.Unmarshal(body, &out); err != nil || res.StatusCode != 200 {
		s.t.Fatalf("register: %d: %s", res.StatusCode, body)
	}
	o, err := suitx.UnmarshalObject(out.Objects[0])
	if err != nil {
		s.t.Fatal(err)
	}
	return api.PathBlobs + b.id.String() + "?object=" + o.ID().String()
}

// whole posts a blob and counts the acknowledgements of each node.
func (s *site) whole(path string, data []byte) map[uint16]int {
	s.t.Helper()
	res, body := s.ask("POST", path, data, "Content-Type", mimeFrames)
	if res.StatusCode != 200 {
		s.t.Fatalf("status %d: %s", res.StatusCode, body)
	}
	acks := parse(s.t, body)
	if len(acks) == 0 || acks[len(acks)-1].Kind != api.FrameEnd {
		s.t.Fatalf("%d frames without an end", len(acks))
	}
	count := make(map[uint16]int)
	for _, ack := range acks[:len(acks)-1] {
		if ack.Status/100 != 2 {
			s.t.Errorf("acknowledged with status %d", ack.Status)
		}
		count[ack.Node]++
	}
	return count
}

func TestWholeBlob(t *testing.T) {
	spool := t.TempDir()
	s := newSite(t, func(c *Config) { c.Spool = spool })
	b := encode(t, ageLike(300_000))
	path := s.registerWhole(b, true)
	count := s.whole(path, b.data)
	for i := range s.ledger.com.Members {
		if count[uint16(i)] != 17 {
			t.Errorf("node %d acknowledged %d frames", i, count[uint16(i)])
		}
		for _, f := range b.frames(s.ledger.com, i) {
			if !bytes.Equal(s.nodes.held[keyOf(i, f)], f.Body) {
				t.Fatalf("node %d holds something else: %d %d", i, f.Kind, f.Index)
			}
		}
	}
	puts := s.nodes.puts
	if count = s.whole(path+"&retry=1", b.data); len(count) != 13 || s.nodes.puts != puts {
		t.Errorf("a retry: %v, %d puts", count, s.nodes.puts-puts)
	}
	if left, err := os.ReadDir(spool); err != nil || len(left) > 0 {
		t.Errorf("files are left behind: %v, %v", left, err)
	}
}

func TestWholeBlobWithoutSomeNodes(t *testing.T) {
	s := newSite(t)
	b := encode(t, ageLike(10_000))
	path := s.registerWhole(b, false)
	s.nodes.set(func(n *fakeNodes) { n.down[1], n.down[2], n.down[12] = true, true, true })
	begun := time.Now()
	count := s.whole(path, b.data)
	if len(count) != 10 || count[1] > 0 {
		t.Errorf("with three nodes down: %v", count)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the dead were waited for: %v", took)
	}
	// Without a quorum the answer ends all the same, and says who has what.
	s.nodes.set(func(n *fakeNodes) { n.down[3], n.down[4], n.down[5] = true, true, true })
	b = encode(t, ageLike(10_001))
	if count = s.whole(s.registerWhole(b, false), b.data); len(count) != 7 {
		t.Errorf("with six nodes down: %v", count)
	}
}

func TestWholeBlobRefuses(t *testing.T) {
	spool := t.TempDir()
	s := newSite(t, func(c *Config) { c.Spool = spool })
	b, other := encode(t, ageLike(5000)), encode(t, ageLike(5000))
	path := s.registerWhole(b, true)
	object := path[strings.Index(path, "?"):]
	tampered := bytes.Clone(b.data)
	tampered[4000] ^= 1
	plain := bytes.Clone(b.data)
	plain[0] = 'p'
	for name, c := range map[string]struct {
		path   string
		data   []byte
		status int
		code   string
	}{
		"another's bytes":    {path, tampered, 422, api.CodeMalformed},
		"not age":            {path, plain, 422, api.CodeNotAge},
		"too short":          {path, b.data[:4999], 400, api.CodeMalformed},
		"too long":           {path, append(bytes.Clone(b.data), 0), 400, api.CodeMalformed},
		"nothing":            {path, nil, 400, api.CodeMalformed},
		"another's object":   {api.PathBlobs + other.id.String() + object, other.data, 400, api.CodeMalformed},
		"no object":          {api.PathBlobs + b.id.String(), b.data, 400, api.CodeMalformed},
		"object that isn't":  {api.PathBlobs + b.id.String() + "?object=0x99", b.data, 404, api.CodeNotFound},
		"no blob ID":         {api.PathBlobs + "x" + object, b.data, 400, api.CodeMalformed},
		"from another place": {path, b.data, 403, api.CodeNotAllowed},
	} {
		headers := []string{"Content-Type", mimeFrames}
		if name == "from another place" {
			headers = append(headers, "Sec-Fetch-Site", "cross-site")
		}
		if code := s.want(c.status, "POST", c.path, c.data, headers...); code != c.code {
			t.Errorf("%s: %s", name, code)
		}
	}
	if len(s.nodes.held) > 0 {
		t.Errorf("nodes hold %d things", len(s.nodes.held))
	}
	if left, _ := os.ReadDir(spool); len(left) > 0 {
		t.Errorf("%d files are left behind", len(left))
	}
}

// TestWholeBlobsAreBounded: three of one client at a time, and a slow one holds a
// file and no memory.
func TestWholeBlobsAreBounded(t *testing.T) {
	s := newSite(t)
	b := encode(t, ageLike(100_000))
	path := s.registerWhole(b, false)
	slow := func() net.Conn {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n", path)
		if _, err := conn.Write(b.data[:50_000]); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	first, _, _ := slow(), slow(), slow()
	for len(s.Server.whole.slots) != 3 {
		time.Sleep(time.Millisecond)
	}
	if code := s.want(429, "POST", path, b.data); code != api.CodeQuota {
		t.Error(code)
	}
	release, err := s.Server.whole.Room(t.Context(), s.Server.whole.MaxBlob())
	if err != nil {
		t.Fatal("slow senders hold memory")
	}
	release()
	if _, err := first.Write(b.data[50_000:]); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 15)
	if _, err := io.ReadFull(first, answer); err != nil || string(answer) != "HTTP/1.1 200 OK" {
		t.Errorf("the slow one's answer: %q, %v", answer, err)
	}
}

func TestManyWholeBlobs(t *testing.T) {
	s := newSite(t, func(c *Config) { c.TrustedProxies = trustLoopback })
	var all sync.WaitGroup
	for i := range 6 {
		data := ageLike(200_000 + i)
		rand.Read(data[100:])
		b := encode(t, data)
		path := s.registerWhole(b, i == 0)
		all.Go(func() {
			res, body := s.ask("POST", path, b.data, "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
			if acks := parse(t, body); res.StatusCode != http.StatusOK || len(acks) != 13*17+1 {
				t.Errorf("blob %d: status %d, %d frames", i, res.StatusCode, len(acks))
			}
		})
	}
	all.Wait()
	if most := s.nodes.most; most > memoryInAll {
		t.Errorf("%d bytes of slivers were in hand", most)
	}
}

// stuck is a caller who reads nothing of the answer.
type stuck struct {
	header http.Header
	read   chan struct{} // closed when it is gone
}

func (w *stuck) Header() http.Header { return w.header }
func (w *stuck) WriteHeader(int)     {}
func (w *stuck) Flush()              {}

func (w *stuck) Write([]byte) (int, error) {
	<-w.read
	return 0, io.ErrClosedPipe
}

// Who doesn't read the acknowledgements holds no memory: the next one's blob is
// stored meanwhile.
func TestWholeBlobOfOneWhoReadsNothing(t *testing.T) {
	s := newSite(t)
	b := encode(t, ageLike(100_000))
	path := s.registerWhole(b, false)
	req := httptest.NewRequest("POST", path, bytes.NewReader(b.data))
	req.RemoteAddr = "127.0.0.1:1"
	w, done := &stuck{http.Header{}, make(chan struct{})}, make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }() // http.ErrAbortHandler
		s.Handler().ServeHTTP(w, req)
	}()
	for begun := false; !begun; time.Sleep(time.Millisecond) { // then it holds memory
		s.nodes.mu.Lock()
		begun = s.nodes.puts > 0
		s.nodes.mu.Unlock()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	release, err := s.Server.whole.Room(ctx, s.Server.whole.MaxBlob())
	if err != nil {
		t.Error("who reads nothing holds memory")
	} else {
		release()
	}
	if len(s.Server.whole.slots) != 1 {
		t.Error("it ended before anything was read")
	}
	close(w.read)
	<-done
}
