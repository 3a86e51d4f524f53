//go:build !js

package kernel

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRelaxedGivesTheSame runs both modules on the same memory in Node: the
// runtime that the other tests have knows no relaxed instructions.
func TestRelaxedGivesTheSame(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if strings.Contains(os.Getenv("FLOE_REQUIRE"), "node") {
			t.Fatal("there is no node")
		}
		t.Skip("LOUD: needs node; FLOE_REQUIRE=node makes this a failure")
	}
	dir := t.TempDir()
	for name, module := range map[string][]byte{"plain": Module(), "relaxed": Relaxed()} {
		if err := os.WriteFile(filepath.Join(dir, name), module, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Node before 21 has them behind a flag, which later ones may not know.
	args := []string{"testdata/relaxed.mjs", filepath.Join(dir, "plain"), filepath.Join(dir, "relaxed")}
	if exec.Command(node, "--experimental-wasm-relaxed-simd", "-e", "0").Run() == nil {
		args = append([]string{"--experimental-wasm-relaxed-simd"}, args...)
	}
	if out, err := exec.Command(node, args...).CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "same" {
		t.Errorf("%v\n%s", err, out)
	}
}
