package committee

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
	storage "floe/server/node"
)

const (
	testNodes  = 13
	testShards = 26 // two each; 18 are a quorum, nine nodes
)

// chain is a ledger that the test writes.
type chain struct {
	mu        sync.Mutex
	committee api.Committee
	events    []api.BlobEvent
	more      chan struct{}
}

func (c *chain) Committee(context.Context) (*api.Committee, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	com := c.committee
	return &com, nil
}

func (c *chain) BlobEvents(ctx context.Context, from uint64, fn func(api.BlobEvent) error) error {
	for next := 0; ; {
		c.mu.Lock()
		events, more := c.events[next:], c.more
		c.mu.Unlock()
		for _, e := range events {
			if next++; e.Checkpoint >= from {
				if err := fn(e); err != nil {
					return err
				}
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-more:
		}
	}
}

func (c *chain) emit(kind api.BlobEventKind, id codec.BlobID, deletable bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, api.BlobEvent{Kind: kind, BlobID: id, ObjectID: suitx.Address{7}, Deletable: deletable,
		Checkpoint: uint64(len(c.events) + 1), Epoch: c.committee.Epoch, EndEpoch: 50})
	close(c.more)
	c.more = make(chan struct{})
}

// network is 13 real nodes behind one server, at /node/<i>/v1/…, as floed has them.
type network struct {
	t      *testing.T
	chain  *chain
	nodes  []*storage.Switch
	dirs   []string
	client *Client
	logs   *logs
	host   string

	mu     sync.Mutex
	tamper map[int]func(next http.Handler) http.Handler // liars, by node
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	n := &network{t: t, chain: &chain{more: make(chan struct{})}, tamper: make(map[int]func(http.Handler) http.Handler)}
	srv := httptest.NewServer(http.HandlerFunc(n.serve))
	t.Cleanup(srv.Close)
	n.host = strings.TrimPrefix(srv.URL, "http://")
	n.chain.committee = api.Committee{Epoch: 1, NShards: testShards, EpochStart: time.Now(), EpochDuration: time.Hour}
	var keys []*bls.Key
	for i := range testNodes {
		key, err := bls.KeyFromSeed(bytes.Repeat([]byte{byte(i + 1)}, 32))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
		n.chain.committee.Members = append(n.chain.committee.Members, api.Member{Index: i, ID: suitx.Address{byte(i + 1)},
			Name: fmt.Sprint("Node ", i+1), Address: fmt.Sprintf("%s/node/%d", n.host, i), PublicKey: key.Public().Compressed(), Shards: []int{i, 25 - i}})
	}
	var turn sync.Mutex
	n.logs = &logs{}
	n.client = n.newClient(Options{Scheme: "http", AllowLocal: true, Logger: slog.New(slog.NewTextHandler(n.logs, nil))})
	for i, key := range keys {
		n.dirs = append(n.dirs, t.TempDir())
		s := storage.NewSwitch(storage.Config{Dir: n.dirs[i], Index: i, Key: key, Chain: n.chain, Peers: n.client,
			HealDelay: 300 * time.Millisecond, HealTurn: &turn, MaxWait: time.Second, MaxInFlight: 4 << 20})
		n.nodes = append(n.nodes, s)
		n.start(i)
		t.Cleanup(func() { n.stop(i) })
	}
	return n
}

func (n *network) newClient(o Options) *Client {
	n.t.Helper()
	com, _ := n.chain.Committee(context.Background())
	c, err := New(com, o)
	if err != nil {
		n.t.Fatal(err)
	}
	return c
}

func (n *network) serve(w http.ResponseWriter, r *http.Request) {
	for i, s := range n.nodes {
		prefix := fmt.Sprintf("/node/%d", i)
		if strings.HasPrefix(r.URL.Path, prefix+"/") {
			var h http.Handler = http.StripPrefix(prefix, s)
			n.mu.Lock()
			if lie := n.tamper[i]; lie != nil {
				h = lie(h)
			}
			n.mu.Unlock()
			h.ServeHTTP(w, r)
			return
		}
	}
	http.NotFound(w, r)
}

func (n *network) start(i int) {
	n.t.Helper()
	if err := n.nodes[i].Start(); err != nil {
		n.t.Fatal(err)
	}
	if err := n.nodes[i].Node().WaitReady(n.t.Context()); err != nil {
		n.t.Fatal(err)
	}
}

func (n *network) stop(of ...int) {
	for _, i := range of {
		if err := n.nodes[i].Stop(); err != nil {
			n.t.Error(err)
		}
	}
}

func (n *network) lie(i int, with func(http.Handler) http.Handler) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tamper[i] = with
}

// rewritten passes requests on and changes the body of successful answers to
// those that match.
func rewritten(match string, change func([]byte) []byte) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.URL.Path, match) || r.Method != http.MethodGet {
				next.ServeHTTP(w, r)
				return
			}
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			body, _ := io.ReadAll(rec.Body)
			if rec.Code == http.StatusOK {
				body = change(body)
			}
			w.WriteHeader(rec.Code)
			_, _ = w.Write(body)
		})
	}
}

// register makes a blob, registers it, and returns it encoded.
func (n *network) register(size int, seed byte, deletable bool) (*codec.Expansion, []byte) {
	n.t.Helper()
	e, err := codec.NewEncoder(testShards)
	if err != nil {
		n.t.Fatal(err)
	}
	data := bytes.Repeat([]byte{seed, 2, 3, 4, seed, 6, 7, 8, 9, 10, 11}, size/11+1)[:size]
	x, err := e.Expand(data)
	if err != nil {
		n.t.Fatal(err)
	}
	n.chain.emit(api.BlobRegistered, x.Metadata().BlobID(), deletable)
	return x, data
}

func (n *network) await(what string, ok func() bool) {
	n.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			n.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// logs keeps what the client logs.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
