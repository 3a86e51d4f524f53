package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/uploader"
)

const shards = 10

// network is a Walrus whose nodes hold what was stored, but for what they were
// told to lose or to spoil.
type network struct {
	mu     sync.Mutex
	blobs  map[codec.BlobID]*codec.Expansion
	data   map[codec.BlobID][]byte
	lost   map[string]bool // "primary 3": nobody has that sliver
	spoilt map[string]bool
	down   error // what every call says
	asked  []string
	whole  int // blobs that were decoded whole

	objects  map[suitx.Address]*suitx.Object
	payments map[suitx.Digest]*Payment
	status   Status
	later    uint32 // epochs that have passed
	certify  func() error
}

func newNetwork() *network {
	return &network{blobs: map[codec.BlobID]*codec.Expansion{}, data: map[codec.BlobID][]byte{}, lost: map[string]bool{}, spoilt: map[string]bool{},
		objects: map[suitx.Address]*suitx.Object{}, payments: map[suitx.Digest]*Payment{}}
}

func (n *network) Metadata(_ context.Context, id codec.BlobID) (*codec.Metadata, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down != nil {
		return nil, n.down
	}
	if x := n.blobs[id]; x != nil {
		return x.Metadata(), nil
	}
	return nil, fmt.Errorf("metadata: %w", ErrNotFound)
}

func (n *network) Sliver(_ context.Context, id codec.BlobID, kind codec.Kind, pair int) (*codec.Sliver, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	name := fmt.Sprintf("%v %d", kind, codec.IndexOf(kind, pair, shards))
	n.asked = append(n.asked, name)
	if n.lost[name] || n.down != nil {
		return nil, fmt.Errorf("%s is lost", name)
	}
	s := *n.blobs[id].Sliver(kind, pair)
	if n.spoilt[name] {
		s.Data = bytes.Clone(s.Data)
		s.Data[0] ^= 1
	}
	return &s, nil
}

func (n *network) Blob(_ context.Context, id codec.BlobID, _ *codec.Metadata) ([]byte, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down != nil {
		return nil, n.down
	}
	n.whole++
	return n.data[id], nil
}

func (n *network) Status(context.Context, codec.BlobID) (Status, error) { return n.status, n.down }

func (n *network) Store(_ context.Context, x *codec.Expansion) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.blobs[x.Metadata().BlobID()] = x
	return n.down
}

func (n *network) Certify(_ context.Context, id codec.BlobID, object suitx.Address, deletable bool) (*api.Certificate, error) {
	if n.certify != nil {
		if err := n.certify(); err != nil {
			return nil, err
		}
	}
	return &api.Certificate{Message: append(id[:], object[:]...), Signature: bytes.Repeat([]byte{0xfb}, 96), Signers: []byte{0b101, 1}}, n.down
}

func (n *network) Objects(_ context.Context, ids ...suitx.Address) (out []*suitx.Object, err error) {
	for _, id := range ids {
		out = append(out, n.objects[id])
	}
	return out, nil
}

func (n *network) Owned(context.Context, suitx.Address, suitx.StructTag) ([]*suitx.Object, error) {
	return nil, nil
}

func (n *network) Committee(context.Context) (*api.Committee, error) {
	return &api.Committee{Epoch: 5 + n.later, NShards: shards, StoragePrice: 3, WritePrice: 2}, nil
}

func (n *network) Payment(_ context.Context, digest suitx.Digest) (*Payment, error) {
	if p := n.payments[digest]; p != nil {
		return p, nil
	}
	return nil, ErrNotFound
}

// put makes a blob be stored.
func (n *network) put(t testing.TB, blob []byte) codec.BlobID {
	t.Helper()
	e, err := codec.NewEncoder(shards)
	if err != nil {
		t.Fatal(err)
	}
	x, err := e.Expand(blob)
	if err != nil {
		t.Fatal(err)
	}
	id := x.Metadata().BlobID()
	n.blobs[id], n.data[id] = x, blob
	return id
}

func random(n int) []byte {
	r := rand.New(rand.NewPCG(uint64(n), 9))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// newDaemon serves a network. Changes may alter the configuration.
func newDaemon(t testing.TB, n *network, changes ...func(*Config)) *Daemon {
	t.Helper()
	u, err := uploader.New(n, shards, 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	ids, _ := api.Networks(api.Local)
	cfg := Config{IDs: ids, Nodes: n, Ledger: n, Uploader: u, Aggregator: Local, UploadRelay: Local, Spool: t.TempDir()}
	for _, change := range changes {
		change(&cfg)
	}
	d, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// ask sends one request as a program on this machine does.
func ask(d http.Handler, method, path string, header map[string]string, body []byte) *httptest.ResponseRecorder {
	var in io.Reader
	if body != nil {
		in = bytes.NewReader(body)
	}
	r := httptest.NewRequest(method, path, in)
	r.RemoteAddr, r.Host = "127.0.0.1:5000", "127.0.0.1:31415"
	for k, v := range header {
		switch k {
		case "Host":
			r.Host = v
		case "Proto":
			r.Proto, r.ProtoMajor, r.ProtoMinor = v, 1, 0
		case "From":
			r.RemoteAddr = v
		default:
			r.Header.Set(k, v)
		}
	}
	w := httptest.NewRecorder()
	serveOr(d, w, r)
	return w
}

// serveOr notes when an answer was cut off.
func serveOr(d http.Handler, w *httptest.ResponseRecorder, r *http.Request) {
	defer func() {
		if v := recover(); v == http.ErrAbortHandler {
			w.Header().Set("Cut-Off", "yes")
		} else if v != nil {
			panic(v)
		}
	}()
	d.ServeHTTP(w, r)
}

func get(d http.Handler, path string, header map[string]string) *httptest.ResponseRecorder {
	return ask(d, "GET", path, header, nil)
}

// reason is what an error's envelope gives, after looking at the envelope.
func reason(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var body struct {
		Error struct {
			Status, Message string
			Code            int
			Details         []struct {
				Type   string `json:"@type"`
				Reason string
				Domain string
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("status %d: %v: %s", w.Code, err, w.Body)
	}
	e := body.Error
	if e.Code != w.Code || e.Status == "" || e.Message == "" || len(e.Details) != 1 || e.Details[0].Type != "ErrorInfo" || e.Details[0].Domain == "" {
		t.Errorf("status %d has envelope %s", w.Code, w.Body)
	}
	return e.Details[0].Reason
}

func fixedClock(at time.Time) func(*Config) {
	return func(c *Config) { c.Clock = func() time.Time { return at } }
}
