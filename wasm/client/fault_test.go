package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"floe/codec"
	"floe/crypto"
	"floe/server/api"
)

func TestFourOfThirteenNodesDown(t *testing.T) {
	f, files := newFake(t), testFiles()
	f.stop(0, 3, 7, 12)
	var last Progress
	req := request(files)
	req.Progress = func(p Progress) { last = p }
	sent := mustSend(t, f.client(), req)
	if sent.NodesHolding != 9 {
		t.Errorf("%d nodes hold it, want 9", sent.NodesHolding)
	}
	if last.Phase != PhaseReady || last.Acked != last.Total {
		t.Errorf("ended in phase %s with %d of %d bytes", last.Phase, last.Acked, last.Total)
	}
	for _, i := range []int{0, 3, 7, 12} {
		if last.Nodes[i].State != NodeDown {
			t.Errorf("node %d is %s, want down", i, last.Nodes[i].State)
		}
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
	f.stop(1, 4, 8, 10) // five of those that hold it are left: ten slivers, just enough
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

func TestTooFewNodesToSend(t *testing.T) {
	f := newFake(t)
	f.stop(0, 1, 2, 3, 4)
	_, err := f.client().Send(context.Background(), request(testFiles()))
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeTooFewNodes || e.Have != 8 || e.Need != 9 {
		t.Errorf("got %v, want 8 of 9 nodes", err)
	}
	if len(f.parcels) > 0 {
		t.Error("a parcel was created all the same")
	}
}

func TestReadingHealsWhenANodeReturns(t *testing.T) {
	f, files := newFake(t), testFiles()
	sent := mustSend(t, f.client(), request(files))
	f.stop(0, 1, 2, 3, 4, 5, 6, 7, 8) // four nodes, eight slivers, ten needed
	wantCode(t, f.client(), OpenRequest{Link: link(sent)}, CodeTooFewNodes)

	var once sync.Once
	waited := Progress{}
	p, err := f.client().Open(context.Background(), OpenRequest{Link: link(sent), Progress: func(p Progress) {
		if p.Phase == PhaseWaiting {
			once.Do(func() {
				waited = p
				go f.start(5)
			})
		}
	}})
	if err != nil {
		t.Fatalf("it didn't heal: %v", err)
	}
	if waited.Have != 4 || waited.Need != 5 {
		t.Errorf("waited with %d of %d nodes, want 4 of 5", waited.Have, waited.Need)
	}
	var zip bytes.Buffer
	if err := p.WriteZip(context.Background(), &zip, ReadRequest{}); err != nil {
		t.Errorf("couldn't read: %v", err)
	}
}

func TestSlowNodesAreLeftBehind(t *testing.T) {
	f := newFake(t)
	f.nodes[2].slow, f.nodes[6].slow = time.Minute, time.Minute
	begun := time.Now()
	sent := mustSend(t, f.client(), request(map[string][]byte{"a": noise("a", 5000)}))
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	if sent.NodesHolding != 11 {
		t.Errorf("%d nodes hold it, want 11", sent.NodesHolding)
	}
}

func TestLostAnswersAreAskedForAgain(t *testing.T) {
	f, files := newFake(t), testFiles()
	var mu sync.Mutex
	lost := map[string]bool{}
	f.cut = func(r Request) bool { // every first try of anything
		mu.Lock()
		defer mu.Unlock()
		path, _, _ := strings.Cut(r.Path, "?")
		again := lost[path]
		lost[path] = true
		return !again
	}
	sent := mustSend(t, f.client(), request(files))
	if !slices.ContainsFunc(f.requests, func(r string) bool { return strings.HasSuffix(r, "?retry=1") }) {
		t.Error("no retry says that it is one")
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

func TestOffline(t *testing.T) {
	f := newFake(t)
	f.cut = func(Request) bool { return true }
	if _, err := f.client().Send(context.Background(), request(testFiles())); CodeOf(err) != CodeOffline {
		t.Errorf("got %v, want offline", err)
	}
}

func TestOfflineWhileSending(t *testing.T) {
	f := newFake(t)
	f.cut = func(r Request) bool { return strings.HasPrefix(r.Path, api.PathStore) }
	if _, err := f.client().Send(context.Background(), request(testFiles())); CodeOf(err) != CodeOffline {
		t.Errorf("got %v, want offline", err)
	}
}

func TestDamagedSliversAreReplaced(t *testing.T) {
	f, files := newFake(t), testFiles()
	sent := mustSend(t, f.client(), request(files))
	for key, sliver := range f.nodes[4].slivers { // all of node 5's
		f.nodes[4].slivers[key] = flip(sliver, len(sliver)/2)
	}
	var said []string
	note := func(p Progress) { said = append(said, p.Message) }
	p, err := f.client().Open(context.Background(), OpenRequest{Link: link(sent), Progress: note})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.WriteZip(context.Background(), io.Discard, ReadRequest{Progress: note}); err != nil {
		t.Fatalf("damage wasn't survived: %v", err)
	}
	if !slices.ContainsFunc(said, func(m string) bool { return strings.HasPrefix(m, "Node 5 gave something damaged") }) {
		t.Errorf("the guilty node isn't named: %q", said)
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

func TestSecondarySliversSuffice(t *testing.T) {
	f, files := newFake(t), testFiles()
	sent := mustSend(t, f.client(), request(files))
	f.lieInFrames(func(frame api.Frame) (api.Frame, bool) {
		if frame.Kind == api.FramePrimary {
			frame.Status, frame.Body = 404, nil
		}
		return frame, true
	})
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

func flip(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

// TestListingReadsLittle: names come from the end of the ZIP; the middle isn't
// fetched, neither is what one small file doesn't need.
func TestListingReadsLittle(t *testing.T) {
	f := newFake(t)
	files := map[string][]byte{"big": noise("big", 6*fakeSegment), "small": []byte("here")}
	sent := mustSend(t, f.client(), request(files))
	read := map[codec.BlobID]int{}
	f.lieInFrames(func(frame api.Frame) (api.Frame, bool) {
		read[frame.BlobID] += len(frame.Body)
		return frame, true
	})
	p, err := f.client().Open(context.Background(), OpenRequest{Link: link(sent)})
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range read {
		total += n
	}
	if whole := 6 * fakeSegment; total > whole/2 {
		t.Errorf("listing read %d bytes of %d", total, whole)
	}
	for _, file := range p.Files {
		if file.Name == "small" {
			if err := p.WriteFile(context.Background(), file.Index, io.Discard, ReadRequest{}); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestOneReadForASegment(t *testing.T) {
	f := newFake(t)
	sent := mustSend(t, f.client(), request(map[string][]byte{"big": noise("big", 4*fakeSegment)}))
	p, err := f.client().Open(context.Background(), OpenRequest{Link: link(sent)})
	if err != nil {
		t.Fatal(err)
	}
	before := f.count(api.PathRead)
	if err := p.WriteFile(context.Background(), 0, io.Discard, ReadRequest{}); err != nil {
		t.Fatal(err)
	}
	blobs := len(sent.Blobs)
	// Metadata and slivers of each blob, and once more for both ends.
	if reads := f.count(api.PathRead) - before; reads > 2*blobs+4 {
		t.Errorf("%d reads for %d blobs", reads, blobs)
	}
}

func TestCancel(t *testing.T) {
	f := newFake(t)
	ctx, cancel := context.WithCancel(context.Background())
	req := request(testFiles())
	req.Progress = func(p Progress) {
		if p.Phase == PhaseSending {
			cancel()
		}
	}
	if _, err := f.client().Send(ctx, req); CodeOf(err) != CodeCancelled {
		t.Errorf("got %v, want cancelled", err)
	}
}

func TestFileThatChanges(t *testing.T) {
	want := map[string]Code{"shorter": CodeChanged, "longer": CodeChanged, "gone": CodeFileGone}
	for name, file := range map[string]File{
		"shorter": {Path: "a", Size: 10, Open: open("short")},
		"longer":  {Path: "a", Size: 3, Open: open("longer")},
		"gone":    {Path: "a", Size: 3, Open: func() (io.ReadCloser, error) { return nil, fmt.Errorf("no such file") }},
	} {
		req := SendRequest{Files: []File{file}, Seed: crypto.Seed{1}}
		_, err := newFake(t).client().Send(context.Background(), req)
		if err == nil || CodeOf(err) != want[name] || !strings.Contains(err.Error(), "“a” can't be read") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func open(s string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
}

func TestTooLarge(t *testing.T) {
	f := newFake(t)
	f.net.MaxParcelSize = 1000
	_, err := f.client().Send(context.Background(), request(testFiles()))
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeTooLarge || e.Max != 1000 || f.count(api.PathRegister) > 0 {
		t.Errorf("got %v after %d registrations", err, f.count(api.PathRegister))
	}
}

// TestManyBlobs needs more than one transaction to certify, and a batch of
// several blobs at its end.
func TestManyBlobs(t *testing.T) {
	f := newFake(t)
	f.net.SegmentSize = 4 << 10
	files := map[string][]byte{"a": noise("a", 600<<10)}
	sent := mustSend(t, f.client(), request(files))
	if n := len(sent.Blobs); n <= 2*api.MaxBlobsPerTx {
		t.Fatalf("%d blobs are too few for this test", n)
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestEpochBegins: the nodes confirmed in an epoch that is over when the parcel
// is created.
func TestEpochBegins(t *testing.T) {
	f, files := newFake(t), testFiles()
	once := false
	f.lieInAnswers(func(path string, body []byte) []byte {
		if path == api.PathGas && !once {
			once = true
			f.net.Epoch++
		}
		return body
	})
	sent := mustSend(t, f.client(), request(files))
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestEpochBeginsWhileStoring: the nodes confirmed the first blobs in an epoch
// that is over when they confirm the last ones.
func TestEpochBeginsWhileStoring(t *testing.T) {
	f, files := newFake(t), map[string][]byte{"large.bin": noise("large", 3<<20)}
	asked := 0
	f.lieInAnswers(func(path string, body []byte) []byte {
		if path == api.PathCertificate {
			if asked++; asked == 1 {
				f.net.Epoch++
			}
		}
		return body
	})
	sent := mustSend(t, f.client(), request(files))
	if asked < 3 {
		t.Errorf("confirmations were asked for %d times: the test wants batches", asked)
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestSliversAtHandSuffice: slivers that one read left behind rebuild the blob
// for the next, even when not a single node answers any more.
func TestSliversAtHandSuffice(t *testing.T) {
	f := newFake(t)
	data := noise("a", 60_000)
	sent := mustSend(t, f.client(), request(map[string][]byte{"a": data}))
	c := f.client()
	net, err := c.network(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	statement := f.parcels[sent.Parcel].statement
	w := &watch{meter: newMeter(nil), phase: PhaseReading, patience: 20 * time.Millisecond}
	src := newSource(c, net, statement.Blobs)
	g := src.take(0)
	var parity []int
	for pair := net.NShards - net.params.Primary; pair < net.NShards; pair++ {
		parity = append(parity, pair)
	}
	if err := newHunt(g).ask(context.Background(), w, codec.Primary, parity); err != nil {
		t.Fatal(err)
	}
	for i := range fakeNodes {
		f.stop(i)
	}
	got := make([]byte, 60_000)
	if _, err := src.at(context.Background(), w).ReadAt(got, 0); err != nil {
		t.Errorf("got %v although %d primary slivers are there", err, len(parity))
	}
}
