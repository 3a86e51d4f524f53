package node

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"floe/codec"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
)

// What was answered is there after a SIGKILL.
func TestSurvivesSIGKILL(t *testing.T) {
	const size, n = 40000, 3
	if dir := os.Getenv("FLOE_NODE_TO_KILL"); dir != "" {
		serveUntilKilled(t, dir, size, n)
	}
	b := newBench(t)
	b.stop()
	cmd := exec.Command(os.Args[0], "-test.run=^TestSurvivesSIGKILL$")
	cmd.Env = append(os.Environ(), "FLOE_NODE_TO_KILL="+b.dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	b.url = strings.TrimSpace(line)
	blobs := killBlobs(t, size, n)
	var wg sync.WaitGroup
	for _, x := range blobs {
		wg.Go(func() { b.store(x) })
	}
	wg.Wait()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // "signal: killed"
	b.start()
	for i, x := range blobs {
		b.register(x.id, suitx.Address{byte(i)}, true)
		b.confirmed(path(x, "confirmation/deletable/"+suitx.Address{byte(i)}.String()))
		for _, pair := range x.ownPairs() {
			if _, got := b.do("GET", sliverPath(x, pair, codec.Primary), nil); got != string(x.sliver(codec.Primary, pair)) {
				t.Errorf("sliver %d of blob %d is gone", pair, i)
			}
		}
	}
}

func killBlobs(t *testing.T, size, n int) (blobs []*blob) {
	for i := range n {
		blobs = append(blobs, newBlob(t, size, byte(i+1)))
	}
	return blobs
}

// serveUntilKilled is the child process of TestSurvivesSIGKILL.
func serveUntilKilled(t *testing.T, dir string, size, n int) {
	b := &bench{t: t, dir: dir}
	b.key, _ = bls.KeyFromSeed(bytes.Repeat([]byte{42}, 32))
	b.chain = newChain(b.key)
	b.start()
	for i, x := range killBlobs(t, size, n) {
		b.register(x.id, suitx.Address{byte(i)}, true)
	}
	fmt.Println(b.url)
	select {}
}

func TestDamagedSliver(t *testing.T) {
	b := newBench(t)
	x := newBlob(t, 5000, 1)
	b.register(x.id, suitx.Address{1}, false)
	b.store(x)
	file := b.node.slivers.path(x.id)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, damage := range []func() error{
		func() error { c := bytes.Clone(content); flipAll(c); return os.WriteFile(file, c, 0o600) },
		func() error { return os.Truncate(file, 3) },
		func() error { return os.Remove(file) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		for _, pair := range x.ownPairs() {
			for _, kind := range []codec.Kind{codec.Primary, codec.Secondary} {
				p := sliverPath(x, pair, kind)
				b.refused(fmt.Sprint("damage ", i), "GET", p, nil, 500, "INTERNAL", "INTERNAL_ERROR")
				b.refused(fmt.Sprint("after damage ", i), "GET", p, nil, 404, "NOT_FOUND", "SLIVER_NOT_FOUND")
				b.refused("confirmation", "GET", path(x, "confirmation/permanent"), nil, 400, "FAILED_PRECONDITION", "MISSING_SLIVERS")
				b.put(p, x.sliver(kind, pair))
				if _, got := b.do("GET", p, nil); got != string(x.sliver(kind, pair)) {
					t.Error("stored again, it still differs")
				}
			}
		}
	}
}

func flipAll(b []byte) {
	for i := range b {
		b[i] ^= 0x20
	}
}

// Whatever bit of the records flips, the node serves nothing wrong: it starts
// and serves what is right, or says that it hasn't got it.
func TestDamagedRecords(t *testing.T) {
	b := newBench(t)
	x := newBlob(t, 100, 1)
	b.register(x.id, suitx.Address{1}, false)
	b.store(x)
	b.stop()
	pristine := t.TempDir()
	if err := os.CopyFS(pristine, os.DirFS(b.dir)); err != nil {
		t.Fatal(err)
	}
	damaged := 0
	files, _ := filepath.Glob(filepath.Join(pristine, "records", "*"))
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for at := len(content) / 7; at < len(content); at += max(len(content)/5, 1) {
			b.dir = t.TempDir()
			if err := os.CopyFS(b.dir, os.DirFS(pristine)); err != nil {
				t.Fatal(err)
			}
			c := bytes.Clone(content)
			c[at] ^= 0x10
			if err := os.WriteFile(filepath.Join(b.dir, "records", filepath.Base(f)), c, 0o600); err != nil {
				t.Fatal(err)
			}
			damaged++
			b.startDamaged(x)
		}
	}
	if damaged < 10 {
		t.Errorf("only %d cases of damage", damaged)
	}
}

func (b *bench) startDamaged(x *blob) {
	b.t.Helper()
	b.start()
	defer b.stop()
	b.await("registration", func() bool { ok, err := b.node.registered(x.id); return ok || err != nil })
	if code, got := b.do("GET", path(x, "metadata"), nil); code == 200 && got != string(x.metadata.MarshalWithID()) {
		b.t.Error("wrong metadata was served")
	}
	for _, pair := range x.ownPairs() {
		if code, got := b.do("GET", sliverPath(x, pair, codec.Primary), nil); code == 200 && got != string(x.sliver(codec.Primary, pair)) {
			b.t.Error("a wrong sliver was served")
		}
	}
	if code, answer := b.do("PUT", path(x, "metadata"), x.metadata.MarshalBCS()); code/100 != 2 && code != 500 {
		b.t.Errorf("metadata can't be stored again: %d %s", code, answer)
	}
}

// Events that come again, as they do after a restart, change nothing.
func TestEventsAgain(t *testing.T) {
	b := newBench(t)
	x := newBlob(t, 100, 1)
	b.register(x.id, suitx.Address{1}, true)
	b.chain.emit(api.BlobEvent{Kind: api.BlobCertified, BlobID: x.id, ObjectID: suitx.Address{1}, Deletable: true})
	b.chain.emit(api.BlobEvent{Kind: api.BlobRegistered, BlobID: x.id, ObjectID: suitx.Address{2}, Deletable: true})
	b.chain.emit(api.BlobEvent{Kind: api.BlobDeleted, BlobID: x.id, ObjectID: suitx.Address{1}})
	last := func() bool { c, _ := b.node.rec.cursor(); return c == 4 }
	b.await("events", last)
	want := b.registrationsJSON(x.id)
	b.stop()
	b.start()
	b.await("the node to ask", func() bool { b.chain.mu.Lock(); defer b.chain.mu.Unlock(); return len(b.chain.asked) == 2 })
	if b.chain.asked[1] != 4 {
		t.Errorf("it asked from checkpoint %d, not where it left off", b.chain.asked[1])
	}
	for _, e := range b.chain.events {
		if err := b.node.apply(e); err != nil {
			t.Error(err)
		}
	}
	if got := b.registrationsJSON(x.id); got != want {
		t.Errorf("registrations were %s, are %s", want, got)
	}
}

func (b *bench) registrationsJSON(id codec.BlobID) string {
	b.t.Helper()
	list, err := b.node.registrations(id)
	if err != nil {
		b.t.Fatal(err)
	}
	out, err := json.Marshal(list)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(out)
}

// The node serves what it holds while the ledger is away.
func TestServesWithoutLedger(t *testing.T) {
	b := newBench(t)
	x := newBlob(t, 100, 1)
	b.register(x.id, suitx.Address{1}, false)
	b.store(x)
	b.stop()
	n, err := Open(b.config()) // Run isn't called
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: n.Handler()}
	go srv.Serve(l)
	defer srv.Close()
	b.url = "http://" + l.Addr().String()
	if code, _ := b.do("GET", sliverPath(x, x.ownPairs()[0], codec.Primary), nil); code != 200 {
		t.Errorf("the sliver isn't served: %d", code)
	}
}

// A node that has never heard from the ledger says so.
func TestBeforeFirstView(t *testing.T) {
	b := newBench(t)
	b.stop()
	b.dir = t.TempDir()
	n, err := Open(b.config())
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: n.Handler()}
	go srv.Serve(l)
	defer srv.Close()
	b.url = "http://" + l.Addr().String()
	b.refused("before the first view", "GET", path(newBlob(t, 10, 1), "status"), nil, 503, "UNAVAILABLE", "UNAVAILABLE")
}
