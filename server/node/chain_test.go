package node

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
)

const testShards = 10 // the node under test holds shards 3, 4 and 9 of them

// chain is a ledger that the test writes.
type chain struct {
	mu        sync.Mutex
	committee api.Committee
	events    []api.BlobEvent
	more      chan struct{} // closed and replaced when events come
	asked     []uint64      // from which checkpoints events were asked for
}

func newChain(key *bls.Key) *chain {
	c := &chain{more: make(chan struct{})}
	c.committee = api.Committee{Epoch: 1, NShards: testShards, EpochStart: time.Now(), EpochDuration: time.Hour,
		Members: []api.Member{{Index: 0, Shards: []int{0, 1, 2, 5, 6, 7, 8}}, {Index: 1, PublicKey: key.Public().Compressed(), Shards: []int{3, 4, 9}}}}
	return c
}

func (c *chain) Committee(context.Context) (*api.Committee, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	com := c.committee
	return &com, nil
}

func (c *chain) BlobEvents(ctx context.Context, from uint64, fn func(api.BlobEvent) error) error {
	c.mu.Lock()
	c.asked = append(c.asked, from)
	c.mu.Unlock()
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

// emit adds an event in a checkpoint of its own.
func (c *chain) emit(e api.BlobEvent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.Epoch == 0 {
		e.Epoch = c.committee.Epoch
	}
	if e.EndEpoch == 0 {
		e.EndEpoch = 5
	}
	e.Checkpoint = uint64(len(c.events) + 1)
	e.TxDigest = suitx.Digest{byte(e.Checkpoint)}
	c.events = append(c.events, e)
	close(c.more)
	c.more = make(chan struct{})
}

func (c *chain) setEpoch(epoch uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.committee.Epoch = epoch
}

// blob is an encoded blob.
type blob struct {
	id       codec.BlobID
	metadata *codec.Metadata
	pairs    []codec.SliverPair
	data     []byte
}

func newBlob(t testing.TB, size int, seed byte) *blob {
	t.Helper()
	e, err := codec.NewEncoder(testShards)
	if err != nil {
		t.Fatal(err)
	}
	b := &blob{data: bytes.Repeat([]byte{seed, 1, 2, seed, 4, 5, 6}, size/7+1)[:size]}
	if b.metadata, b.pairs, err = e.Encode(b.data); err != nil {
		t.Fatal(err)
	}
	b.id = b.metadata.BlobID()
	return b
}

func (b *blob) sliver(kind codec.Kind, pair int) []byte {
	if kind == codec.Primary {
		return b.pairs[pair].Primary.MarshalBCS()
	}
	return b.pairs[pair].Secondary.MarshalBCS()
}

// ownPairs are those of shards 3, 4 and 9.
func (b *blob) ownPairs() []int {
	return []int{codec.PairOf(b.id, 3, testShards), codec.PairOf(b.id, 4, testShards), codec.PairOf(b.id, 9, testShards)}
}

// bench is a node under test behind HTTP.
type bench struct {
	t     testing.TB
	dir   string
	key   *bls.Key
	chain *chain
	node  *Node
	url   string
	stop  func() // also called at the end of the test
}

func newBench(t testing.TB) *bench {
	t.Helper()
	key, err := bls.KeyFromSeed(bytes.Repeat([]byte{42}, 32))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, dir: t.TempDir(), key: key, chain: newChain(key)}
	b.start()
	t.Cleanup(func() { b.stop() })
	return b
}

func (b *bench) config() Config {
	return Config{Dir: b.dir, Index: 1, Key: b.key, Chain: b.chain, MaxWait: 2 * time.Second,
		Logger: slog.New(slog.NewTextHandler(testLog{b.t}, &slog.HandlerOptions{Level: slog.LevelDebug}))}
}

func (b *bench) start() {
	b.t.Helper()
	n, err := Open(b.config())
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- n.Run(ctx) }()
	if err := n.WaitReady(ctx); err != nil {
		b.t.Fatal(err)
	}
	srv := httptest.NewServer(n.Handler())
	b.node, b.url = n, srv.URL
	b.stop = sync.OnceFunc(func() {
		srv.Close()
		cancel()
		if err := <-ran; err != nil {
			b.t.Error(err)
		}
		if err := n.Close(); err != nil {
			b.t.Error(err)
		}
	})
}

// register emits the registration and waits until the node has seen it.
func (b *bench) register(id codec.BlobID, object suitx.Address, deletable bool) {
	b.t.Helper()
	b.chain.emit(api.BlobEvent{Kind: api.BlobRegistered, BlobID: id, ObjectID: object, Deletable: deletable})
	b.await("registration", func() bool { ok, _ := b.node.registered(id); return ok })
}

func (b *bench) await(what string, ok func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// do returns status and body of one request.
func (b *bench) do(method, path string, body []byte) (int, string) {
	b.t.Helper()
	req, err := http.NewRequest(method, b.url+path, bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

// store puts metadata and all slivers of the node's own shards.
func (b *bench) store(x *blob) {
	b.t.Helper()
	b.put(path(x, "metadata"), x.metadata.MarshalBCS())
	for _, pair := range x.ownPairs() {
		for _, kind := range []codec.Kind{codec.Primary, codec.Secondary} {
			b.put(sliverPath(x, pair, kind), x.sliver(kind, pair))
		}
	}
}

func (b *bench) put(path string, body []byte) {
	b.t.Helper()
	if code, answer := b.do("PUT", path, body); code != 201 {
		b.t.Errorf("PUT %s: %d %s", path, code, answer)
	}
}

func path(x *blob, what string) string { return "/v1/blobs/" + x.id.String() + "/" + what }

type testLog struct{ t testing.TB }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(string(bytes.TrimSpace(b)))
	return len(b), nil
}
