package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The generator of vector instructions, of age's cipher among others, stands in
// a package that codec imports. Nothing of it is linked into the server.
func TestNoKernelIsLinked(t *testing.T) {
	t.Parallel()
	bin := filepath.Join(t.TempDir(), "floed")
	for _, args := range [][]string{{"build", "-o", bin, "."}, {"tool", "nm", bin}} {
		cmd := exec.Command("go", args...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if args[0] == "build" {
			continue
		}
		if !bytes.Contains(out, []byte(" main.main\n")) {
			t.Fatal("the list of symbols isn't one")
		}
		if bytes.Contains(out, []byte(" floe/codec/kernel.(*module)")) || bytes.Contains(out, []byte(" floe/codec/kernel.Module")) {
			t.Error("the server contains the generator")
		}
	}
}
