package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run floe as people do, each over a server of its own with the
// whole embedded network, floed as a process.

func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){"floe": main})
}

// tidy removes what tests shared when all have run.
type tidy struct{ *testing.M }

func (m tidy) Run() int {
	code := m.M.Run()
	if shared != "" {
		os.RemoveAll(shared)
	}
	return code
}

var shared string // where floed was built, once for all tests, or ""

var built = sync.OnceValues(func() (binary string, err error) {
	if shared, err = os.MkdirTemp("", "floe-scripts"); err != nil {
		return "", err
	}
	binary = filepath.Join(shared, "floed")
	build := exec.Command("go", "build", "-o", binary, "floe/cmd/floed")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("couldn't build floed: %w\n%s", err, out)
	}
	return binary, nil
})

func TestScripts(t *testing.T) {
	binary := buildFloed(t)
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: setHome,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server": func(ts *testscript.TestScript, _ bool, args []string) { startFloed(ts, binary, args...) },
			"node":   cmdNode,
			"link":   cmdLink,
			"mode":   cmdMode,

			"interrupt": cmdInterrupt,
		},
	})
}

func buildFloed(t *testing.T) (binary string) {
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// setHome gives each script a home of its own.
func setHome(env *testscript.Env) error {
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "home", "config"))
	return nil
}

// startFloed starts a server and puts its URL into FLOE_SERVER.
func startFloed(ts *testscript.TestScript, binary string, flags ...string) {
	cmd := exec.Command(binary, append([]string{"-listen", "127.0.0.1:0", "-data", ts.MkAbs("floe-data")}, flags...)...)
	var log bytes.Buffer
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if _, at, ok := strings.Cut(lines.Text(), "floe: ready at "); ok {
			ts.Setenv("FLOE_SERVER", strings.TrimSuffix(at, "/"))
			go func() {
				for lines.Scan() {
				}
			}()
			return
		}
	}
	cmd.Wait()
	ts.Fatalf("floed ended before it was ready:\n%s", &log)
}

// cmdNode is "node stop 0 1 2" or "node start 0".
func cmdNode(ts *testscript.TestScript, _ bool, args []string) {
	for _, index := range args[1:] {
		url := fmt.Sprintf("%s/api/v1/nodes/%s/%s", ts.Getenv("FLOE_SERVER"), index, args[0])
		res, err := http.Post(url, "application/json", strings.NewReader("{}"))
		ts.Check(err)
		res.Body.Close()
		if res.StatusCode/100 != 2 {
			ts.Fatalf("POST %s: %s", url, res.Status)
		}
	}
}

// cmdLink is "link NAME FILE": the link in a file goes into a variable.
func cmdLink(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[1])
	ours := strings.HasPrefix(text, ts.Getenv("FLOE_SERVER")+"/open#") || strings.HasPrefix(text, directLink+"local/open#")
	if strings.Count(text, "\n") != 1 || !ours {
		ts.Fatalf("%q isn't a link alone", text)
	}
	ts.Setenv(args[0], strings.TrimSpace(text))
}

// cmdMode is "mode 600 FILE".
func cmdMode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}

// cmdInterrupt is "interrupt floe ARG…": once what it sends is under way, it is
// told to end, and ends with a failure.
func cmdInterrupt(ts *testscript.TestScript, _ bool, args []string) {
	floe, err := exec.LookPath(args[0])
	ts.Check(err)
	cmd := exec.Command(floe, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "XDG_CONFIG_HOME="+ts.Getenv("XDG_CONFIG_HOME"), "FLOE_SERVER="+ts.Getenv("FLOE_SERVER"))
	said := &bytes.Buffer{}
	cmd.Stderr = said
	ts.Check(cmd.Start())
	kept := filepath.Join(ts.Getenv("XDG_CONFIG_HOME"), "floe", "unfinished", "*")
	first := int64(0) // size of the first note; the next are longer
	for i := 0; ; i++ {
		if found, _ := filepath.Glob(kept); len(found) > 0 {
			info, err := os.Stat(found[0])
			if err == nil && first > 0 && info.Size() > first {
				break
			}
			if err == nil && first == 0 {
				first = info.Size()
			}
		}
		if i == 6000 {
			ts.Fatalf("nothing is under way:\n%s", said)
		}
		time.Sleep(5 * time.Millisecond)
	}
	ts.Check(cmd.Process.Signal(os.Interrupt))
	if cmd.Wait() == nil {
		ts.Fatalf("it ended well")
	}
	if !strings.Contains(said.String(), "floe send -continue goes on from here") {
		ts.Fatalf("it said:\n%s", said)
	}
}
