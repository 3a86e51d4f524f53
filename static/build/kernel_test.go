package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"floe/codec/kernel"
)

// TestPageAsksForBothKernels: kernel.js, which can't be told names while it is
// built, asks for the files that are there.
func TestPageAsksForBothKernels(t *testing.T) {
	module, err := os.ReadFile(filepath.Join("..", "js", "kernel.js"))
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, m := range regexp.MustCompile(`compile\("([^"]+)"\)`).FindAllSubmatch(module, -1) {
		asked = append(asked, string(m[1]))
	}
	slices.Sort(asked)
	if there := slices.Sorted(maps.Keys(kernel.Files())); !slices.Equal(asked, there) {
		t.Errorf("kernel.js asks for %q, built are %q", asked, there)
	}
}
