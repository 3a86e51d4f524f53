package client

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"floe/crypto"
	"floe/server/api"
)

// soak makes TestSendsAnySize send as much as the README promises:
//
//	go test ./wasm/client -run TestSendsAnySize -v -timeout 30m -soak 4294967296
var soak = flag.Int64("soak", 0, "bytes that TestSendsAnySize sends")

// generated is a file of any size that lies nowhere.
func generated(path string, size int64) File {
	at := func(off int64) (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(&numbers{off}, size-off)), nil
	}
	return File{Path: path, Size: size, OpenAt: at, Open: func() (io.ReadCloser, error) { return at(0) }}
}

// numbers counts, eight bytes a number.
type numbers struct{ off int64 }

func (r *numbers) Read(p []byte) (int, error) {
	n := 0
	for ; n < len(p) && r.off%8 != 0; n++ {
		p[n] = byte(uint64(r.off/8) >> (8 * (r.off % 8)))
		r.off++
	}
	for ; len(p)-n >= 8; n += 8 {
		binary.LittleEndian.PutUint64(p[n:], uint64(r.off/8))
		r.off += 8
	}
	for ; n < len(p); n++ {
		p[n] = byte(uint64(r.off/8) >> (8 * (r.off % 8)))
		r.off++
	}
	return n, nil
}

// peak watches the heap until the returned function is called, which says how
// many bytes over the beginning it had at most.
func peak() func() (alive, heap int64) {
	debug.FreeOSMemory()
	var base, now runtime.MemStats
	runtime.ReadMemStats(&base)
	var alive, heap int64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for t := time.NewTicker(20 * time.Millisecond); ; {
			runtime.ReadMemStats(&now)
			alive = max(alive, int64(now.HeapAlloc)-int64(base.HeapAlloc))
			heap = max(heap, int64(now.HeapSys-now.HeapReleased)-int64(base.HeapSys-base.HeapReleased))
			select {
			case <-t.C:
			case <-stop:
				t.Stop()
				return
			}
		}
	}()
	return func() (int64, int64) { close(stop); <-done; return alive, heap }
}

// TestSendsAnySize: what is in memory is bounded by the segment, not by the
// parcel. It runs as a page would be run: with little garbage.
func TestSendsAnySize(t *testing.T) {
	sizes := map[int]int64{104: 128 << 20, 1000: 64 << 20}
	if *soak > 0 {
		sizes = map[int]int64{104: *soak, 1000: *soak / 8} // encoding for so many shards takes long
	}
	if testing.Short() {
		delete(sizes, 1000) // which takes the race detector half a minute, and is the same code
	}
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	for shards, size := range sizes {
		f := newFake(t)
		f.reshape(shards)
		f.forget = true
		f.net.SegmentSize, f.net.MaxParcelSize = 64<<20, 5<<30
		req := SendRequest{Seed: crypto.Seed{1}, Files: []File{generated("video.mp4", size)}}
		entry := 0
		req.Journal = func(state []byte) error { entry = max(entry, len(state)); return nil }
		c := f.client()
		c.pace.patience, c.pace.journal = time.Minute, time.Second
		if _, err := c.coder.Expand(context.Background(), shards, noise("tables", 1000), true); err != nil {
			t.Fatal(err) // tables that are made once, and not in a page
		}
		stop, begun := peak(), time.Now()
		sent, err := c.Send(context.Background(), req)
		alive, heap := stop()
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(begun)
		t.Logf("n = %d: %d bytes in %d blobs of %d MiB, %v, %.0f MB/s; %d MiB in use at most, %d MiB of heap; %d transactions register, %d certify; journal of %d bytes",
			shards, size, len(sent.Blobs), sent.Blobs[0].Size>>20, took.Round(time.Millisecond), float64(size)/1e6/took.Seconds(),
			alive>>20, heap>>20, f.count(api.PathRegister), f.count(api.PathExecute), entry)
		if heap > 300<<20 {
			t.Errorf("n = %d: %d MiB of heap", shards, heap>>20)
		}
	}
}

// TestHundredThousandFiles is as many as an archive takes.
func TestHundredThousandFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED with -short: it takes a while")
	}
	f := newFake(t)
	f.net.MaxParcelSize = 64 << 20
	var files []File
	content := func(i int) []byte { return fmt.Appendf(nil, "file %d\n", i) }
	for i := range 100_000 {
		files = append(files, testFile(fmt.Sprintf("folder %d/file %d.txt", i/1000, i), content(i)))
	}
	req := SendRequest{Seed: crypto.Seed{1}, Files: files}
	entry := 0
	req.Journal = func(state []byte) error { entry = max(entry, len(state)); return nil }
	begun := time.Now()
	sent := mustSend(t, f.client(), req)
	t.Logf("%d blobs in %v, journal of %d bytes", len(sent.Blobs), time.Since(begun).Round(time.Millisecond), entry)
	if entry > 600_000 {
		t.Errorf("a journal of %d bytes", entry)
	}
	p, err := f.client().Open(context.Background(), OpenRequest{Link: link(sent)})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Files) != len(files) {
		t.Fatalf("%d files of %d", len(p.Files), len(files))
	}
	for i := 0; i < len(files); i += 9_999 {
		var got writes
		if err := p.WriteFile(context.Background(), i, &got, ReadRequest{}); err != nil || string(got) != string(content(i)) {
			t.Errorf("file %d is %q, %v", i, got, err)
		}
	}
}

type writes []byte

func (w *writes) Write(p []byte) (int, error) { *w = append(*w, p...); return len(p), nil }
