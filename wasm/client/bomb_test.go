package client

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"floe/crypto"
	"floe/server/api"
)

// A server that wants to exhaust who asks it, or keep her waiting for ever.

// hostile answers one path by itself and leaves the others to the fake.
type hostile struct {
	*fake
	path string
	body func(ctx context.Context, r Request) io.Reader
}

func (h hostile) Do(ctx context.Context, r Request) (*Response, error) {
	if !strings.HasPrefix(r.Path, h.path) {
		return h.fake.Do(ctx, r)
	}
	return &Response{Status: 200, Body: io.NopCloser(h.body(ctx, r))}, nil
}

func (h hostile) client() *Client {
	c := h.fake.client()
	c.relay = h
	return c
}

// allocated is how many bytes run allocates.
func allocated(run func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// wantBounded runs what must fail, soon and without taking much memory.
func wantBounded(t *testing.T, most uint64, run func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var err error
	if took := allocated(func() { err = run(ctx) }); took > most {
		t.Errorf("%d MiB were allocated, at most %d MiB should be", took>>20, most>>20)
	}
	if err == nil || ctx.Err() != nil {
		t.Errorf("got %v, want an error within 10 s", err)
	}
}

// TestBombTransaction: the BCS of a transaction with millions of empty inputs,
// each of them two bytes there and hundreds in memory.
func TestBombTransaction(t *testing.T) {
	const inputs = 2 << 20
	bomb := append([]byte{0, 0, 0x80, 0x80, 0x80, 0x01}, make([]byte, 2*inputs)...)
	text := base64.StdEncoding.EncodeToString(bomb)
	h := hostile{newFake(t), api.PathParcels, func(context.Context, Request) io.Reader {
		return strings.NewReader(`{"creation":{"transaction":"` + text + `"}}`)
	}}
	l := crypto.Link{Secret: crypto.NewSecret(false)}.URL("http://floe.test")
	wantBounded(t, 64<<20, func(ctx context.Context) error {
		_, err := h.client().Open(ctx, OpenRequest{Link: l})
		return err
	})
}

// TestBombNodes: a committee of a million nodes.
func TestBombNodes(t *testing.T) {
	h := hostile{newFake(t), api.PathNetwork, func(context.Context, Request) io.Reader {
		return strings.NewReader(`{"nodes":[{}` + strings.Repeat(",{}", 4<<20) + `]}`)
	}}
	wantBounded(t, 64<<20, func(ctx context.Context) error {
		_, err := h.client().Network(ctx)
		return err
	})
	f := newFake(t)
	for i := len(f.net.Nodes); i <= f.net.NShards; i++ {
		f.net.Nodes = append(f.net.Nodes, api.Node{Index: i, Name: "idle"})
	}
	if _, err := f.client().Network(context.Background()); err == nil {
		t.Error("more nodes than shards were accepted")
	}
}

// TestBombSegments: a segment size that makes a plan of millions of blobs, or
// blobs that nobody can hold in memory.
func TestBombSegments(t *testing.T) {
	for _, size := range []int64{1, 256 << 20} {
		f := newFake(t)
		f.net.SegmentSize, f.net.MaxParcelSize = size, math.MaxInt64
		if size > 1 {
			growNetwork(f, 1000)
		}
		big := testFile("big", nil)
		big.Size = 1 << 40
		wantBounded(t, 64<<20, func(ctx context.Context) error {
			_, err := f.client().Send(ctx, SendRequest{Seed: crypto.Seed{1}, Files: []File{big}})
			return err
		})
		if f.count(api.PathRegister) > 0 {
			t.Errorf("segments of %d bytes were accepted", size)
		}
	}
}

// growNetwork gives a network that many shards.
func growNetwork(f *fake, shards int) {
	f.net.NShards = shards
	for i := range f.net.Nodes {
		f.net.Nodes[i].Shards = nil
	}
	for shard := range shards {
		node := &f.net.Nodes[shard%len(f.net.Nodes)]
		node.Shards = append(node.Shards, shard)
	}
}

// TestEndlessFrames: an answer to a read that never ends, of frames that are
// each in order.
func TestEndlessFrames(t *testing.T) {
	f := newFake(t)
	sent := mustSend(t, f.client(), request(map[string][]byte{"a": noise("a", 3000)}))
	id := sent.Blobs[0].BlobID
	for name, frame := range map[string]api.Frame{
		"refused metadata": {Kind: api.FrameMetadata, Status: statusLiar, BlobID: id},
		"wrong metadata":   {Kind: api.FrameMetadata, Status: 200, BlobID: id, Body: []byte{1}},
		"refused slivers":  {Kind: api.FramePrimary, Status: statusLiar, BlobID: id},
		"wrong slivers":    {Kind: api.FramePrimary, Status: 200, BlobID: id, Body: []byte{1}},
	} {
		t.Run(name, func(t *testing.T) {
			h := hostile{f, api.PathRead, nil}
			h.body = func(ctx context.Context, r Request) io.Reader {
				var head []byte // honest metadata comes first
				if frame.Kind != api.FrameMetadata && bytes.Contains(r.Body.Bytes(), []byte(`"metadata":true`)) {
					head = api.AppendFrame(nil, f.readMetadata(id))
					copy(head[7:], id[:])
				}
				return &endless{ctx: ctx, rest: head, again: api.AppendFrame(nil, frame)}
			}
			wantBounded(t, 64<<20, func(ctx context.Context) error {
				_, err := h.client().Open(ctx, OpenRequest{Link: link(sent)})
				if err != nil && CodeOf(err) != CodeLiar {
					t.Errorf("got %v, want a liar", err)
				}
				return err
			})
		})
	}
}

// endless gives the same bytes until ctx ends.
type endless struct {
	ctx   context.Context
	again []byte
	rest  []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if e.ctx.Err() != nil {
		return 0, context.Cause(e.ctx)
	}
	if len(e.rest) == 0 {
		e.rest = e.again
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// TestSilentStream: an answer that begins and then says nothing more counts as
// none, so that patience ends the wait.
func TestSilentStream(t *testing.T) {
	f := newFake(t)
	sent := mustSend(t, f.client(), request(map[string][]byte{"a": noise("a", 3000)}))
	for _, path := range []string{api.PathNetwork, api.PathParcels, api.PathRead} {
		h := hostile{f, path, func(ctx context.Context, _ Request) io.Reader { return silent{ctx} }}
		c := h.client()
		c.pace.silence = 20 * time.Millisecond
		wantBounded(t, 64<<20, func(ctx context.Context) error {
			_, err := c.Open(ctx, OpenRequest{Link: link(sent), Patience: 100 * time.Millisecond})
			if CodeOf(err) != CodeOffline {
				t.Errorf("%s: got %v, want offline", path, err)
			}
			return err
		})
	}
}

type silent struct{ ctx context.Context }

func (s silent) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, context.Cause(s.ctx)
}
