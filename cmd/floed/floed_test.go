package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// asFloed makes the test binary be floed.
const asFloed = "FLOED_TEST_AS_FLOED"

func TestMain(m *testing.M) {
	if os.Getenv(asFloed) != "" {
		os.Exit(run(os.Args[1:]))
	}
	// Most of the time, tests that run processes wait for them.
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){
		"floed": func() { os.Exit(run(os.Args[1:])) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

// daemon is floed as a process of its own, so that it can be killed.
type daemon struct {
	t      *testing.T
	args   []string
	cmd    *exec.Cmd
	base   string
	logged *buffer
}

// buffer is a bytes.Buffer for two goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// startDaemon runs floed over a directory and returns when it is ready.
func startDaemon(t *testing.T, data string, args ...string) *daemon {
	t.Helper()
	d := newDaemon(t, data, args...)
	d.start()
	return d
}

// newDaemon is a floed that doesn't run yet.
func newDaemon(t *testing.T, data string, args ...string) *daemon {
	t.Helper()
	d := &daemon{t: t, logged: new(buffer), args: append([]string{"-listen", "127.0.0.1:0", "-data", data, "-log", "debug"}, args...)}
	t.Cleanup(func() {
		d.kill()
		if t.Failed() {
			log := d.logged.String()
			t.Logf("floed logged:\n%s", log[max(0, len(log)-8000):])
		}
	})
	return d
}

// launch starts the process and doesn't wait until it is ready.
func (d *daemon) launch() (stdout io.Reader) {
	d.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		d.t.Fatal(err)
	}
	d.cmd = exec.Command(exe, d.args...)
	d.cmd.Env = append(os.Environ(), asFloed+"=1")
	d.cmd.Stderr = d.logged
	stdout, err = d.cmd.StdoutPipe()
	if err == nil {
		err = d.cmd.Start()
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return stdout
}

func (d *daemon) start() {
	d.t.Helper()
	stdout := d.launch()
	ready := make(chan string, 1)
	go func() {
		for sc := bufio.NewScanner(stdout); sc.Scan(); {
			if at, ok := strings.CutPrefix(sc.Text(), "floe: ready at "); ok {
				ready <- at
			}
		}
		close(ready)
	}()
	select {
	case at, ok := <-ready:
		if !ok {
			d.t.Fatalf("floed ended before it was ready:\n%s", d.logged)
		}
		d.base = at
	case <-time.After(time.Minute):
		d.t.Fatalf("floed isn't ready after a minute:\n%s", d.logged)
	}
}

// kill ends floed as a power cut would.
func (d *daemon) kill() {
	if d.cmd != nil {
		d.cmd.Process.Kill()
		d.cmd.Wait()
		d.cmd = nil
	}
}

// interrupt ends floed as Ctrl-C does, and demands that it ends well.
func (d *daemon) interrupt() time.Duration {
	d.t.Helper()
	began := time.Now()
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		d.t.Fatal(err)
	}
	if err := d.cmd.Wait(); err != nil {
		d.t.Errorf("floed ended with %v:\n%s", err, d.logged)
	}
	d.cmd = nil
	return time.Since(began)
}

// peakMemory is the most that floed ever had in memory, or 0 where the system doesn't tell.
func (d *daemon) peakMemory() (kib int) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			fmt.Sscanf(strings.TrimSpace(rest), "%d", &kib)
		}
	}
	return kib
}

// request sends one request and returns status and body.
func (d *daemon) request(method, path, contentType string, body []byte) (int, []byte) {
	d.t.Helper()
	status, answer, err := d.try(method, path, contentType, body)
	if err != nil {
		d.t.Fatal(err)
	}
	return status, answer
}

func (d *daemon) try(method, path, contentType string, body []byte) (int, []byte, error) {
	req, err := http.NewRequest(method, d.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", contentType)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	return res.StatusCode, answer, err
}
