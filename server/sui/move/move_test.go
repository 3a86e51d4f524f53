package move

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"floe/codec/suitx"
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
	if *update {
		writeModule(t, b.modules(t)[0])
	}
	if got := b.modules(t); len(got) != 1 || !bytes.Equal(got[0], Modules()[0]) {
		t.Errorf("the compiler's %d modules aren't those that are committed; hint: go test ./server/sui/move -update, twice", len(got))
	}
	var dependencies []string
	for _, d := range Dependencies() {
		dependencies = append(dependencies, d.String())
	}
	if !slices.Equal(b.Dependencies, dependencies) {
		t.Errorf("it depends on %v, not %v", b.Dependencies, dependencies)
	}
	if !b.Passed {
		t.Errorf("Move unit tests fail:\n%s", b.Output)
	}
	if want := len(scenarios()) + 1; strings.Count(b.Output, "[ PASS ") != want {
		t.Errorf("not all %d tests ran:\n%s", want, b.Output)
	}
}

// What is committed has the digest that the compiler computed, by our own
// computation; the ledger's twin stands for that digest and founds networks
// with that module.
func TestDigestIsComputedAsSuiDoes(t *testing.T) {
	got := suitx.PackageDigest(Modules(), Dependencies())
	if hex.EncodeToString(got[:]) != Digest {
		t.Errorf("digest is %x, pinned is %s", got, Digest)
	}
	self, name, err := suitx.ModuleID(Modules()[0])
	if err != nil || !self.IsZero() || name != "parcel" {
		t.Errorf("the module is %s::%s (%v)", self, name, err)
	}
}

// writeModule writes the compiled module to both places that hold it: the
// ledger may import nothing of this package.
func writeModule(t *testing.T, code []byte) {
	t.Helper()
	for _, path := range []string{"build/parcel.mv", twinModule} {
		if err := os.WriteFile(path, code, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const twinModule = "../../ledger/native/parcel.mv"

func (b *built) modules(t *testing.T) (all [][]byte) {
	t.Helper()
	for _, text := range b.Modules {
		code, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, code)
	}
	return all
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
