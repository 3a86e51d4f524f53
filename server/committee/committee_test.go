package committee

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
)

func TestStoreCertifyRead(t *testing.T) {
	n := newNetwork(t)
	for _, deletable := range []bool{false, true} {
		x, data := n.register(200_000, byte(len(n.chain.events)), deletable)
		id := x.Metadata().BlobID()
		stored, err := n.client.Store(t.Context(), x.Metadata(), x)
		if err != nil || stored.Weight != testShards {
			t.Fatalf("stored %+v, %v", stored, err)
		}
		cert, err := n.client.Certify(t.Context(), id, suitx.Address{7}, deletable)
		if err != nil {
			t.Fatal(err)
		}
		n.verify(cert, bls.Confirmation{Epoch: 1, BlobID: id, Deletable: deletable, ObjectID: objectIf(deletable)}, testNodes)
		n.read(id, data)
	}
}

func objectIf(deletable bool) (object [32]byte) {
	if deletable {
		object[0] = 7
	}
	return object
}

// verify checks a certificate as the ledger does.
func (n *network) verify(cert *api.Certificate, want bls.Confirmation, signers int) {
	n.t.Helper()
	var keys []bls.PublicKey
	weight, bits := 0, 0
	for i, m := range n.chain.committee.Members {
		if cert.Signers[i/8]>>(i%8)&1 == 0 {
			if !slices.Contains(cert.Missing, i) {
				n.t.Errorf("node %d neither signed nor is missing", i)
			}
			continue
		}
		key, err := bls.ParsePublicKey(m.PublicKey[:])
		if err != nil {
			n.t.Fatal(err)
		}
		keys, weight, bits = append(keys, key), weight+len(m.Shards), bits+1
	}
	if err := bls.VerifyAggregate(keys, cert.Message, cert.Signature); err != nil {
		n.t.Error(err)
	}
	if c, err := bls.ParseConfirmation(cert.Message); err != nil || c != want {
		n.t.Errorf("the certificate is of %+v, %v", c, err)
	}
	if weight != cert.Weight || bits != signers || 3*weight < 2*testShards+1 || len(cert.Signers) != 2 {
		n.t.Errorf("%d signers of weight %d, certificate says %d; wanted %d", bits, weight, cert.Weight, signers)
	}
}

func (n *network) read(id codec.BlobID, want []byte) {
	n.t.Helper()
	m, err := n.client.Metadata(n.t.Context(), id)
	if err != nil {
		n.t.Error(err)
		return
	}
	got, err := n.client.Blob(n.t.Context(), id, m)
	if err != nil || !bytes.Equal(got, want) {
		n.t.Errorf("read %d bytes of %d, %v", len(got), len(want), err)
	}
}

// Four nodes are down at the upload, four others at the download; the tenth
// is one too many.
func TestNodesDown(t *testing.T) {
	n := newNetwork(t)
	n.stop(0, 3, 6, 9)
	x, data := n.register(150_000, 1, false)
	id := x.Metadata().BlobID()
	stored, err := n.client.Store(t.Context(), x.Metadata(), x)
	if err != nil || stored.Weight != 18 || len(stored.Missing) != 4 || stored.Missing[3] == nil {
		t.Fatalf("stored %+v, %v", stored, err)
	}
	cert, err := n.client.Certify(t.Context(), id, suitx.Address{}, false)
	if err != nil {
		t.Fatal(err)
	}
	n.verify(cert, bls.Confirmation{Epoch: 1, BlobID: id}, 9)
	n.stop(1, 2, 4, 5)
	n.read(id, data) // five nodes hold ten primary slivers: just enough
	n.stop(7)
	if _, err := n.client.Blob(t.Context(), id, x.Metadata()); !errors.Is(err, codec.ErrTooFewSlivers) {
		t.Errorf("with four nodes left: %v", err)
	}
	if _, err := n.client.Certify(t.Context(), id, suitx.Address{}, false); !errors.Is(err, ErrTooFewNodes) {
		t.Errorf("certified with four nodes: %v", err)
	}
	var at *NodeError
	if _, err := n.client.Store(t.Context(), x.Metadata(), x); !errors.Is(err, ErrTooFewNodes) || !errors.As(err, &at) {
		t.Errorf("stored with four nodes: %v", err)
	}
	n.start(7)
	n.await("the node's rest to end", func() bool {
		got, err := n.client.Blob(t.Context(), id, x.Metadata())
		return err == nil && bytes.Equal(got, data)
	})
}

