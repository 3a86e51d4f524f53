package official_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// scriptTime is how long a script may take on a busy machine.
const scriptTime = 4 * time.Minute

// runScript feeds testdata/<topic>.mjs to Node and reports what it finds wrong.
// It returns the lines that begin with "SAY ", without that.
func runScript(t *testing.T, ci, topic string, input map[string]any, more map[string]any) []string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata", "prelude.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(filepath.Join("testdata", topic+".mjs"))
	if err != nil {
		t.Fatal(err)
	}
	input = maps.Clone(input)
	maps.Copy(input, more)
	in, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), scriptTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "--input-type=module", "-")
	cmd.Dir, cmd.Stdin, cmd.Stderr = ci, bytes.NewReader(slices.Concat(source, script)), os.Stderr
	cmd.Env = append(os.Environ(), "OFFICIAL_INPUT="+string(in))
	begun := time.Now()
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("node: %v", err)
	}
	done := false
	var said []string
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		line := lines.Text()
		words, ok := strings.CutPrefix(line, "SAY ")
		switch {
		case ok:
			said = append(said, words)
		case strings.HasPrefix(line, "DONE "):
			done = true
			t.Logf("%s: %s checks in %.1f s", topic, line[5:], time.Since(begun).Seconds())
		default:
			t.Error(line)
		}
	}
	if !done {
		t.Errorf("%s didn't come to its end", topic)
	}
	return said
}

// needsTime skips a test in a short run. Those are for the race detector, which
// sees this package alone: of all its tests, the recorder's is what it is for.
func needsTime(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it runs Node against a binary, which the race detector doesn't see")
	}
}

// requireNode returns .ci, which holds the client in node_modules, or skips
// loudly, or fails where FLOE_REQUIRE asks for node.
func requireNode(t *testing.T) string {
	t.Helper()
	ci, err := filepath.Abs(filepath.Join("..", "..", ".ci"))
	if err == nil {
		_, err = os.Stat(filepath.Join(ci, "node_modules", "@mysten", "walrus"))
	}
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return ci
	}
	if slices.Contains(strings.Split(os.Getenv("FLOE_REQUIRE"), ","), "node") {
		t.Fatalf("node is required: %v", err)
	}
	t.Skipf("LOUD: needs node and @mysten/walrus (%v); hint: npm ci in .ci; FLOE_REQUIRE=node makes this a failure", err)
	return ""
}
