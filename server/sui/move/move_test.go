package move

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// built is what testdata/build.mjs prints.
type built struct {
	Digest       string   `json:"digest"`
	Modules      []string `json:"modules"`
	Dependencies []string `json:"dependencies"`
	Passed       bool     `json:"passed"`
	Output       string   `json:"output"`
}

// Sui's own compiler makes of the sources the package whose digest is pinned,
// and the unit tests pass in Sui's own VM.
func TestPackageCompilesAndItsTestsPass(t *testing.T) {
	b := build(t)
	if b.Digest != Digest {
		t.Errorf("package digest is %s, pinned is %s", b.Digest, Digest)
	}
	if len(b.Modules) != 1 {
		t.Errorf("%d modules, want 1", len(b.Modules))
	}
	if !b.Passed {
		t.Errorf("Move unit tests fail:\n%s", b.Output)
	}
	if want := len(scenarios()) + 1; strings.Count(b.Output, "[ PASS ") != want {
		t.Errorf("not all %d tests ran:\n%s", want, b.Output)
	}
}

func build(t *testing.T) (b built) {
	t.Helper()
	builder := requireNode(t, "@zktx.io/sui-move-builder")
	cmd := exec.Command("node", "testdata/build.mjs", builder, ".", "testdata/framework")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("couldn't build: %v", err)
	}
	if err := json.Unmarshal(out, &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// requireNode returns the directory of an npm package below .ci, or skips
// loudly, or fails where FLOE_REQUIRE asks for node.
func requireNode(t *testing.T, pkg string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", ".ci", "node_modules", filepath.FromSlash(pkg)))
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return dir
	}
	if slices.Contains(strings.Split(os.Getenv("FLOE_REQUIRE"), ","), "node") {
		t.Fatalf("node is required: %v", err)
	}
	t.Skipf("LOUD: needs node and %s (%v); hint: npm ci in .ci; FLOE_REQUIRE=node makes this a failure", pkg, err)
	return ""
}
