package client

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"floe/server/api"
)

// counted is a relay that counts what it is asked for, and how many answers had
// to come one after the other.
type counted struct {
	*fake
	delay time.Duration                          // before an answer
	gate  func(context.Context, api.ReadRequest) // is passed before a read is answered; may be nil

	mu    sync.Mutex
	reads []api.ReadRequest
	bytes int // of answers to reads
	depth int
	open  int // requests without an answer
	most  int
}

func (c *counted) Do(ctx context.Context, r Request) (*Response, error) {
	c.mu.Lock()
	depth := c.depth + 1
	c.open++
	c.most = max(c.most, c.open)
	var ask api.ReadRequest
	if r.Path == api.PathRead {
		if err := json.Unmarshal(r.Body.Bytes(), &ask); err != nil {
			c.t.Error(err)
		}
		c.reads = append(c.reads, ask)
	}
	c.mu.Unlock()
	time.Sleep(c.delay)
	if r.Path == api.PathRead && c.gate != nil {
		c.gate(ctx, ask)
	}
	res, err := c.fake.Do(ctx, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.depth = max(c.depth, depth)
	c.open--
	if err == nil && r.Path == api.PathRead {
		res.Body = &counting{res.Body, c}
	}
	return res, err
}

type counting struct {
	io.ReadCloser
	c *counted
}

func (b *counting) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	b.c.bytes += n
	return n, err
}

func (c *counted) client() *Client {
	out := c.fake.client()
	out.relay = c
	return out
}

// reset forgets what was counted.
func (c *counted) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads, c.bytes, c.depth, c.most = nil, 0, 0, 0
}

// rows counts how often rows were asked for, and the metadata of blobs.
func (c *counted) rows() (rows, metadata int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.reads {
		rows += len(r.Primary)
		if r.Metadata {
			metadata++
		}
	}
	return rows, metadata
}

// twice lists what was asked for more than once.
func (c *counted) twice() (out []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	type row struct {
		blob string
		pair int
	}
	seen := map[row]bool{}
	for _, r := range c.reads {
		for _, pair := range r.Primary {
			if seen[row{r.BlobID, pair}] {
				out = append(out, r.BlobID)
			}
			seen[row{r.BlobID, pair}] = true
		}
	}
	return slices.Compact(out)
}

// largeSegment makes rows of 29 kB, a fourth of what they are in life.
const largeSegment = 1 << 20

// sentLarge sends files over a network as the embedded one is, with bounds and
// blobs a sixteenth of the usual ones.
func sentLarge(t testing.TB, files map[string][]byte) (*counted, *Sent) {
	f := newFake(t)
	growNetwork(f, 104)
	f.net.SegmentSize, f.net.MaxParcelSize = largeSegment, 1<<30
	c := &counted{fake: f}
	sent, err := f.client().Send(context.Background(), request(files))
	if err != nil {
		t.Fatal(err)
	}
	return c, sent
}

// openLarge opens what was sent so.
func openLarge(t testing.TB, c *counted, sent *Sent) *Parcel {
	t.Helper()
	p, err := c.client().Open(context.Background(), OpenRequest{Link: link(sent)})
	if err != nil {
		t.Fatal(err)
	}
	p.source.bounds = bounds{kept: largeSegment, ahead: largeSegment, unit: largeSegment / 4, shelf: 2 * largeSegment}
	return p
}

// indexOf finds a file by its path.
func indexOf(t testing.TB, p *Parcel, path string) int {
	t.Helper()
	i := slices.IndexFunc(p.Files, func(f FileInfo) bool { return f.Path == path })
	if i < 0 {
		t.Fatalf("the parcel has no %s", path)
	}
	return i
}
