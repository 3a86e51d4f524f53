package client

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"floe/crypto"
	"floe/server/api"
)

// diary is a journal that remembers what it was told, and may interrupt.
type diary struct {
	mu      sync.Mutex
	entries [][]byte
	then    func(n int) error // after the n-th entry, counted from 1
}

func (d *diary) note(state []byte) error {
	d.mu.Lock()
	d.entries = append(d.entries, bytes.Clone(state))
	n := len(d.entries)
	d.mu.Unlock()
	if d.then != nil {
		return d.then(n)
	}
	return nil
}

func (d *diary) last() []byte { return d.entries[len(d.entries)-1] }

// interrupted sends until the n-th entry of the journal, and returns the entry
// that a crash at that moment leaves. It is nil if sending ended before.
func interrupted(t *testing.T, f *fake, req SendRequest, n int) []byte {
	t.Helper()
	ctx, crash := context.WithCancel(context.Background())
	defer crash()
	var left []byte
	d := &diary{}
	d.then = func(at int) error {
		if at == n {
			left = d.last()
			crash()
		}
		return nil
	}
	req.Journal = d.note
	_, err := f.client().Send(ctx, req)
	if err == nil {
		return nil
	}
	if CodeOf(err) != CodeCancelled {
		t.Fatalf("entry %d: %v", n, err)
	}
	return left
}

// sentTwice counts slivers that were sent more than once.
func (f *fake) sentTwice() (n int) {
	for _, times := range f.puts {
		n += times - 1
	}
	return n
}

// perBlob is how many slivers a blob has.
const perBlob = 2 * fakeShards

// TestResumeEverywhere: wherever sending is interrupted, it goes on: nothing is
// bought twice, nothing certified twice, and no more is sent again than what was
// on its way at that moment.
func TestResumeEverywhere(t *testing.T) {
	for _, light := range []bool{false, true} {
		steps := 0
		for n := 1; ; n++ {
			f, files := manySegments(t)
			req := request(nil)
			for _, name := range []string{"a.bin", "b.bin", "c.txt"} {
				req.Files = append(req.Files, testFile(name, files[name]))
			}
			req.Light = light
			entry := interrupted(t, f, req, n)
			if entry == nil {
				break
			}
			steps++
			again := SendRequest{Files: req.Files, Seed: req.Seed, Resume: entry}
			sent, err := f.client().Send(context.Background(), again)
			if err != nil {
				t.Fatalf("after entry %d: %v", n, err)
			}
			if twice := f.sentTwice(); !light && twice > (expansionsAtOnce+certificatesAtOnce)*perBlob {
				t.Errorf("after entry %d: %d slivers were sent again", n, twice)
			}
			for _, b := range sent.Blobs {
				if f.bought[b.BlobID] != 1 || f.accepted[b.BlobID] != 1 {
					t.Errorf("after entry %d: blob %x was registered %d times, certified %d times", n, b.BlobID[:4], f.bought[b.BlobID], f.accepted[b.BlobID])
				}
			}
			if len(f.parcels) != 1 {
				t.Errorf("after entry %d: %d parcels", n, len(f.parcels))
			}
			mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
			if n > 6 { // then many are alike
				n += 8
				if testing.Short() {
					n += 8
				}
			}
			if light {
				n += 8
			}
		}
		t.Logf("light %t: interrupted at %d steps", light, steps)
		if steps < 10 && !light || steps < 4 {
			t.Errorf("only %d steps", steps)
		}
	}
}

// TestResumeOfOneSegment: small parcels, whose slivers were never sealed twice.
func TestResumeOfOneSegment(t *testing.T) {
	files := map[string][]byte{"a": noise("a", 50_000)}
	for n := 1; ; n++ {
		f := newFake(t)
		entry := interrupted(t, f, request(files), n)
		if entry == nil {
			if n < 4 {
				t.Errorf("only %d entries", n)
			}
			break
		}
		again := request(files)
		again.Resume = entry
		mustOpen(t, f.client(), OpenRequest{Link: link(mustSend(t, f.client(), again))}, files)
	}
}

