package main

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// gauges count what servers answer, by script.
type gauges struct{ bytes atomic.Int64 }

// TestOpeningScripts breaks off what it opens, and counts what is fetched again.
func TestOpeningScripts(t *testing.T) {
	binary := buildFloed(t)
	g := &gauges{}
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/opening",
		Setup: setHome,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server":   func(ts *testscript.TestScript, _ bool, args []string) { startFloed(ts, binary, args...) },
			"link":     cmdLink,
			"breakoff": cmdBreakOff,
			"gauge":    g.start,
			"fetched":  g.check,
		},
	})
}

// start is "gauge": GAUGE becomes the URL of a server that passes everything on
// to FLOE_SERVER and counts what comes back.
func (g *gauges) start(ts *testscript.TestScript, _ bool, _ []string) {
	to, err := url.Parse(ts.Getenv("FLOE_SERVER"))
	ts.Check(err)
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.FlushInterval = -1
	proxy.ErrorLog = log.New(io.Discard, "", 0) // of what is broken off
	proxy.ModifyResponse = func(r *http.Response) error {
		r.Body = &gauged{r.Body, g}
		return nil
	}
	server := httptest.NewServer(proxy)
	ts.Defer(server.Close)
	ts.Setenv("GAUGE", server.URL)
}

type gauged struct {
	io.ReadCloser
	g *gauges
}

func (b *gauged) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.g.bytes.Add(int64(n))
	return n, err
}

// check is "fetched LEAST MOST": so many MB came since the last time.
func (g *gauges) check(ts *testscript.TestScript, _ bool, args []string) {
	least, err := strconv.Atoi(args[0])
	ts.Check(err)
	most, err := strconv.Atoi(args[1])
	ts.Check(err)
	if mb := int(g.bytes.Swap(0) / 1e6); mb < least || mb > most {
		ts.Fatalf("%d MB were fetched, want %d to %d", mb, least, most)
	}
}

// cmdBreakOff is "breakoff SIGNAL DIR floe ARG…": the command gets the signal
// once two blobs are kept in DIR.
func cmdBreakOff(ts *testscript.TestScript, _ bool, args []string) {
	floe, err := exec.LookPath(args[2])
	ts.Check(err)
	cmd := exec.Command(floe, args[3:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "XDG_CONFIG_HOME="+ts.Getenv("XDG_CONFIG_HOME"), "FLOE_SERVER="+ts.Getenv("FLOE_SERVER"))
	said := &bytes.Buffer{}
	cmd.Stderr = said
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for begun := time.Now(); ; time.Sleep(time.Millisecond) {
		found, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), ".floe-*.part", strings.Repeat("?", 43)))
		if ts.Check(err); len(found) >= 2 {
			break
		}
		if len(ended) > 0 || time.Since(begun) > time.Minute {
			ts.Fatalf("nothing was kept before it ended:\n%s", said)
		}
	}
	switch args[0] {
	case "kill":
		ts.Check(cmd.Process.Kill())
	case "interrupt":
		ts.Check(cmd.Process.Signal(os.Interrupt))
	}
	if <-ended == nil {
		ts.Fatalf("it ended well")
	}
	if args[0] == "interrupt" && !strings.Contains(said.String(), "the same command goes on") {
		ts.Fatalf("it said:\n%s", said)
	}
}

// TestRecordsOfWhatIsOverAreSwept: and no other folders.
func TestRecordsOfWhatIsOverAreSwept(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	old := openRecord(root, "old", time.Now().Add(-time.Second))
	young := openRecord(root, "young", time.Now().Add(time.Hour))
	for _, folder := range []string{"ends.part", ".floe-mine.part"} {
		if err := root.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	young.note(7)
	third := openRecord(root, "third", time.Now().Add(time.Hour))
	for name, want := range map[string]bool{old.name: false, young.name: true, third.name: true, "ends.part": true, ".floe-mine.part": true} {
		if _, err := root.Stat(name); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if again := openRecord(root, "young", time.Now().Add(time.Hour)); !again.saved[7] || len(again.saved) != 1 {
		t.Errorf("remembered %v", again.saved)
	}
}
