package client

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floe/codec"
	"floe/server/api"
)

// whole is POST /api/v1/blobs/<blob ID>: it is encoded, and each node that is up
// keeps and acknowledges its part.
func (f *fake) whole(rest string, r Request) (*Response, error) {
	name, _, _ := strings.Cut(rest, "?")
	id, err := codec.ParseBlobID(name)
	if err != nil {
		return answer(400, &api.ErrorBody{Error: malformed("%v", err)})
	}
	if f.busy != nil && f.busy() {
		return answer(503, &api.ErrorBody{Error: &api.Error{Code: api.CodeFull, Message: "busy", RetryAfterMS: 1}})
	}
	if r.Sent != nil {
		r.Sent(int64(r.Body.Len() / 2))
		r.Sent(int64(r.Body.Len()))
	}
	if f.storesWhole != nil {
		defer f.storesWhole()()
	}
	encoder, err := codec.NewEncoder(f.net.NShards)
	if err != nil {
		return nil, err
	}
	x, err := encoder.Expand(r.Body.Bytes())
	if err != nil || x.Metadata().BlobID() != id {
		f.t.Errorf("the body isn't blob %s: %v", id, err)
		return answer(422, &api.ErrorBody{Error: malformed("another blob")})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var acks []byte
	keep := func(i int, frame api.Frame) {
		frame.BlobID = id
		if f.nodes[i].down {
			return
		}
		if err := f.keep(i, frame); err != nil {
			f.t.Errorf("node %d refuses kind %d, pair %d: %v", i, frame.Kind, frame.Index, err)
		}
		frame.Node, frame.Status, frame.Body = uint16(i), 200, nil
		if f.lieFrame != nil {
			frame, _ = f.lieFrame(frame)
		}
		acks = api.AppendFrame(acks, frame)
	}
	for i := range f.nodes {
		keep(i, api.Frame{Kind: api.FrameMetadata, Body: x.Metadata().MarshalBCS()})
	}
	for pair := range f.net.NShards {
		i := f.holder(id, pair)
		keep(i, api.Frame{Kind: api.FramePrimary, Index: uint16(pair), Body: x.Sliver(codec.Primary, pair).MarshalBCS()})
		keep(i, api.Frame{Kind: api.FrameSecondary, Index: uint16(pair), Body: x.Sliver(codec.Secondary, pair).MarshalBCS()})
	}
	acks = api.AppendFrame(acks, api.Frame{Kind: api.FrameEnd, BlobID: id})
	return &Response{Status: 200, Body: io.NopCloser(bytes.NewReader(acks))}, nil
}

// uploaded counts the bytes of bodies below a path.
func uploaded(f *fake, below string) *atomic.Int64 {
	var n atomic.Int64
	before := f.cut
	f.cut = func(r Request) bool {
		if strings.HasPrefix(r.Path, below) {
			n.Add(int64(r.Body.Len()))
		}
		return before != nil && before(r)
	}
	return &n
}

func TestSendLight(t *testing.T) {
	f := newFake(t)
	f.stop(2, 5)
	all := uploaded(f, "/")
	files := map[string][]byte{"a": bytes.Repeat([]byte("planted words "), 20_000)}
	req := request(files)
	req.Light = true
	var last Progress
	req.Progress = func(p Progress) { last = p }
	sent, err := f.client().Send(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if f.count(api.PathStore) > 0 || f.count(api.PathBlobs) < 3 {
		t.Errorf("%d posts of slivers, %d of blobs", f.count(api.PathStore), f.count(api.PathBlobs))
	}
	sealed := int64(0)
	for _, b := range sent.Blobs {
		sealed += int64(b.Size)
	}
	if n := all.Load(); n > sealed*105/100+100_000 || n < sealed {
		t.Errorf("%d bytes went up for %d sealed", n, sealed)
	}
	if last.Phase != PhaseReady || last.Acked != sealed || last.Total != sealed {
		t.Errorf("progress ends at %s, %d of %d", last.Phase, last.Acked, last.Total)
	}
	for i, n := range last.Nodes {
		if down := i == 2 || i == 5; down != (n.State == NodeDown) || !down && (n.State != NodeDone || n.Acked != n.Total) {
			t.Errorf("node %d ends %s with %d of %d", i, n.State, n.Acked, n.Total)
		}
	}
	if sent.NodesHolding != 11 {
		t.Errorf("%d nodes hold it", sent.NodesHolding)
	}
	if bytes.Contains(f.traffic.Bytes(), []byte("planted words")) {
		t.Error("the relay saw the files")
	}
	p, err := f.client().Open(t.Context(), OpenRequest{Link: sent.Link.URL("http://x")})
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := p.WriteFile(t.Context(), 0, &got, ReadRequest{}); err != nil || !bytes.Equal(got.Bytes(), files["a"]) {
		t.Errorf("it opens to %d bytes, %v", got.Len(), err)
	}
}

// TestSendLightAgain: an upload that is cut, or that too few nodes took, is made
// again, and what was uploaded in vain doesn't count.
func TestSendLightAgain(t *testing.T) {
	f := newFake(t)
	f.stop(0, 1, 2, 3, 4)
	posts := 0
	f.cut = func(r Request) bool {
		if !strings.HasPrefix(r.Path, api.PathBlobs) {
			return false
		}
		if posts++; posts > 1 && !strings.HasSuffix(r.Path, "&retry=1") {
			t.Errorf("post %d is to %s", posts, r.Path)
		}
		if posts == 3 {
			for i := range 5 {
				f.nodes[i].down = false
			}
		}
		return posts == 1
	}
	req := request(map[string][]byte{"a": make([]byte, 20_000)})
	req.Light = true
	var last Progress
	req.Progress = func(p Progress) { last = p }
	if _, err := f.client().Send(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if posts != 3 || last.Acked != last.Total {
		t.Errorf("%d posts, %d of %d", posts, last.Acked, last.Total)
	}
}

// TestSendLightOverlaps: while the relay stores a blob the next one goes up, and
// no third.
func TestSendLightOverlaps(t *testing.T) {
	f := newFake(t)
	var mu sync.Mutex
	var arrived, under, most int
	second := make(chan struct{})
	f.storesWhole = func() func() {
		mu.Lock()
		arrived, under = arrived+1, under+1
		most = max(most, under)
		first := arrived == 1
		if arrived == 2 {
			close(second)
		}
		mu.Unlock()
		if first {
			select {
			case <-second:
			case <-time.After(10 * time.Second):
				t.Error("the next blob doesn't go up while the first is stored")
			}
			time.Sleep(50 * time.Millisecond) // in which a third might come
		}
		return func() {
			mu.Lock()
			defer mu.Unlock()
			under--
		}
	}
	req := request(map[string][]byte{"a": make([]byte, 300_000)})
	req.Light = true
	if _, err := f.client().Send(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if most != lightAhead || arrived < 4 {
		t.Errorf("%d of %d blobs at once, want %d", most, arrived, lightAhead)
	}
}

// TestSendLightWaits: a relay that is busy is waited for, longer than one that
// fails is tried.
func TestSendLightWaits(t *testing.T) {
	f := newFake(t)
	turned := 0
	f.busy = func() bool { turned++; return turned <= 2*lightTries }
	req := request(map[string][]byte{"a": make([]byte, 1000)})
	req.Light = true
	if _, err := f.client().Send(t.Context(), req); err != nil || turned != 2*lightTries+1 {
		t.Errorf("%v, after %d tries", err, turned)
	}
}

func TestSendLightFails(t *testing.T) {
	light := func(f *fake) error {
		req := request(map[string][]byte{"a": make([]byte, 20_000)})
		req.Light = true
		_, err := f.client().Send(context.Background(), req)
		return err
	}
	other := codec.BlobID{1, 2, 3}
	for name, c := range map[string]struct {
		lie  func(*fake)
		code Code
	}{
		"too few nodes":  {func(f *fake) { f.stop(0, 1, 2, 3, 4, 5) }, CodeTooFewNodes},
		"old server":     {func(f *fake) { f.net.Light = false }, CodeUnsupported},
		"no answer ever": {func(f *fake) { f.cut = func(r Request) bool { return strings.HasPrefix(r.Path, api.PathBlobs) } }, CodeOffline},
		"another blob's acknowledgement": {func(f *fake) {
			f.lieInFrames(func(a api.Frame) (api.Frame, bool) { a.BlobID = other; return a, true })
		}, CodeLiar},
		"another node's": {func(f *fake) {
			f.lieInFrames(func(a api.Frame) (api.Frame, bool) { a.Node = (a.Node + 1) % fakeNodes; return a, true })
		}, CodeLiar},
		"a node that isn't": {func(f *fake) {
			f.lieInFrames(func(a api.Frame) (api.Frame, bool) { a.Node = 999; return a, true })
		}, CodeLiar},
		// A relay that stored something else has a certificate for something else.
		"another blob's certificate": {func(f *fake) {
			f.lieInAnswers(func(path string, body []byte) []byte {
				var c api.CertificateResponse
				if path != api.PathCertificate || json.Unmarshal(body, &c) != nil {
					return body
				}
				copy(c.Certificates[0].Message[7:], other[:])
				out, _ := json.Marshal(c)
				return out
			})
		}, CodeLiar},
	} {
		f := newFake(t)
		c.lie(f)
		if err := light(f); CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// TestThin: a slow line is told from a fast one, and from the last seconds of
// anything.
func TestThin(t *testing.T) {
	slow := Progress{Phase: PhaseSending, HasETA: true, ETA: 5 * time.Minute, Rate: 200 << 10}
	if !thin(&slow, 11*time.Second) {
		t.Error("200 KiB/s for five minutes more isn't thin")
	}
	for name, change := range map[string]func(*Progress){
		"fast":       func(p *Progress) { p.Rate = 5 << 20 },
		"soon done":  func(p *Progress) { p.ETA = 20 * time.Second },
		"not known":  func(p *Progress) { p.HasETA = false },
		"other work": func(p *Progress) { p.Phase = PhaseCertifying },
	} {
		p := slow
		change(&p)
		if thin(&p, 11*time.Second) {
			t.Errorf("%s counts as thin", name)
		}
	}
	if thin(&slow, 2*time.Second) {
		t.Error("thin after two seconds")
	}
	for _, heavy := range []bool{true, false} {
		m := newMeter(nil)
		now := time.Now()
		m.heavy, m.started, m.sampled, m.since = heavy, now.Add(-time.Minute), now.Add(-time.Second), 100<<10
		m.now = Progress{Phase: PhaseSending, Acked: 6 << 20, Total: 100 << 20, Rate: 100 << 10}
		if m.sample(now); m.now.Thin != heavy {
			t.Errorf("where slivers are sent (%t), a line of 100 KiB/s is thin: %t", heavy, m.now.Thin)
		}
	}
}