// A node that was away during the upload gets what it missed from the others.
func TestHealing(t *testing.T) {
	n := newNetwork(t)
	n.stop(2, 11)
	x, data := n.register(100_000, 1, false)
	id := x.Metadata().BlobID()
	if _, err := n.client.Store(t.Context(), x.Metadata(), x); err != nil {
		t.Fatal(err)
	}
	n.chain.emit(api.BlobCertified, id, false)
	n.start(2)
	n.start(11)
	n.await("healing", func() bool {
		cert, err := n.client.Certify(t.Context(), id, suitx.Address{}, false)
		return err == nil && len(cert.Missing) == 0
	})
	// And what is damaged on disk heals as well.
	hexID := fmt.Sprintf("%x", id[:])
	file := filepath.Join(n.dirs[2], "slivers", hexID[:2], hexID)
	if err := os.Truncate(file, 0); err != nil {
		t.Fatal(err)
	}
	pair := codec.PairOf(id, 2, testShards)
	f := api.Frame{Kind: api.FramePrimary, BlobID: id, Index: uint16(pair)}
	if _, status, err := n.client.Get(t.Context(), 2, f); status != 500 {
		t.Errorf("a damaged sliver was answered %d, %v", status, err)
	}
	n.await("healing", func() bool {
		body, status, _ := n.client.Get(t.Context(), 2, f)
		return status == 200 && bytes.Equal(body, x.Pair(pair).Primary.MarshalBCS())
	})
	n.read(id, data)
}

// Whoever lies is named, and worked round.
func TestLiars(t *testing.T) {
	n := newNetwork(t)
	x, data := n.register(50_000, 1, false)
	y, _ := n.register(50_000, 2, false)
	id := x.Metadata().BlobID()
	for _, blob := range []*codec.Expansion{x, y} {
		if _, err := n.client.Store(t.Context(), blob.Metadata(), blob); err != nil {
			t.Fatal(err)
		}
	}
	other, err := n.client.confirmation(t.Context(), n.client.state.Load().nodes[4], bls.Confirmation{Epoch: 1, BlobID: y.Metadata().BlobID()})
	if err != nil {
		t.Fatal(err)
	}
	n.lie(1, rewritten("/slivers/", flip))
	n.lie(2, rewritten("/metadata", func([]byte) []byte { return y.Metadata().MarshalWithID() }))
	n.lie(3, rewritten("/confirmation/", func(b []byte) []byte { return resigned(t, b, nil) }))
	n.lie(4, rewritten("/confirmation/", func(b []byte) []byte { return resigned(t, b, other) }))
	n.lie(5, rewritten("/", func([]byte) []byte { return []byte("nonsense") }))

	n.read(id, data)
	cert, err := n.client.Certify(t.Context(), id, suitx.Address{}, false)
	if err != nil {
		t.Fatal(err)
	}
	n.verify(cert, bls.Confirmation{Epoch: 1, BlobID: id}, 10)
	for i, want := range map[int]error{3: bls.ErrBadSignature, 4: bls.ErrBadSignature, 5: bls.ErrMalformed} {
		_, err := n.client.confirmation(t.Context(), n.client.state.Load().nodes[i], bls.Confirmation{Epoch: 1, BlobID: id})
		named(t, err, i, want)
	}
	_, err = n.client.metadataOf(t.Context(), n.client.state.Load(), 2, id)
	named(t, err, 2, nil)
	if !slices.Contains(cert.Missing, 3) || !strings.Contains(n.logs.String(), "node=1 ") {
		t.Errorf("missing are %v, the log says %s", cert.Missing, n.logs)
	}
}

func named(t *testing.T, err error, i int, want error) {
	t.Helper()
	var at *NodeError
	if !errors.As(err, &at) || at.Index != i || want != nil && !errors.Is(err, want) {
		t.Errorf("node %d isn't named, or not with %v: %v", i, want, err)
	}
}

func flip(b []byte) []byte {
	b[len(b)/2] ^= 1
	return b
}

