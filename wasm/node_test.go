//go:build !js

package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"floe/codec/kernel"
)

// TestModuleInNode runs the module as the page's worker does, against the real
// server with its whole embedded network, and opens with floe what it sent.
func TestModuleInNode(t *testing.T) {
	node := requireNode(t)
	dir := t.TempDir()
	build(t, dir, "floe/cmd/floed", "floe/cmd/floe")
	output(t, exec.Command("go", "run", "floe/static/build", "-o", filepath.Join(dir, "floe.wasm"))) // as pages load it
	base := startServer(t, dir)
	root := strings.TrimSpace(output(t, exec.Command("go", "env", "GOROOT")))
	steps := map[string]json.RawMessage{}
	vectors := filepath.Join(dir, "kernel.wasm")
	if err := os.WriteFile(vectors, kernel.Module(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "testdata/page.mjs", filepath.Join(root, "lib/wasm/wasm_exec.js"), filepath.Join(dir, "floe.wasm"), vectors, base)
	for line := range strings.Lines(output(t, cmd)) {
		var step struct {
			Step  string
			Value json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &step); err != nil {
			t.Fatalf("unexpected output %q", line)
		}
		steps[step.Step] = step.Value
	}
	checkSent(t, steps)
	checkFailures(t, steps)
	checkRead(t, steps)
	checkFloeOpens(t, dir, steps)
}

func get[T any](t *testing.T, steps map[string]json.RawMessage, step string) (v T) {
	t.Helper()
	if err := json.Unmarshal(steps[step], &v); err != nil {
		t.Fatalf("step %s: %v in %s", step, err, steps[step])
	}
	return v
}

func checkSent(t *testing.T, steps map[string]json.RawMessage) {
	type sent struct {
		Link, ParcelID                        string
		EndsAt                                float64
		Passphrase                            bool
		NodesHolding, NodesTotal, NodesNeeded int
		RecoveryNote                          struct{ Name, Text string }
		Others                                map[string][]string
	}
	s := get[sent](t, steps, "sent")
	if !regexp.MustCompile(`^http://[^/]+/open#[\w-]{43}\.[\w-]{49}$`).MatchString(s.Link) || !strings.HasPrefix(s.ParcelID, "0x") {
		t.Errorf("link %q, parcel %q", s.Link, s.ParcelID)
	}
	if s.NodesHolding != 13 || s.NodesTotal != 13 || s.NodesNeeded != 5 || !s.Passphrase || time.UnixMilli(int64(s.EndsAt)).Before(time.Now()) {
		t.Errorf("sent %+v", s)
	}
	if !strings.Contains(s.RecoveryNote.Text, "\nAGE-SECRET-KEY-PQ-1") || len(s.Others) < 5 {
		t.Errorf("note %q, others %v", s.RecoveryNote.Text, s.Others)
	}
	if phases := get[[]string](t, steps, "phases"); !slices.Equal(phases, []string{"sealing", "sending", "certifying", "ready"}) {
		t.Errorf("phases %v", phases)
	}
	if words := get[string](t, steps, "words"); len(strings.Fields(words)) != 6 {
		t.Errorf("words %q", words)
	}
	if qr := get[struct {
		Size int
		Path string
	}](t, steps, "qr"); qr.Size < 21 || !strings.HasPrefix(qr.Path, "M0 0h7v1h-7z") {
		t.Errorf("QR code of %d: %.40s", qr.Size, qr.Path)
	}
	if id := get[map[string]string](t, steps, "identity"); !strings.HasPrefix(id["recipient"], "age1pq1") || len(strings.Fields(id["words"])) != 12 {
		t.Errorf("identity %v", id)
	}
	if n := get[map[string]any](t, steps, "network"); n["name"] != "local" || n["n_shards"] != 104.0 {
		t.Errorf("network %v", n)
	}
}

// checkStreamed: what comes through a port is what a Blob holds, and its end is
// told on both ways.
func checkStreamed(t *testing.T, steps map[string]json.RawMessage, whole string) {
	type drained struct {
		Hash, Want   string
		Size, Pieces int
		Last         struct {
			Done  bool
			Error struct{ Code string }
		}
		Outcome struct {
			Code  string
			Value struct{ Bytes int }
		}
	}
	all := get[map[string]drained](t, steps, "streamed")
	for name, d := range all {
		if name == "whole" {
			d.Want = whole
		}
		if d.Want == "" {
			continue
		}
		if d.Hash != d.Want || !d.Last.Done || d.Outcome.Code != "none" || d.Outcome.Value.Bytes != d.Size || d.Pieces < 2 {
			t.Errorf("%s came as %+v", name, d)
		}
	}
	if d := all["stopped"]; d.Outcome.Code != "cancelled" || d.Last.Error.Code != "cancelled" || d.Pieces != 2 {
		t.Errorf("what was stopped ended as %+v", d)
	}
	if d := all["missing"]; d.Outcome.Code != "internal" || d.Last.Error.Code != "internal" || d.Pieces != 0 {
		t.Errorf("a file that isn't there came as %+v", d)
	}
}

func checkFailures(t *testing.T, steps map[string]json.RawMessage) {
	for step, want := range map[string]string{
		"no passphrase":    "passphrase_needed",
		"wrong passphrase": "passphrase_wrong",
		"cut":              "link_cut",
		"no seed":          "internal",
		"not open":         "internal",
		"no argument":      "internal",  // a panic inside, and the module lives on
		"altered":          "file_gone", // while it was streamed, which its last piece tells
		"cancelled":        "cancelled",
		"withdrawn":        "withdrawn",
	} {
		got := get[struct{ Code, Message string }](t, steps, step)
		if got.Code != want || got.Message == "" {
			t.Errorf("%s: got %+v, want code %s", step, got, want)
		}
	}
}

func checkRead(t *testing.T, steps map[string]json.RawMessage) {
	hashes := get[map[string]string](t, steps, "hashes")
	read := get[map[string]struct {
		Hash, Type string
		Done       bool
	}](t, steps, "read")
	for path, hash := range hashes {
		if read[path].Hash != hash || !read[path].Done {
			t.Errorf("%s isn't what was sent", path)
		}
	}
	if got := read["папка/письмо.txt"].Type; got != "text/plain" {
		t.Errorf("text has type %q", got)
	}
	if zip := get[struct {
		Begins        string
		Size, ZipSize int
	}](t, steps, "zip"); zip.Begins != "504b0304" || zip.Size != zip.ZipSize {
		t.Errorf("ZIP %+v", zip)
	}
	checkStreamed(t, steps, hashes["noise.bin"])
	if n := get[int](t, steps, "granted"); n != len(hashes) {
		t.Errorf("who was granted it later sees %d files", n)
	}
	if seen := get[[][2]any](t, steps, "seen"); len(seen) != 1 || seen[0][1] != 2.0 {
		t.Errorf("pins %v, want one at sequence 2", seen)
	}
}

// checkFloeOpens opens with the command line what the module sent.
func checkFloeOpens(t *testing.T, dir string, steps map[string]json.RawMessage) {
	cmd := exec.Command(filepath.Join(dir, "floe"), "open", "-o", filepath.Join(dir, "out"))
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	cmd.Stdin = strings.NewReader(get[string](t, steps, "plain"))
	output(t, cmd)
	for path, hash := range get[map[string]string](t, steps, "hashes") {
		b, err := os.ReadFile(filepath.Join(dir, "out", filepath.FromSlash(path)))
		if sum := sha256.Sum256(b); err != nil || hex.EncodeToString(sum[:]) != hash {
			t.Errorf("floe open: %s isn't what was sent: %v", path, err)
		}
	}
}

func build(t *testing.T, out string, packages ...string) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"build", "-o", out}, packages...)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	output(t, cmd)
}

// startServer runs floed on a free port until the test ends.
func startServer(t *testing.T, dir string) (base string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(dir, "floed"), "-listen", "127.0.0.1:0", "-data", filepath.Join(dir, "data"))
	var log bytes.Buffer
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if _, at, ok := strings.Cut(lines.Text(), "floe: ready at "); ok {
			go func() {
				for lines.Scan() {
				}
			}()
			return strings.TrimSuffix(at, "/")
		}
	}
	cmd.Wait()
	t.Fatalf("floed ended before it was ready:\n%s", &log)
	return ""
}

func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", filepath.Base(cmd.Path), err, out, &stderr)
	}
	return string(out)
}

// requireNode skips loudly without Node, or fails where it is demanded.
func requireNode(t *testing.T) string {
	node, err := exec.LookPath("node")
	if err == nil {
		return node
	}
	if slices.Contains(strings.Split(os.Getenv("FLOE_REQUIRE"), ","), "node") {
		t.Fatal("needs node, which FLOE_REQUIRE demands")
	}
	t.Skip("LOUD: needs node; FLOE_REQUIRE=node makes this a failure")
	return ""
}
