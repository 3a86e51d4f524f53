//go:build !noasm && !nopshufb && !appengine && !gccgo

package codec

import (
	"os"
	"regexp"
	"testing"

	"golang.org/x/sys/cpu"
)

// What is dropped is another package's own. Whoever takes another version of that
// looks first whether it reads mul16LUTs where AVX2 is, in galois_amd64.go and
// leopard.go, and then changes the version here.
func TestTableIsDroppedAndNotNeeded(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^\s*github\.com/klauspost/reedsolomon v1\.14\.2$`).Match(mod) {
		t.Error("klauspost/reedsolomon isn't the version that was looked at")
	}
	if _, err := NewEncoder(104); err != nil {
		t.Fatal(err)
	}
	if got := productTable == nil; got != cpu.X86.HasAVX2 {
		t.Errorf("the table is dropped: %v, with AVX2: %v", got, cpu.X86.HasAVX2)
	}
}