// resigned swaps the signature in a confirmation, for a damaged one if with is nil.
func resigned(t *testing.T, answer, with []byte) []byte {
	var body map[string]map[string]any
	if err := json.Unmarshal(answer, &body); err != nil {
		t.Error(err)
	}
	signed := body["success"]["data"].(map[string]any)["signed"].(map[string]any)
	if with == nil {
		with = make([]byte, bls.SignatureSize)
	}
	signed["signature"] = with
	out, _ := json.Marshal(body)
	return out
}

// A node that answers slowly doesn't hold up a quorum for long.
func TestSlowNodes(t *testing.T) {
	n := newNetwork(t)
	x, _ := n.register(50_000, 1, false)
	id := x.Metadata().BlobID()
	slow := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // else the server doesn't notice that the caller went
			select {
			case <-r.Context().Done():
			case <-time.After(20 * time.Second):
			}
		})
	}
	n.lie(0, slow)
	n.lie(12, slow)
	began := time.Now()
	stored, err := n.client.Store(t.Context(), x.Metadata(), x)
	if err != nil || stored.Weight != 22 || len(stored.Missing) != 2 {
		t.Errorf("stored %+v, %v", stored, err)
	}
	cert, err := n.client.Certify(t.Context(), id, suitx.Address{}, false)
	if err != nil || !slices.Equal(cert.Missing, []int{0, 12}) {
		t.Errorf("certified %+v, %v", cert, err)
	}
	if _, err := n.client.Blob(t.Context(), id, x.Metadata()); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// A caller who goes away isn't a node's fault.
func TestCancelled(t *testing.T) {
	n := newNetwork(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := n.client.Probe(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("probe: %v", err)
	}
	if _, err := n.client.Certify(ctx, codec.BlobID{}, suitx.Address{}, false); !errors.Is(err, context.Canceled) {
		t.Errorf("certify: %v", err)
	}
	if err := n.client.Probe(t.Context(), 0); err != nil {
		t.Errorf("the node is blamed: %v", err)
	}
}

func TestNewEpoch(t *testing.T) {
	n := newNetwork(t)
	x, _ := n.register(1000, 1, false)
	id := x.Metadata().BlobID()
	if _, err := n.client.Store(t.Context(), x.Metadata(), x); err != nil {
		t.Fatal(err)
	}
	n.chain.mu.Lock()
	n.chain.committee.Epoch = 2
	n.chain.mu.Unlock()
	y, _ := n.register(1000, 2, false) // its event tells the nodes
	if _, err := n.client.Store(t.Context(), y.Metadata(), y); err != nil {
		t.Fatal(err)
	}
	n.await("the nodes' new epoch", func() bool {
		_, err := n.client.Certify(t.Context(), id, suitx.Address{}, false)
		return errors.Is(err, ErrNewEpoch) && errors.Is(err, ErrTooFewNodes)
	})
	com, _ := n.chain.Committee(t.Context())
	if err := n.client.Update(com); err != nil {
		t.Fatal(err)
	}
	if _, err := n.client.Certify(t.Context(), id, suitx.Address{}, false); err != nil {
		t.Error(err)
	}
}

// Frames are answered as the relay passes them on.
func TestFrames(t *testing.T) {
	n := newNetwork(t)
	x, _ := n.register(1000, 1, false)
	id := x.Metadata().BlobID()
	pair := codec.PairOf(id, 5, testShards)
	md := api.Frame{Kind: api.FrameMetadata, BlobID: id, Body: x.Metadata().MarshalBCS()}
	sl := api.Frame{Kind: api.FrameSecondary, BlobID: id, Index: uint16(pair), Body: x.Pair(pair).Secondary.MarshalBCS()}
	put := func(f api.Frame, status int, reason string) {
		t.Helper()
		if got, why, err := n.client.Put(t.Context(), 5, f); err != nil || got != status || why != reason {
			t.Errorf("put: %d %s, %v", got, why, err)
		}
	}
	n.await("registration", func() bool { s, _, _ := n.client.Put(t.Context(), 5, md); return s == 201 || s == 200 })
	put(md, 200, "")
	if held, err := n.client.Holds(t.Context(), 5, sl); held || err != nil {
		t.Errorf("it holds what it wasn't given: %v", err)
	}
	put(sl, 201, "")
	if held, err := n.client.Holds(t.Context(), 5, sl); !held || err != nil {
		t.Errorf("it doesn't hold what it was given: %v", err)
	}
	if body, status, err := n.client.Get(t.Context(), 5, sl); err != nil || status != 200 || !bytes.Equal(body, sl.Body) {
		t.Errorf("get: %d %v", status, err)
	}
	if body, status, err := n.client.Get(t.Context(), 5, md); err != nil || status != 200 || !bytes.Equal(body, md.Body) {
		t.Errorf("get metadata: %d %v", status, err)
	}
	wrong := sl
	wrong.Index++
	put(wrong, 400, "SHARD_NOT_ASSIGNED")
	put(api.Frame{Kind: api.FrameMetadata, BlobID: [32]byte{1}, Body: md.Body}, 400, "NOT_REGISTERED")
	if _, status, err := n.client.Get(t.Context(), 5, api.Frame{Kind: api.FramePrimary, BlobID: id, Index: uint16(pair)}); status != 404 || err != nil {
		t.Errorf("get of what isn't there: %d, %v", status, err)
	}
	if _, _, err := n.client.Put(t.Context(), 99, md); err == nil {
		t.Error("node 99 took metadata")
	}
	if _, err := n.client.Metadata(t.Context(), codec.BlobID{1}); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown blob: %v", err)
	}
	n.stop(5)
	if _, _, err := n.client.Put(t.Context(), 5, sl); err == nil {
		t.Error("a stopped node answered")
	}
	if _, _, err := n.client.Put(t.Context(), 5, sl); !errors.Is(err, ErrResting) {
		t.Errorf("a node that failed just now: %v", err)
	}
}

