//go:build !js

package crypto

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"floe/codec/kernel"
)

// TestInWASM runs this package's tests as the page would: compiled to js/wasm,
// with the kernel and without.
func TestInWASM(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED with -short: Node runs it, which the race detector doesn't see")
	}
	requireNode(t)
	dir := t.TempDir()
	bin, vectors := filepath.Join(dir, "crypto.wasm"), filepath.Join(dir, "kernel.wasm")
	if err := os.WriteFile(vectors, kernel.Module(), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "test", "-c", "-o", bin, ".")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	root := strings.TrimSpace(string(run(t, nil, "go", "env", "GOROOT")))
	runner := filepath.Join("..", "codec", "testdata", "exec.mjs")
	for name, file := range map[string]string{"kernel": vectors, "Go alone": "-"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{"--stack-size=8192", runner, filepath.Join(root, "lib", "wasm", "wasm_exec.js"), file, bin, "-test.v", "-test.short"}
			if file == "-" {
				args = append(args, "-test.skip=Passphrase|EquallyLikely|ParseLink") // the kernel has no part in these
			}
			out, err := exec.Command("node", args...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, want := range []string{
				"--- PASS: TestVectors/hybrid ", "--- PASS: TestVectors/scrypt ", "--- PASS: TestLinkDerivations ",
				"--- PASS: TestAEADAsStock ", "--- PASS: TestAEADRefusesTampering ",
				fmt.Sprintf("kernel: %v", file != "-"),
			} {
				if !bytes.Contains(out, []byte(want)) {
					t.Errorf("no line %q in\n%s", want, out)
				}
			}
		})
	}
}
