package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The house rules, as tests: what isn't tested doesn't stay true.

// laws say what must never be among a program's dependencies, and why. A path
// stands for everything below it too.
var laws = []struct {
	name, goos, goarch, pkg string
	never                   map[string]string
}{
	{"the server can't decrypt", "", "", "floe/cmd/floed", map[string]string{
		"floe/crypto":     "the server can't decrypt because the code isn't there",
		"filippo.io/age":  "the server can't decrypt because the code isn't there",
		"filippo.io/hpke": "it is age's way to the file key",
		"floe/wasm":       "the client decrypts; the server must not contain it",
	}},
	{"the page stays small", "js", "wasm", "floe/wasm", map[string]string{
		"net/http":                         "the page asks by fetch; net/http alone weighs more than all else",
		"github.com/labstack/echo":         "it is the server's",
		"github.com/block-vision":          "2.4 to 4.6 MB for what codec/suitx does in 500 lines",
		"google.golang.org/protobuf":       "the page reads BCS, which can be verified; it weighs 4.6 MB with its messages",
		"google.golang.org/grpc":           "the page talks to our own API",
		"connectrpc.com":                   "the page talks to our own API",
		"github.com/cockroachdb":           "stores are the server's",
		"github.com/klauspost/reedsolomon": "the page has its own transforms",
		"github.com/consensys":             "certificates are checked by the ledger; the curve weighs a megabyte",
		"floe/codec/bls":                   "certificates are checked by the ledger",
		"floe/web":                         "pages are rendered by the server",
	}},
}

func TestLaws(t *testing.T) {
	for _, law := range laws {
		t.Run(law.name, func(t *testing.T) {
			deps := strings.Fields(list(t, law.goos, law.goarch, "-deps", "-f", "{{.ImportPath}}", law.pkg))
			if len(deps) < 50 {
				t.Fatalf("%s has %d dependencies: it isn't all there", law.pkg, len(deps))
			}
			for _, dep := range deps {
				for bad, why := range law.never {
					if isBelow(dep, bad) {
						t.Errorf("%s depends on %s: %s", law.pkg, dep, why)
					}
				}
			}
		})
	}
}

// imports is who may import whom of ours (DESIGN §3), tests not counted. The
// longest prefix of a package's path decides.
var imports = map[string][]string{
	"floe/codec":             {"floe/codec"},
	"floe/crypto":            {},
	"floe/web":               {},
	"floe/static":            {},
	"floe/wasm/promise":      {},
	"floe/wasm/crew":         {"floe/codec", "floe/wasm/promise"},
	"floe/wasm/bench":        {"floe/wasm/crew", "floe/wasm/promise", "floe/codec", "floe/crypto", "floe/server/api", "floe/static"},
	"floe/static/build":      {"floe/codec/kernel"}, // which it stores beside the engine
	"floe/server/api":        {"floe/codec"},
	"floe/server/lru":        {},
	"floe/server/node":       {"floe/codec", "floe/server/api", "floe/server/lru"},
	"floe/server/official":   {}, // tests alone
	"floe/server/committee":  {"floe/codec", "floe/server/api"},
	"floe/server/sui":        {"floe/codec", "floe/server/api"},
	"floe/server/walrus":     {"floe/codec", "floe/server/api"},
	"floe/server/uploader":   {"floe/codec", "floe/server/api"},
	"floe/server/daemon":     {"floe/codec", "floe/server/api", "floe/server/lru", "floe/server/uploader", "floe/server/walrus"},
	"floe/server/ledger":     {"floe/codec", "floe/server/api", "floe/server/ledger"},
	"floe/server/ledgertest": {"floe/codec", "floe/server", "floe/server/api"},
	"floe/server":            {"floe/codec", "floe/server/api", "floe/server/lru", "floe/server/uploader", "floe/server/walrus", "floe/web"},
	"floe/wasm/client":       {"floe/codec", "floe/crypto", "floe/server/api", "floe/wasm/client"},
	"floe/wasm":              {"floe/wasm/client", "floe/wasm/crew", "floe/wasm/promise", "floe/codec", "floe/crypto", "floe/server/api"}, // for the types in client's methods
	"floe/cmd/floed":         {"floe/codec", "floe/server", "floe/static"},
	"floe/cmd/floe":          {"floe/wasm/client", "floe/codec", "floe/crypto", "floe/server/api", "floe/server/sui", "floe/server/committee", "floe/server/walrus", "floe/cmd/floe/direct"},
}

type goPackage struct {
	ImportPath, Dir, Name string
	GoFiles, TestGoFiles  []string
	XTestGoFiles          []string
	IgnoredGoFiles        []string
	Imports               []string
}

// packages lists ours, as the server is built and as the page is.
func packages(t *testing.T) []goPackage {
	t.Helper()
	var all []goPackage
	for _, target := range [][2]string{{"", ""}, {"js", "wasm"}} {
		d := json.NewDecoder(strings.NewReader(list(t, target[0], target[1], "-e", "-json=ImportPath,Dir,Name,GoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,Imports", "floe/...")))
		for {
			var p goPackage
			err := d.Decode(&p)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
		}
	}
	return all
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		rule := ""
		for prefix := range imports {
			if isBelow(p.ImportPath, prefix) && len(prefix) > len(rule) {
				rule = prefix
			}
		}
		if rule == "" {
			t.Errorf("%s isn't in the house: DESIGN §3 has no place for it", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			if isBelow(imp, "floe") && !slices.ContainsFunc(imports[rule], func(ok string) bool { return isBelow(imp, ok) && !hidden(imp, ok, rule) }) {
				t.Errorf("%s imports %s, %s may import only %v", p.ImportPath, imp, rule, imports[rule])
			}
		}
	}
}

