package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"floe/codec"
	"floe/crypto"
	"floe/server/api"
)

// manySegments is a fake and files that take windows of 16, 64 and more segments.
func manySegments(t *testing.T) (*fake, map[string][]byte) {
	f := newFake(t)
	f.net.SegmentSize = 4 << 10
	return f, map[string][]byte{"a.bin": noise("a", 200<<10), "b.bin": noise("b", 150<<10), "c.txt": []byte("planted")}
}

// wantOnce makes sure that no sliver was sent twice, no blob bought twice, and
// each certified.
func wantOnce(t *testing.T, f *fake, sent *Sent) {
	t.Helper()
	for key, n := range f.puts {
		if n > 1 {
			t.Errorf("a sliver of blob %s was sent %d times", key.id, n)
		}
	}
	for _, b := range sent.Blobs {
		if f.bought[b.BlobID] != 1 || f.accepted[b.BlobID] != 1 {
			t.Errorf("blob %x was registered %d times, certified %d times", b.BlobID[:4], f.bought[b.BlobID], f.accepted[b.BlobID])
		}
	}
}

// TestWindows: few transactions for many blobs, nothing sent twice.
func TestWindows(t *testing.T) {
	f, files := manySegments(t)
	sent := mustSend(t, f.client(), request(files))
	n := len(sent.Blobs)
	registers, certifies := f.count(api.PathRegister), f.count(api.PathExecute)
	t.Logf("%d blobs: %d transactions register, %d certify, the last of which creates", n, registers, certifies)
	if n < 80 || registers != 1+(n-firstWindow+api.MaxBlobsPerTx-1)/api.MaxBlobsPerTx || certifies != 1+(n-1)/api.MaxBlobsPerTx {
		t.Errorf("%d blobs took %d and %d transactions", n, registers, certifies)
	}
	wantOnce(t, f, sent)
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// countingCoder says when an expansion is asked for.
type countingCoder struct {
	Coder
	expands func()
}

func (c countingCoder) Expand(ctx context.Context, nShards int, sealed []byte, metadata bool) (*codec.Expansion, error) {
	c.expands()
	return c.Coder.Expand(ctx, nShards, sealed, metadata)
}

// TestSparing: where memory is spared, no blob is expanded before the one before
// it is stored.
func TestSparing(t *testing.T) {
	f, files := manySegments(t)
	expansions := 0
	sent := mustSend(t, f.client().Sparing().WithCoder(countingCoder{new(hereCoder), func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if want := 2 * f.net.NShards * expansions; len(f.puts) < want {
			t.Errorf("expansion %d is made while nodes have %d slivers of those before, of %d", expansions, len(f.puts), want)
		}
		expansions++
	}}), request(files))
	if expansions != len(sent.Blobs) {
		t.Errorf("%d blobs took %d expansions", len(sent.Blobs), expansions)
	}
	wantOnce(t, f, sent)
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestFourGiB is how many transactions 4 GiB take.
func TestFourGiB(t *testing.T) {
	net := &network{Network: api.Network{NShards: 104, SegmentSize: 16 << 20, Nodes: make([]api.Node, 13)}}
	for i := range net.Nodes {
		net.Nodes[i].Shards = make([]int, 8)
	}
	var err error
	if net.params, err = codec.NewParams(net.NShards); err != nil {
		t.Fatal(err)
	}
	a, err := planArchive([]File{{Path: "a", Size: 4 << 30}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(net, crypto.SealedSize(a.Size()))
	if err != nil {
		t.Fatal(err)
	}
	windows := 0
	for first := 0; first < p.segments(); first = p.window(first) {
		windows++
	}
	certify := (p.segments() + api.MaxBlobsPerTx - 1) / api.MaxBlobsPerTx
	t.Logf("%d segments of %d MiB: %d transactions register, %d certify, the last of which creates the parcel", p.segments(), p.size>>20, windows, certify)
	if p.segments() != 260 || windows != 5 || certify != 5 {
		t.Errorf("%d segments, %d windows, %d certify", p.segments(), windows, certify)
	}
}

// changingFile is a file that is another each time it is opened.
func changingFile(path string, size int, from int32) File {
	var opened atomic.Int32
	return File{Path: path, Size: int64(size), Modified: time.Unix(1.7e9, 0), Open: func() (io.ReadCloser, error) {
		version := "same"
		if n := opened.Add(1); n >= from {
			version = fmt.Sprint(n)
		}
		return io.NopCloser(bytes.NewReader(noise(version, size))), nil
	}}
}

// TestFileChangesBetweenPasses: two plaintexts never leave under one sealing.
func TestFileChangesBetweenPasses(t *testing.T) {
	for from := int32(2); from < 4; from++ { // before the second pass, and before the second window's first
		f, _ := manySegments(t)
		req := request(nil)
		req.Files = []File{testFile("a", noise("a", 100)), changingFile("b", 500_000, from), testFile("c", nil)}
		_, err := f.client().Send(context.Background(), req)
		if CodeOf(err) != CodeChanged || !strings.Contains(err.Error(), "“b”") && !strings.Contains(err.Error(), "between them") {
			t.Errorf("opened %d times: got %v", from, err)
		}
		if len(f.parcels) > 0 {
			t.Error("a parcel was made")
		}
		for key := range f.puts {
			if key.id != [32]byte{} && f.bought[key.id] != 1 {
				t.Errorf("a sliver of blob %s was sent, which isn't registered", key.id)
			}
		}
	}
}

// TestCancelFreesAll: soon after, nothing runs any more.
func TestCancelFreesAll(t *testing.T) {
	for _, phase := range []Phase{PhaseSealing, PhaseSending, PhaseCertifying} {
		f, files := manySegments(t)
		before := runtime.NumGoroutine()
		ctx, cancel := context.WithCancel(context.Background())
		req := request(files)
		req.Progress = func(p Progress) {
			if p.Phase == phase {
				cancel()
			}
		}
		begun := time.Now()
		if _, err := f.client().Send(ctx, req); CodeOf(err) != CodeCancelled {
			t.Errorf("%s: got %v", phase, err)
		}
		cancel()
		for range 100 {
			if runtime.NumGoroutine() <= before {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if n := runtime.NumGoroutine(); n > before {
			t.Errorf("%s: %d goroutines are left", phase, n-before)
		}
		t.Logf("%s: ended after %v", phase, time.Since(begun).Round(time.Millisecond))
	}
}

// TestNodeDiesInAWindow: it is left behind, once, and not waited for with every
// blob after.
func TestNodeDiesInAWindow(t *testing.T) {
	f, files := manySegments(t)
	var stores atomic.Int32
	f.cut = func(r Request) bool {
		if strings.HasPrefix(r.Path, api.PathStore) && stores.Add(1) == 400 {
			f.nodes[3].down, f.nodes[9].down = true, true
		}
		return false
	}
	begun := time.Now()
	sent := mustSend(t, f.client(), request(files))
	if took, tail := time.Since(begun), f.client().pace.tailMin; took > time.Duration(len(sent.Blobs))*tail/4 {
		t.Errorf("%d blobs took %v", len(sent.Blobs), took)
	}
	if sent.NodesHolding != 11 {
		t.Errorf("%d nodes hold all of it, want 11", sent.NodesHolding)
	}
	f.start(3, 9)
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestEpochBeginsInAWindow, several times.
func TestEpochBeginsInAWindow(t *testing.T) {
	f, files := manySegments(t)
	asked := 0
	f.lieInAnswers(func(path string, body []byte) []byte {
		if path == api.PathCertificate {
			if asked++; asked%30 == 0 {
				f.net.Epoch++
			}
		}
		return body
	})
	sent := mustSend(t, f.client(), request(files))
	if f.net.Epoch < 9 {
		t.Fatalf("epoch %d", f.net.Epoch)
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestEpochOvertakesAConfirmation: one that is of an epoch that ended while it was
// on its way is asked for again; it is nobody's lie.
func TestEpochOvertakesAConfirmation(t *testing.T) {
	f, files := newFake(t), map[string][]byte{"a": noise("a", 50_000)}
	asked := 0
	f.lieInAnswers(func(path string, body []byte) []byte {
		if path == api.PathRegister || path == api.PathCertificate && asked == 0 {
			f.net.Epoch++
		}
		if path == api.PathCertificate {
			asked++
		}
		return body
	})
	mustOpen(t, f.client(), OpenRequest{Link: link(mustSend(t, f.client(), request(files)))}, files)
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}

// TestNodesChangeHands: what isn't certified is stored anew.
func TestNodesChangeHands(t *testing.T) {
	f, files := manySegments(t)
	asked := 0
	f.lieInAnswers(func(path string, body []byte) []byte {
		if path == api.PathCertificate {
			if asked++; asked == 70 {
				f.net.Nodes[3].ID = "another pool"
				f.net.Epoch++
				f.nodes[3].slivers = map[sliverKey][]byte{}
			}
		}
		return body
	})
	sent := mustSend(t, f.client(), request(files))
	for _, b := range sent.Blobs {
		if f.accepted[b.BlobID] != 1 || f.bought[b.BlobID] != 1 {
			t.Errorf("blob %x was registered %d times, certified %d times", b.BlobID[:4], f.bought[b.BlobID], f.accepted[b.BlobID])
		}
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
}

// TestSlowNodesHoldUpReading: files aren't read faster than they are sent.
func TestSlowNodesHoldUpReading(t *testing.T) {
	f := newFake(t)
	f.net.SegmentSize = 16 << 10
	for _, n := range f.nodes {
		n.slow = time.Hour
	}
	var read atomic.Int64
	req, data := request(nil), noise("big", 5<<20)
	req.Files = []File{{Path: "a", Size: int64(len(data)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(&countingReader{bytes.NewReader(data), &read}), nil
	}}}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := f.client().Send(ctx, req); err == nil {
		t.Error("it was sent")
	}
	// Two windows were measured, and of the first a few segments sealed again; each
	// time a part of the file is begun, it is read up to copyBuffer further.
	if most := int64((firstWindow+api.MaxBlobsPerTx+4)*16<<10 + 4*copyBuffer); read.Load() > most || read.Load() < firstWindow*16<<10 {
		t.Errorf("%d bytes were read while no node took anything, want %d at most", read.Load(), most)
	}
}

type countingReader struct {
	io.Reader
	n *atomic.Int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n.Add(int64(n))
	return n, err
}
