package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"testing"
	"time"

	"floe/server/api"
)

// TestRoundTrips: opening takes two, one for what was signed and one for both
// ends of the ciphertext; the first byte of anything takes one more.
func TestRoundTrips(t *testing.T) {
	video := noise("video", 5<<20)
	c, sent := sentLarge(t, map[string][]byte{"video.mp4": video})
	c.delay = 100 * time.Millisecond
	p := openLarge(t, c, sent)
	if c.depth > 2 {
		t.Errorf("opening took %d round trips", c.depth)
	}
	c.reset()
	r, err := p.OpenFile(context.Background(), 0, 3<<20, math.MaxInt64, ReadRequest{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b := make([]byte, 1000)
	if _, err := io.ReadFull(r, b); err != nil || !bytes.Equal(b, video[3<<20:][:1000]) {
		t.Errorf("read wrongly: %v", err)
	}
	if c.depth > 1 {
		t.Errorf("the first byte took %d round trips", c.depth)
	}
}

// TestSeekFetchesLittle: metadata, and the rows that cover what is read.
func TestSeekFetchesLittle(t *testing.T) {
	video := noise("video", 6<<20)
	c, sent := sentLarge(t, map[string][]byte{"video.mp4": video})
	for _, off := range []int64{0, 1000, 3<<20 - 7, 5 << 20} {
		p := openLarge(t, c, sent)
		c.reset()
		b := make([]byte, 512<<10)
		if n, err := p.ReadFileAt(context.Background(), 0, b, off, ReadRequest{}); err != nil || !bytes.Equal(b, video[off:off+int64(n)]) || n != len(b) {
			t.Fatalf("read %d bytes at %d: %v", n, off, err)
		}
		if c.bytes > 2*len(b) {
			t.Errorf("%d bytes were fetched for %d at %d", c.bytes, len(b), off)
		}
	}
	for _, shown := range []int{512 << 10, 1 << 20, 2 << 20} { // a player, that stops any moment
		p := openLarge(t, c, sent)
		c.reset()
		r, err := p.OpenFile(context.Background(), 0, 2<<20, math.MaxInt64, ReadRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(io.Discard, r, int64(shown)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond) // for what is on its way
		r.Close()
		if c.bytes > 2*shown {
			t.Errorf("%d bytes were fetched for %d that were shown", c.bytes, shown)
		}
	}
}

// TestReadAtEnds: what io.ReaderAt promises.
func TestReadAtEnds(t *testing.T) {
	c, sent := sentLarge(t, map[string][]byte{"a": noise("a", 100_000), "empty": nil})
	p := openLarge(t, c, sent)
	b := make([]byte, 1000)
	a, empty := indexOf(t, p, "a"), indexOf(t, p, "empty")
	for _, want := range []struct {
		index int
		off   int64
		n     int
		err   error
	}{{a, 0, 1000, nil}, {a, 99_000, 1000, nil}, {a, 99_500, 500, io.EOF}, {a, 100_000, 0, io.EOF}, {a, 1 << 40, 0, io.EOF}, {empty, 0, 0, io.EOF}} {
		if n, err := p.ReadFileAt(context.Background(), want.index, b, want.off, ReadRequest{}); n != want.n || err != want.err {
			t.Errorf("file %d at %d: %d, %v", want.index, want.off, n, err)
		}
	}
	for _, off := range []int64{-1, math.MinInt64} {
		if _, err := p.ReadFileAt(context.Background(), a, b, off, ReadRequest{}); err == nil {
			t.Errorf("read at %d", off)
		}
	}
	if _, err := p.OpenFile(context.Background(), 2, 0, 1, ReadRequest{}); err == nil {
		t.Error("opened a file that isn't there")
	}
}

// TestNeighboursShareRows: reading on where one stopped fetches nothing twice.
func TestNeighboursShareRows(t *testing.T) {
	data := noise("a", 2<<20)
	c, sent := sentLarge(t, map[string][]byte{"a": data})
	p := openLarge(t, c, sent)
	c.reset()
	b := make([]byte, 10_000)
	for off := 500_000; off < 1_500_000; off += len(b) {
		if _, err := p.ReadFileAt(context.Background(), 0, b, int64(off), ReadRequest{}); err != nil || !bytes.Equal(b, data[off:][:len(b)]) {
			t.Fatalf("at %d: %v", off, err)
		}
	}
	if twice := c.twice(); len(twice) > 0 {
		t.Errorf("rows of %d blobs were asked for twice", len(twice))
	}
}

// TestOneOfAThousand: one file is fetched without the others.
func TestOneOfAThousand(t *testing.T) {
	files := map[string][]byte{}
	for i := range 1000 {
		files[fmt.Sprintf("%d.txt", i)] = noise(fmt.Sprint(i), 5000)
	}
	c, sent := sentLarge(t, files)
	p := openLarge(t, c, sent)
	c.reset()
	var got bytes.Buffer
	if err := p.WriteFile(context.Background(), indexOf(t, p, "500.txt"), &got, ReadRequest{}); err != nil || !bytes.Equal(got.Bytes(), files["500.txt"]) {
		t.Fatalf("read wrongly: %v", err)
	}
	if rows, _ := c.rows(); rows > 6 { // two chunks of age's, whose ends aren't rows'
		t.Errorf("%d rows were fetched for one small file", rows)
	}
}

// TestZipFromAnywhere: the ZIP given out is the same from wherever it is begun.
func TestZipFromAnywhere(t *testing.T) {
	files := testFiles()
	f := newFake(t)
	sent := mustSend(t, f.client(), request(files))
	p := mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
	var all bytes.Buffer
	if err := p.WriteZip(context.Background(), &all, ReadRequest{}); err != nil {
		t.Fatal(err)
	}
	if int64(all.Len()) != p.ZipSize() {
		t.Fatalf("the ZIP has %d bytes, %d were promised", all.Len(), p.ZipSize())
	}
	for off := int64(0); off <= p.ZipSize(); off += 1 + p.ZipSize()/97 {
		for _, length := range []int64{0, 1, 70_000, math.MaxInt64} {
			r, err := p.OpenZip(context.Background(), off, length, ReadRequest{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			r.Close()
			if want := all.Bytes()[off:][:min(length, p.ZipSize()-off)]; err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%d bytes at %d: got %d, %v", length, off, len(got), err)
			}
		}
	}
}

// TestClosedWhileRead: closing ends a read that waits, and whatever it asked for.
func TestClosedWhileRead(t *testing.T) {
	c, sent := sentLarge(t, map[string][]byte{"a": noise("a", 4<<20)})
	p := openLarge(t, c, sent)
	ended := make(chan bool, 16)
	c.gate = func(ctx context.Context, _ api.ReadRequest) {
		<-ctx.Done()
		ended <- true
	}
	for name, stop := range map[string]func(io.Closer, context.CancelFunc){
		"closed":    func(r io.Closer, _ context.CancelFunc) { r.Close() },
		"cancelled": func(_ io.Closer, cancel context.CancelFunc) { cancel() },
	} {
		ctx, cancel := context.WithCancel(context.Background())
		r, err := p.OpenFile(ctx, 0, 2<<20, math.MaxInt64, ReadRequest{Whole: true})
		if err != nil {
			t.Fatal(err)
		}
		failed := make(chan error, 1)
		go func() {
			_, err := io.ReadAll(r)
			failed <- err
		}()
		for c.fake.count(api.PathRead) == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(10 * time.Millisecond)
		begun := time.Now()
		stop(r, cancel)
		if err := <-failed; CodeOf(err) != CodeCancelled {
			t.Errorf("%s: got %v", name, err)
		}
		<-ended
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("%s: it took %v to end", name, took)
		}
		cancel()
		r.Close()
	}
}