// hidden keeps codec/bls out of a rule that says codec where the page shares
// the package.
func hidden(imp, ok, rule string) bool {
	return imp == "floe/codec/bls" && ok == "floe/codec" && (rule == "floe/wasm/client" || rule == "floe/server/api")
}

func TestPackagesAreDocumentedOnce(t *testing.T) {
	doc := regexp.MustCompile(`(?m)^(//.*|\*/)\npackage `)
	for _, p := range packages(t) {
		var with []string
		for _, name := range slices.Concat(p.GoFiles, p.IgnoredGoFiles) {
			if strings.HasSuffix(name, "_test.go") || generated(name) {
				continue
			}
			if doc.Match(read(t, filepath.Join(p.Dir, name))) {
				with = append(with, name)
			}
		}
		if len(with) != 1 {
			t.Errorf("%s has its package doc in %v, want one file", p.ImportPath, with)
		}
	}
}

func TestNames(t *testing.T) {
	bad := regexp.MustCompile(`(?i)^(utils?|commons?|managers?|services?|helpers?|misc|fragments?)$`)
	for _, p := range packages(t) {
		if bad.MatchString(p.Name) {
			t.Errorf("%s: a package is named after what it gives", p.ImportPath)
		}
		for _, name := range slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles) {
			if stem := strings.TrimSuffix(strings.TrimSuffix(name, ".go"), "_test"); bad.MatchString(stem) {
				t.Errorf("%s/%s: a file is named after the noun it is about", p.ImportPath, name)
			}
		}
	}
}

const maxLines = 400

func TestFilesAreShortAndFinished(t *testing.T) {
	unfinished := regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)
	for _, p := range packages(t) {
		for _, name := range slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles, p.IgnoredGoFiles) {
			if generated(name) || name == "policy_test.go" {
				continue
			}
			b := read(t, filepath.Join(p.Dir, name))
			if n := bytes.Count(b, []byte("\n")); n > maxLines {
				t.Errorf("%s/%s has %d lines, at most %d are allowed", p.ImportPath, name, n, maxLines)
			}
			if m := unfinished.Find(b); m != nil {
				t.Errorf("%s/%s says %s", p.ImportPath, name, m)
			}
		}
	}
}

func TestMainIsShort(t *testing.T) {
	if n := bytes.Count(read(t, filepath.Join(root(t), "cmd", "floed", "main.go")), []byte("\n")); n > 100 {
		t.Errorf("cmd/floed/main.go has %d lines, at most 100 are allowed: flags, Config, Run", n)
	}
}

func TestModuleReplacesNothing(t *testing.T) {
	if regexp.MustCompile(`(?m)^\s*(replace|exclude)\b`).Match(read(t, filepath.Join(root(t), "go.mod"))) {
		t.Error("go.mod replaces or excludes a module: then others can't build what we build")
	}
}

// The top level is fixed. What .gitignore names may lie there.
func TestTopLevel(t *testing.T) {
	allowed := strings.Fields("cmd web wasm crypto codec server static go.mod go.sum README.md")
	ignored := strings.Fields(string(read(t, filepath.Join(root(t), ".gitignore"))))
	entries, err := os.ReadDir(root(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || slices.Contains(allowed, name) ||
			slices.ContainsFunc(ignored, func(i string) bool { ok, _ := filepath.Match(strings.Trim(i, "/"), name); return ok }) {
			continue
		}
		t.Errorf("%s doesn't belong on the top level", name)
	}
}

// maxWASM is what both modules may cost to load, compressed: what they took in
// November 2026 and little more. What makes them grow must be worth it.
const maxWASM = 1_080_000

func TestWASMIsSmall(t *testing.T) {
	sum := int64(0)
	for _, name := range []string{"floe.wasm.br", "kernel.wasm.br"} {
		info, err := os.Stat(filepath.Join(root(t), "static", "dist", name))
		if errors.Is(err, os.ErrNotExist) {
			t.Logf("static/dist/%s isn't built, so that its size can't be held against the budget; go generate ./static builds it", name)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes", name, info.Size())
		sum += info.Size()
	}
	if sum > maxWASM {
		t.Errorf("the modules have %d bytes as brotli, at most %d are allowed", sum, maxWASM)
	}
}

func generated(name string) bool { return strings.HasSuffix(name, "_templ.go") }

func isBelow(path, parent string) bool {
	return path == parent || strings.HasPrefix(path, parent+"/")
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// root is the module's directory.
func root(t *testing.T) string {
	t.Helper()
	return filepath.Dir(strings.TrimSpace(list(t, "", "", "-m", "-f", "{{.GoMod}}")))
}

// list runs go list, for another target than this one if named.
func list(t *testing.T, goos, goarch string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if goos != "" {
		cmd.Env = append(cmd.Env, "GOOS="+goos, "GOARCH="+goarch)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, stderr.Bytes())
	}
	return string(out)
}
