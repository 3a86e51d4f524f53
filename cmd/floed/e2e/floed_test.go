package e2e

import (
	"bufio"
	"bytes"
	"flag"
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
)

// binaries builds floed and floe once for all tests.
var binaries = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "floe-e2e-bin")
	if err != nil {
		return "", err
	}
	atEnd.do(func() { os.RemoveAll(dir) })
	cmd := exec.Command("go", "build", "-o", dir, "floe/cmd/floed", "floe/cmd/floe")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("couldn't build the binaries: %w\n%s", err, out)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	// Pages wait for servers, and tests for pages.
	if err := flag.Set("test.parallel", "3"); err != nil {
		panic(err)
	}
	code := m.Run()
	for _, f := range atEnd.all {
		f()
	}
	os.Exit(code)
}

// atEnd is what to do when all tests have run, with what they shared.
var atEnd endings

type endings struct {
	mu  sync.Mutex
	all []func()
}

func (e *endings) do(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, f)
}

// binary returns the path of a built program.
func binary(t *testing.T, name string) string {
	t.Helper()
	dir, err := binaries()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// daemon is a running floed with its data directory and all it ever logged.
type daemon struct {
	t    *testing.T
	data string
	addr string // host:port, kept over restarts
	args []string
	base string // http://host:port
	cmd  *exec.Cmd
	log  *logBuffer
}

// logBuffer is a bytes.Buffer that goroutines may share.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// common is the floed that tests share which ask nothing of it but to be there:
// they stop no node, kill nothing, and look into neither its log nor its disk.
var common struct {
	mu sync.Mutex
	d  *daemon
}

// commonDaemon runs that floed when it is first asked for.
func commonDaemon(t *testing.T) *daemon {
	t.Helper()
	common.mu.Lock()
	defer common.mu.Unlock()
	if common.d == nil {
		data, err := os.MkdirTemp("", "floe-e2e-data")
		if err != nil {
			t.Fatal(err)
		}
		d := &daemon{t: t, data: data, addr: "127.0.0.1:0", log: new(logBuffer)}
		atEnd.do(func() { d.kill(); os.RemoveAll(data) })
		d.start()
		common.d = d
	}
	return &daemon{t: t, addr: common.d.addr, base: common.d.base, log: common.d.log}
}

// startDaemon runs floed on a free port over a fresh data directory.
func startDaemon(t *testing.T, args ...string) *daemon {
	t.Helper()
	d := &daemon{t: t, data: t.TempDir(), addr: "127.0.0.1:0", args: args, log: new(logBuffer)}
	d.start()
	t.Cleanup(d.kill)
	return d
}

func (d *daemon) start() {
	d.t.Helper()
	d.cmd = exec.Command(binary(d.t, "floed"), append([]string{"-listen", d.addr, "-data", d.data}, d.args...)...)
	d.cmd.Stderr = d.log
	stdout, err := d.cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		for sc := bufio.NewScanner(io.TeeReader(stdout, d.log)); sc.Scan(); {
			if _, at, ok := strings.Cut(sc.Text(), "floe: ready at "); ok {
				ready <- at
			}
		}
		close(ready)
	}()
	select {
	case at, ok := <-ready:
		if !ok {
			d.t.Fatalf("floed ended before it was ready:\n%s", d.log)
		}
		d.base = strings.TrimSuffix(at, "/")
		d.addr = strings.TrimPrefix(d.base, "http://")
	case <-time.After(60 * time.Second):
		d.t.Fatalf("floed isn't ready after a minute:\n%s", d.log)
	}
}

// kill ends floed as a power cut would.
func (d *daemon) kill() {
	if d.cmd != nil && d.cmd.Process != nil {
		d.cmd.Process.Kill()
		d.cmd.Wait()
		d.cmd = nil
	}
}

// node stops or starts a storage node of the embedded network.
func (d *daemon) node(index int, verb string) {
	d.t.Helper()
	url := fmt.Sprintf("%s/api/v1/nodes/%d/%s", d.base, index, verb)
	res, err := http.Post(url, "application/json", strings.NewReader("{}"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		body, _ := io.ReadAll(res.Body)
		d.t.Fatalf("POST %s: %s: %s", url, res.Status, body)
	}
}
