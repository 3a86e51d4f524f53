package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"crypto/ed25519"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// fakeNodes keep what they are given in memory. Tests stop them, slow them down
// and tamper with what they hold.
type fakeNodes struct {
	mu      sync.Mutex
	held    map[key][]byte
	down    map[int]bool
	failing map[int]bool // answer 500, as a node does whose disk is damaged
	puts    int
	asked   int
	late    int           // how many puts are refused as not registered first
	gate    chan struct{} // when set, Put of a sliver waits for it
	inHand  int           // bytes in Put now
	most    int           // and at most
	certify func(codec.BlobID) (*api.Certificate, error)
}

// key is a frame without body and status.
type key struct {
	node int
	kind api.FrameKind
	blob [32]byte
	pair uint16
}

var errDown = errors.New("connection refused")

func newFakeNodes() *fakeNodes {
	return &fakeNodes{held: make(map[key][]byte), down: make(map[int]bool), failing: make(map[int]bool)}
}

func keyOf(node int, f api.Frame) key { return key{node, f.Kind, f.BlobID, f.Index} }

func (n *fakeNodes) Put(ctx context.Context, node int, f api.Frame) (int, string, error) {
	n.mu.Lock()
	n.inHand += len(f.Body)
	n.most = max(n.most, n.inHand)
	gate := n.gate
	n.mu.Unlock()
	if gate != nil && f.Kind != api.FrameMetadata {
		select {
		case <-gate:
		case <-ctx.Done():
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.inHand -= len(f.Body)
	n.puts++
	switch {
	case ctx.Err() != nil:
		return 0, "", ctx.Err()
	case n.down[node]:
		return 0, "", errDown
	case n.late > 0:
		n.late--
		return http.StatusBadRequest, reasonNotRegistered, nil
	}
	if _, held := n.held[keyOf(node, f)]; held {
		return http.StatusOK, "", nil
	}
	n.held[keyOf(node, f)] = append([]byte{}, f.Body...)
	return http.StatusCreated, "", nil
}

func (n *fakeNodes) holding() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.inHand
}

// set changes the nodes while requests may be under way.
func (n *fakeNodes) set(change func(*fakeNodes)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change(n)
}

func (n *fakeNodes) Holds(_ context.Context, node int, f api.Frame) (bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	if n.down[node] {
		return false, errDown
	}
	_, held := n.held[keyOf(node, f)]
	return held, nil
}

func (n *fakeNodes) Get(_ context.Context, node int, f api.Frame) ([]byte, int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down[node] {
		return nil, 0, errDown
	}
	if n.failing[node] {
		return nil, http.StatusInternalServerError, nil
	}
	if body, held := n.held[keyOf(node, f)]; held {
		return body, http.StatusOK, nil
	}
	return nil, http.StatusNotFound, nil
}

func (n *fakeNodes) Certify(_ context.Context, id codec.BlobID, _ suitx.Address, _ bool) (*api.Certificate, error) {
	return n.certify(id)
}

// fakeLocal is the embedded network's switches.
type fakeLocal struct {
	ledger *fakeLedger
	nodes  *fakeNodes
}

func (l *fakeLocal) Faucet(_ context.Context, to suitx.Address) (api.FaucetResponse, error) {
	l.ledger.mu.Lock()
	defer l.ledger.mu.Unlock()
	wal := suitx.StructTag{Address: testIDs.WALPackage, Module: "wal", Name: "WAL"}
	l.ledger.coin(to, suitx.CoinOf(suitx.SUI()), 100_000_000_000)
	l.ledger.coin(to, suitx.CoinOf(wal.Tag()), 2*walWanted)
	return api.FaucetResponse{SUI: 100_000_000_000, WAL: 2 * walWanted, Digest: "d"}, nil
}

func (l *fakeLocal) StopNode(_ context.Context, node int) error  { return l.set(node, true) }
func (l *fakeLocal) StartNode(_ context.Context, node int) error { return l.set(node, false) }

func (l *fakeLocal) set(node int, down bool) error {
	l.nodes.mu.Lock()
	defer l.nodes.mu.Unlock()
	l.nodes.down[node] = down
	return nil
}

// site is a Server over fakes, reachable over real HTTP.
type site struct {
	*Server
	t      *testing.T
	ledger *fakeLedger
	nodes  *fakeNodes
	base   string
	clock  *clock
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// trustLoopback takes the test client for a proxy, which may speak for others.
var trustLoopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

var testLimits = Limits{
	Window:    24 * time.Hour,
	PerClient: Cost{Bytes: 1 << 40, WAL: 1 << 50, Gas: 1 << 50},
	Total:     Cost{Bytes: 1 << 42, WAL: 1 << 52, Gas: 1 << 52},
	Live:      1 << 42,
}

func newSite(t *testing.T, change ...func(*Config)) *site {
	t.Helper()
	s := &site{t: t, ledger: newFakeLedger(), nodes: newFakeNodes(), clock: &clock{at: time.Now()}}
	cfg := Config{
		IDs: testIDs, Ledger: s.ledger, Chain: s.ledger, Nodes: s.nodes,
		Local:   &fakeLocal{s.ledger, s.nodes},
		Sponsor: ed25519.NewKeyFromSeed(make([]byte, 32)), Deletable: true, DefaultEpochs: 7, MaxParcelSize: 4 << 30,
		Limits: testLimits, Loopback: true, Clock: s.clock.now,
		Assets: fstest.MapFS{
			"js/a.js":           {Data: []byte("export {}")},
			"frame/a.js":        {Data: []byte("export {}")},
			"pdf/a.mjs":         {Data: []byte("export {}")},
			"sw.js":             {Data: []byte("export {}")},
			"dist/floe.wasm":    {Data: []byte("\x00asm")},
			"dist/floe.wasm.br": {Data: []byte("small")},
			"static.go":         {Data: []byte("package static")},
		},
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	for _, f := range change {
		f(&cfg)
	}
	var err error
	if s.Server, err = New(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(func() { srv.Close(); s.Close() })
	s.base = srv.URL
	return s
}
