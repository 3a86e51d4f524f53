package web

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// requireNode returns Node's path, or skips loudly.
func requireNode(t *testing.T, present ...string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	for _, path := range present {
		if _, missing := os.Stat(path); missing != nil {
			err = missing
		}
	}
	if err == nil {
		return node
	}
	if slices.Contains(strings.Split(os.Getenv("FLOE_REQUIRE"), ","), "node") {
		t.Fatal(err)
	}
	t.Skipf("LOUD: needs node and .ci/node_modules (%v); FLOE_REQUIRE=node makes this a failure", err)
	return ""
}

// TestModules runs what can be run of the pages' modules outside a browser.
func TestModules(t *testing.T) {
	node := requireNode(t)
	out, err := exec.Command(node, "--test", "--test-reporter=tap", filepath.Join("testdata", "modules.test.mjs"), filepath.Join("testdata", "picked.test.mjs"), filepath.Join("testdata", "unsent.test.mjs"), filepath.Join("testdata", "writing.test.mjs")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestWalletStandard has the official packages register a wallet and sign.
func TestWalletStandard(t *testing.T) {
	node := requireNode(t, filepath.Join("..", ".ci", "node_modules", "@mysten", "wallet-standard", "package.json"))
	out, err := exec.Command(node, "--test", "--test-reporter=tap", filepath.Join("testdata", "wallet.test.mjs")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestTypes has TypeScript check the JSDoc types of every module that asks for it.
func TestTypes(t *testing.T) {
	tsc := filepath.Join("..", ".ci", "node_modules", "typescript", "bin", "tsc")
	node := requireNode(t, tsc)
	files, err := filepath.Glob("../static/js/*.js")
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{tsc, "--noEmit", "--allowJs", "--strict", "--skipLibCheck", "--target", "es2023", "--module", "esnext",
		"--moduleResolution", "bundler", "--lib", "dom,dom.iterable,es2023"}, files...)
	if out, err := exec.Command(node, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestPDFIsMozillas compares what draws PDFs with the package it was taken from.
func TestPDFIsMozillas(t *testing.T) {
	dist := filepath.Join("..", ".ci", "node_modules", "pdfjs-dist")
	requireNode(t, filepath.Join(dist, "package.json"))
	for name, from := range map[string]string{"pdf.min.mjs": "build/pdf.min.mjs", "pdf.worker.min.mjs": "build/pdf.worker.min.mjs", "LICENSE": "LICENSE"} {
		want, err := os.ReadFile(filepath.Join(dist, filepath.FromSlash(from)))
		if err != nil {
			t.Fatal(err)
		}
		if readStatic(t, "pdf/"+name) != string(want) {
			t.Errorf("static/pdf/%s isn't the one of the package; hint: copy it from .ci/node_modules/pdfjs-dist/%s", name, from)
		}
	}
}
