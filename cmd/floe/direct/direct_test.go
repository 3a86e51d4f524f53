package direct

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
	"floe/wasm/client"
)

// fund has the faucet give money to an address.
func (n *network) fund(t *testing.T, key ed25519.PrivateKey) {
	t.Helper()
	body, _ := json.Marshal(api.FaucetRequest{Address: suitx.AddressOf(key.Public().(ed25519.PublicKey)).String()})
	n.post(t, api.PathFaucet, body)
}

func (n *network) post(t *testing.T, path string, body []byte) {
	t.Helper()
	res, err := http.Post(n.url+path, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode/100 != 2 {
		t.Fatalf("POST %s: %s", path, res.Status)
	}
}

func (n *network) open(t *testing.T, cfg Config) *client.Client {
	t.Helper()
	cfg.Place = n.place
	r, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return client.New(r, &shelf{}, r.IDs())
}

func (n *network) send(t *testing.T, c *client.Client, data []byte) (string, error) {
	return n.sendWithin(t.Context(), c, data)
}

func (n *network) sendWithin(ctx context.Context, c *client.Client, data []byte) (string, error) {
	file := client.File{Path: "a.bin", Size: int64(len(data)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
	sent, err := c.Send(ctx, client.SendRequest{Files: []client.File{file}, Seed: crypto.NewSeed()})
	if err != nil {
		return "", err
	}
	return sent.Link.URL("floe:local"), nil
}

// read opens a link and reads its one file, and returns what was said meanwhile.
func read(t *testing.T, c *client.Client, link string) ([]byte, string, error) {
	var said sync.Map
	tell := func(p client.Progress) { said.Store(p.Message, true) }
	p, err := c.Open(t.Context(), client.OpenRequest{Link: link, Patience: 1, Progress: tell})
	if err != nil {
		return nil, "", err
	}
	var got bytes.Buffer
	err = p.WriteFile(t.Context(), 0, &got, client.ReadRequest{Patience: 1, Progress: tell})
	var words strings.Builder
	said.Range(func(k, _ any) bool { words.WriteString(k.(string) + "\n"); return true })
	return got.Bytes(), words.String(), err
}

// shelf is a Memory that lasts as long as the test.
type shelf struct{ seen sync.Map }

func (s *shelf) Seen(parcel [32]byte) (uint64, bool, error) {
	v, known := s.seen.Load(parcel)
	if !known {
		return 0, false, nil
	}
	return v.(uint64), true, nil
}

func (s *shelf) Saw(parcel [32]byte, sequence uint64) error {
	s.seen.Store(parcel, sequence)
	return nil
}

// liar spoils what some nodes answer.
type liar struct {
	node string // in the path; "" for all
	what string // likewise
	lies atomic.Int64
}

func (l *liar) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || r.Method != http.MethodGet || !strings.Contains(r.URL.Path, l.node) || !strings.Contains(r.URL.Path, l.what) {
		return res, err
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err == nil && len(body) > 100 {
		body[len(body)/2] ^= 1
		l.lies.Add(1)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, err
}

func TestLyingNodes(t *testing.T) {
	n := newNetwork(t, 24*time.Hour)
	n.fund(t, n.payer)
	data := make([]byte, 3<<20)
	rand.Read(data)
	link, err := n.send(t, n.open(t, Config{Payer: n.payer}), data)
	if err != nil {
		t.Fatal(err)
	}
	// Which nodes hold the rows that are read depends on the blob.
	lies := int64(0)
	for node := range 13 {
		l := &liar{node: fmt.Sprintf("/node/%d/", node), what: "/slivers/"}
		got, said, err := read(t, n.open(t, Config{Nodes: l}), link)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("node %d lies: %d bytes, %v", node, len(got), err)
		}
		lies += l.lies.Load()
		if told := fmt.Sprintf("Node %d gave something damaged", node+1); l.lies.Load() > 0 && !strings.Contains(said, told) {
			t.Errorf("node %d lies %d times: said %q", node, l.lies.Load(), said)
		}
	}
	if lies == 0 {
		t.Error("no lie was ever told")
	}
	if got, _, err := read(t, n.open(t, Config{Nodes: &liar{node: "/node/4/"}}), link); err != nil || !bytes.Equal(got, data) {
		t.Errorf("a node lies in all it says: %d bytes, %v", len(got), err)
	}
	// When all of them lie, nothing wrong is ever handed out.
	all := &liar{what: "/slivers/"}
	if got, _, err := read(t, n.open(t, Config{Nodes: all}), link); err == nil || len(got) > 0 || all.lies.Load() == 0 {
		t.Errorf("all nodes lie: %d bytes, %v, after %d lies", len(got), err, all.lies.Load())
	}
	t.Run("confirmations", func(t *testing.T) { n.lyingConfirmations(t, data) })
	t.Run("too little", n.tooLittle)
	t.Run("nobody pays", func(t *testing.T) {
		if _, err := n.send(t, n.open(t, Config{}), data[:1]); client.CodeOf(err) != client.CodeNoSponsor {
			t.Errorf("sent without a payer: %v", err)
		}
	})
}

// lyingConfirmations: a node's confirmation counts only as signed.
func (n *network) lyingConfirmations(t *testing.T, data []byte) {
	one := &liar{node: "/node/6/", what: "/confirmation/"}
	if _, err := n.send(t, n.open(t, Config{Payer: n.payer, Nodes: one}), data[:1000]); err != nil || one.lies.Load() == 0 {
		t.Errorf("one of thirteen: %v, after %d lies", err, one.lies.Load())
	}
	all := &liar{what: "/confirmation/"}
	r, err := Open(t.Context(), Config{Place: n.place, Payer: n.payer, Nodes: all})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second) // the client tries for long
	defer cancel()
	if _, err := n.sendWithin(ctx, client.New(r, &shelf{}), data[:1001]); err == nil || all.lies.Load() < 13 {
		t.Errorf("all of them: %v, after %d lies", err, all.lies.Load())
	}
}

// tooLittle: who has too little is told how much, and where to send it.
func (n *network) tooLittle(t *testing.T) {
	poor := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))
	c := n.open(t, Config{Payer: poor})
	_, err := n.send(t, c, []byte("a"))
	address := suitx.AddressOf(poor.Public().(ed25519.PublicKey)).String()
	if err == nil || !strings.Contains(err.Error(), address+" has 0 WAL") {
		t.Errorf("without money: %v", err)
	}
}

func TestOpenSaysWhatIsMissing(t *testing.T) {
	testnet, _ := api.Places(api.Testnet)
	nobody, _ := api.Places(api.Local)
	nobody.Ledger = "http://127.0.0.1:1"
	for name, c := range map[string]struct {
		place api.Place
		code  client.Code
		words string
	}{
		"no package": {testnet, client.CodeUnsupported, "published on testnet"},
		"no ledger":  {nobody, client.CodeOffline, "127.0.0.1:1"},
	} {
		_, err := Open(t.Context(), Config{Place: c.place})
		var e *client.Error
		if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(e.Message, c.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, Config{Place: nobody}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestAmount(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 1: "0.000000001", 1_000_000_000: "1", 1_500_000_000: "1.5", 12_000_340_000: "12.00034"} {
		if got := amount(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