// TestResumeKnowsWhoHolds: nodes that took their part aren't sent it again.
func TestResumeKnowsWhoHolds(t *testing.T) {
	f, files := newFake(t), map[string][]byte{"a": noise("a", 50_000)}
	d := &diary{}
	req := request(files)
	req.Journal = d.note
	f.stop(0, 1, 2, 3, 4, 5)
	if _, err := f.client().Send(context.Background(), req); CodeOf(err) != CodeTooFewNodes {
		t.Fatalf("got %v", err)
	}
	f.start(0, 1, 2, 3, 4, 5)
	before := f.count(api.PathStore)
	req.Resume = d.last()
	var first Progress
	req.Progress = func(p Progress) {
		if first.Total == 0 {
			first = p
		}
	}
	sent := mustSend(t, f.client(), req)
	if posts := f.count(api.PathStore) - before; posts != 6 || f.sentTwice() > 0 {
		t.Errorf("%d POSTs, %d slivers sent again", posts, f.sentTwice())
	}
	if 13*first.Acked/first.Total != 7 {
		t.Errorf("progress goes on at %d of %d", first.Acked, first.Total)
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestResumeAfterNodesLost what they took: it is sent again, though not at once,
// as they may only be away.
func TestResumeAfterNodesLost(t *testing.T) {
	f, files := newFake(t), map[string][]byte{"a": noise("a", 50_000)}
	d := &diary{}
	req := request(files)
	req.Journal = d.note
	f.stop(0, 1, 2, 3, 4, 5)
	if _, err := f.client().Send(context.Background(), req); CodeOf(err) != CodeTooFewNodes {
		t.Fatalf("got %v", err)
	}
	f.start(0, 1, 2, 3, 4, 5)
	for _, n := range f.nodes[6:11] {
		n.slivers = map[sliverKey][]byte{}
	}
	req.Resume = d.last()
	if _, err := f.client().Send(context.Background(), req); CodeOf(err) != CodeTooFewNodes {
		t.Fatalf("got %v", err)
	}
	req.Resume = d.last()
	mustOpen(t, f.client(), OpenRequest{Link: link(mustSend(t, f.client(), req))}, files)
	if len(f.bought) != 1 || len(f.parcels) != 1 {
		t.Errorf("%d blobs were bought, %d parcels made", len(f.bought), len(f.parcels))
	}
}

// TestResumeAfterLostAnswers: a transaction ran, and its answer was lost with the
// device.
func TestResumeAfterLostAnswers(t *testing.T) {
	for _, path := range []string{api.PathExecute, api.PathRegister, api.PathCertificate} {
		f, files := manySegments(t)
		ctx, crash := context.WithCancel(context.Background())
		d := &diary{}
		req := request(files)
		slices.SortFunc(req.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
		req.Journal = d.note
		asked := 0
		f.lieInAnswers(func(p string, body []byte) []byte {
			if p == path {
				if asked++; asked == 2 {
					crash()
					return []byte("{}")
				}
			}
			return body
		})
		var entry []byte
		d.then = func(int) error {
			if ctx.Err() == nil {
				entry = d.last()
			}
			return nil
		}
		if _, err := f.client().Send(ctx, req); err == nil {
			t.Fatalf("%s: it was sent", path)
		}
		f.lieInAnswers(nil)
		req.Resume, req.Journal = entry, nil
		sent := mustSend(t, f.client(), req)
		for _, b := range sent.Blobs {
			if f.bought[b.BlobID] != 1 || f.accepted[b.BlobID] != 1 {
				t.Errorf("%s: blob %x was registered %d times, certified %d times", path, b.BlobID[:4], f.bought[b.BlobID], f.accepted[b.BlobID])
			}
		}
		if len(f.parcels) != 1 {
			t.Errorf("%s: %d parcels", path, len(f.parcels))
		}
		mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
	}
}

// TestResumeRefuses what can't be gone on with, and says why.
func TestResumeRefuses(t *testing.T) {
	f, files := manySegments(t)
	req := request(nil)
	for _, name := range []string{"a.bin", "b.bin", "c.txt"} {
		req.Files = append(req.Files, testFile(name, files[name]))
	}
	entry := interrupted(t, f, req, 5)
	later := testFile("b.bin", files["b.bin"])
	later.Modified = later.Modified.Add(time.Hour)
	other := testFile("b.bin", noise("other", len(files["b.bin"])))
	for name, c := range map[string]struct {
		change func(r *SendRequest, f *fake)
		want   Code
		says   string
	}{
		"a file that was saved since": {func(r *SendRequest, _ *fake) { r.Files = []File{r.Files[0], later, r.Files[2]} }, CodeChanged, "“b.bin”"},
		"a file is missing":           {func(r *SendRequest, _ *fake) { r.Files = r.Files[:2] }, CodeChanged, "One of these files"},
		"other bytes, same time": {func(r *SendRequest, _ *fake) {
			r.Files = []File{testFile("a.bin", noise("x", len(files["a.bin"]))), other, r.Files[2]}
		}, CodeChanged, "“a.bin”"},
		"another identity": {func(r *SendRequest, _ *fake) { r.Seed = crypto.Seed{9} }, CodeUnsupported, "another identity"},
		"cut short":        {func(r *SendRequest, _ *fake) { r.Resume = r.Resume[:len(r.Resume)-1] }, CodeUnsupported, "can't be read"},
		"another version":  {func(r *SendRequest, _ *fake) { r.Resume = append([]byte{9}, r.Resume[1:]...) }, CodeUnsupported, "can't be read"},
		"too late":         {func(_ *SendRequest, f *fake) { f.net.Epoch += 100 }, CodeExpired, "has ended"},
	} {
		again := SendRequest{Files: req.Files, Seed: req.Seed, Resume: entry}
		was := f.net.Epoch
		c.change(&again, f)
		_, err := f.client().Send(context.Background(), again)
		f.net.Epoch = was
		if CodeOf(err) != c.want || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if len(f.parcels) > 0 {
		t.Error("a parcel was made")
	}
}

// TestResumeInALaterEpoch: what was confirmed in another epoch is confirmed anew.
func TestResumeInALaterEpoch(t *testing.T) {
	f, files := manySegments(t)
	req := request(nil)
	for _, name := range []string{"a.bin", "b.bin", "c.txt"} {
		req.Files = append(req.Files, testFile(name, files[name]))
	}
	req.Resume = interrupted(t, f, req, 40)
	f.net.Epoch += 3
	sent := mustSend(t, f.client(), req)
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestJournalStaysSmall: its size at 4 GiB, and that it opens nothing by name.
func TestJournalStaysSmall(t *testing.T) {
	f := newFake(t)
	f.net.SegmentSize = 4 << 10
	data := noise("a", 1<<20)
	req := request(map[string][]byte{"planted.txt": data})
	d := &diary{}
	req.Journal = d.note
	sent := mustSend(t, f.client(), req)
	most := 0
	for _, e := range d.entries {
		most = max(most, len(e))
		if bytes.Contains(e, []byte("planted")) {
			t.Error("the journal has a file's name")
		}
	}
	t.Logf("%d blobs: %d entries of at most %d bytes", len(sent.Blobs), len(d.entries), most)
	if len(sent.Blobs) < 256 || most > 100_000 || len(d.entries) > 2*len(sent.Blobs) {
		t.Errorf("%d blobs: %d entries of at most %d bytes", len(sent.Blobs), len(d.entries), most)
	}
}

// TestJournalThatFails stops before anything is sent that it doesn't know of.
func TestJournalThatFails(t *testing.T) {
	f, files := manySegments(t)
	req := request(files)
	d := &diary{then: func(n int) error {
		if n == 2 {
			return errors.New("disk full")
		}
		return nil
	}}
	req.Journal = d.note
	if _, err := f.client().Send(context.Background(), req); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("got %v", err)
	}
	if n := f.count(api.PathStore); n > 0 {
		t.Errorf("%d POSTs to nodes", n)
	}
}

// TestOpenAtSpares: going on doesn't read what was read before.
func TestOpenAtSpares(t *testing.T) {
	f := newFake(t)
	f.net.SegmentSize = 16 << 10
	data := noise("big", 3<<20)
	var mu sync.Mutex // both passes read
	least := int64(len(data))
	file := testFile("a", data)
	req := SendRequest{Seed: crypto.Seed{1}, Files: []File{file}}
	entry := interrupted(t, f, req, 60)
	file.Open = func() (io.ReadCloser, error) { return nil, errors.New("it was read from its beginning") }
	file.OpenAt = func(off int64) (io.ReadCloser, error) {
		mu.Lock()
		defer mu.Unlock()
		least = min(least, off)
		return io.NopCloser(bytes.NewReader(data[off:])), nil
	}
	req.Files, req.Resume = []File{file}, entry
	sent := mustSend(t, f.client(), req)
	if least < 256<<10 {
		t.Errorf("it was read from %d on", least)
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, map[string][]byte{"a": data})
}