// No answer makes the client speak to anybody but members.
func TestDialsMembersOnly(t *testing.T) {
	n := newNetwork(t)
	var strangers int
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strangers++ }))
	defer stranger.Close()
	n.lie(0, func(http.Handler) http.Handler {
		return http.RedirectHandler(stranger.URL, http.StatusTemporaryRedirect)
	})
	named(t, n.client.Probe(t.Context(), 0), 0, nil)
	public := n.newClient(Options{Scheme: "http"})
	if err := public.Probe(t.Context(), 1); !errors.Is(err, errPrivate) {
		t.Errorf("a loopback address was dialled: %v", err)
	}
	for _, address := range []string{"", "/v1", "user@" + n.host, n.host + "?x", n.host + "#x", "a b"} {
		com := n.chain.committee
		com.Members = slices.Clone(com.Members)
		com.Members[2].Address = address
		c, err := New(&com, Options{Scheme: "http", AllowLocal: true})
		if err != nil {
			t.Fatal(err)
		}
		named(t, c.Probe(t.Context(), 2), 2, nil)
	}
	if strangers > 0 {
		t.Error("a stranger was spoken to")
	}
}

func TestCheckPublic(t *testing.T) {
	for address, public := range map[string]bool{
		"8.8.8.8:443": true, "[2606:4700::1]:443": true, "127.0.0.1:443": false, "10.0.0.1:1": false, "192.168.1.1:1": false,
		"169.254.169.254:80": false, "[::1]:1": false, "[fe80::1]:1": false, "[fd00::1]:1": false, "0.0.0.0:1": false,
		"[::ffff:127.0.0.1]:1": false, "224.0.0.1:1": false, "nonsense": false,
		"100.63.255.255:1": true, "100.64.0.1:1": false, "100.100.100.200:80": false, "100.128.0.1:1": true, "0.1.2.3:1": false,
		"192.0.0.192:80": false, "192.0.1.1:1": true, "198.18.0.1:1": false, "240.0.0.1:1": false, "255.255.255.255:1": false,
		"[64:ff9b::808:808]:1": true, "[64:ff9b::a00:1]:1": false, "[64:ff9b::a9fe:a9fe]:80": false, "[64:ff9b:1::a00:1]:1": false,
		"[::127.0.0.1]:1": false, "[2002:7f00:1::]:1": false, "[2001:0:7f00:1::1]:1": false, "[2001:4860:4860::8888]:1": true,
		"[fec0::1]:1": false, "[fe80::1%lo]:1": false, "[::ffff:100.100.100.200]:80": false,
	} {
		if err := checkPublic(address); (err == nil) != public {
			t.Errorf("%s: %v", address, err)
		}
	}
}
