//go:build !js

package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"floe/codec/kernel"
)

var soak = flag.Int64("soak", 0, "MiB of a parcel that TestSoakOpening opens; it takes five times that on disk while it runs")

// mostPage is how many MiB a page may grow while it opens, whatever the size.
const mostPage = 300

// TestSoakOpening opens a large parcel as a page does, with all nodes and with
// four of thirteen down, and says how much memory that took:
//
//	go test ./wasm -run TestSoakOpening -soak 4096 -timeout 1h -v
func TestSoakOpening(t *testing.T) {
	if *soak == 0 {
		t.Skip("beside the suite: -soak 4096 opens 4 GiB")
	}
	node := requireNode(t)
	dir := t.TempDir()
	build(t, dir, "floe/cmd/floed", "floe/cmd/floe")
	output(t, exec.Command("go", "run", "floe/static/build", "-o", filepath.Join(dir, "floe.wasm"))) // as pages load it
	vectors := filepath.Join(dir, "kernel.wasm")
	if err := os.WriteFile(vectors, kernel.Module(), 0o600); err != nil {
		t.Fatal(err)
	}
	big := filepath.Join(dir, "big.bin") // zeros: sealed, they are as good as anything
	if err := os.WriteFile(big, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, *soak<<20); err != nil {
		t.Fatal(err)
	}
	base := startServer(t, dir)
	send := exec.Command(filepath.Join(dir, "floe"), "send", "-server", base, big)
	send.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+filepath.Join(dir, "config"))
	_, fragment, _ := strings.Cut(strings.TrimSpace(output(t, send)), "#")
	root := strings.TrimSpace(output(t, exec.Command("go", "env", "GOROOT")))
	for _, down := range []int{0, 4} {
		for i := range down {
			res, err := http.Post(fmt.Sprintf("%s/api/v1/nodes/%d/stop", base, i), "application/json", strings.NewReader("{}"))
			if err != nil || res.StatusCode/100 != 2 {
				t.Fatalf("couldn't stop node %d: %v", i, err)
			}
			res.Body.Close()
		}
		var got struct {
			Bytes                                           int64
			Done                                            bool
			Error                                           string
			Seconds, Busy, LinearMiB, ResidentMiB, StartMiB float64
		}
		line := output(t, exec.Command(node, "testdata/soak.mjs", filepath.Join(root, "lib/wasm/wasm_exec.js"), filepath.Join(dir, "floe.wasm"), vectors, base, fragment))
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("unexpected output %q", line)
		}
		t.Logf("%d of 13 nodes down: %d MiB in %.0f s, %.0f s of them busy; the module grew by %.0f MiB from %.0f, the process by %.0f",
			down, got.Bytes>>20, got.Seconds, got.Busy, got.LinearMiB, got.StartMiB, got.ResidentMiB)
		if !got.Done || got.Bytes < *soak<<20 || got.LinearMiB > mostPage {
			t.Errorf("ended as %+v, want at most %d MiB", got, mostPage)
		}
	}
}
