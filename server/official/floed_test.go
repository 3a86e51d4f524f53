package official_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// house is what all tests share: the binary and one running floed.
type house struct {
	dir    string
	build  sync.Once
	binary string
	failed error
	open   sync.Once
	shared *floed
}

var ours house

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "floe-official-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "couldn't make a directory:", err)
		os.Exit(1)
	}
	ours.dir = dir
	code := m.Run()
	if ours.shared != nil {
		ours.shared.kill()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// floedBinary builds floed as a user does; the pages' module needn't be there.
func floedBinary(t *testing.T) string {
	t.Helper()
	ours.build.Do(func() {
		ours.binary = filepath.Join(ours.dir, "floed")
		cmd := exec.Command("go", "build", "-o", ours.binary, "floe/cmd/floed")
		if out, err := cmd.CombinedOutput(); err != nil {
			ours.failed = fmt.Errorf("couldn't build floed: %w\n%s", err, out)
		}
	})
	if ours.failed != nil {
		t.Fatal(ours.failed)
	}
	return ours.binary
}

// sharedFloed is the one that tests share which leave it as it was. It has two
// shards a node, not eight: to the official client every sliver is a request.
func sharedFloed(t *testing.T) *floed {
	t.Helper()
	binary := floedBinary(t)
	ours.open.Do(func() {
		ours.shared, ours.failed = startFloed(binary, filepath.Join(ours.dir, "shared"), "-shards", "26")
	})
	if ours.failed != nil {
		t.Fatal(ours.failed)
	}
	return ours.shared
}

// ownFloed is one that a test has for itself.
func ownFloed(t *testing.T, data string, args ...string) *floed {
	t.Helper()
	f, err := startFloed(floedBinary(t), data, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		f.kill()
		if t.Failed() {
			log := f.logged.String()
			t.Logf("floed logged:\n%s", log[max(0, len(log)-6000):])
		}
	})
	return f
}

// floed is the binary, running.
type floed struct {
	base   string // http://127.0.0.1:port
	relay  string // of Walrus' own interfaces, if they are on
	cmd    *exec.Cmd
	logged *log
}

// log is a buffer that the process writes while the test reads.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// startFloed returns once floed says that it is ready.
func startFloed(binary, data string, args ...string) (*floed, error) {
	f := &floed{logged: new(log)}
	f.cmd = exec.Command(binary, append([]string{"-listen", "127.0.0.1:0", "-data", data}, args...)...)
	f.cmd.Stderr = f.logged
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := f.cmd.Start(); err != nil {
		return nil, fmt.Errorf("couldn't start floed: %w", err)
	}
	late := time.AfterFunc(time.Minute, func() { f.cmd.Process.Kill() })
	defer late.Stop()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if relay, ok := strings.CutPrefix(lines.Text(), "floe: walrus at "); ok {
			f.relay = relay
		}
		if base, ok := strings.CutPrefix(lines.Text(), "floe: ready at "); ok {
			f.base = base
			go io.Copy(io.Discard, out)
			return f, nil
		}
	}
	f.kill()
	return nil, fmt.Errorf("floed isn't ready; it logged:\n%s", f.logged)
}

func (f *floed) kill() {
	f.cmd.Process.Kill()
	f.cmd.Wait()
}

// input is what every script gets; see prelude.mjs.
func (f *floed) input(t *testing.T) map[string]any {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", f.base+api.PathNetwork, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var n api.Network
	if err := json.NewDecoder(res.Body).Decode(&n); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %v", res.StatusCode, err)
	}
	ids, _ := api.Networks(api.Local)
	return map[string]any{
		"url": f.base, "system": n.SystemObjectID, "staking": n.StakingObjectID,
		"wal": suitx.Address(ids.WALPackage).String(), "walrus": suitx.Address(ids.WalrusPackage).String(),
		"nodes": len(n.Nodes), "shards": n.NShards,
	}
}
