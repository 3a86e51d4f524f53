// Build makes static/dist with nothing but Go: floe.wasm from floe/wasm, without
// what nothing in it needs ([strip]), the wasm_exec.js of the same Go that
// compiled it, kernel.wasm and kernel-relaxed.wasm as floe/codec/kernel assembles
// them, of which a browser takes one, and brotli twins of the modules. "go
// generate ./static" runs it in static/; with -o FILE it makes the module alone,
// there, and with -traces one whose traces have names.
//
// The same source and the same Go give the same bytes on every machine.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"

	"floe/codec/kernel"
)

const dist = "dist"

func main() {
	out := flag.String("o", "", "write floe.wasm to this `file`, and nothing else")
	traces := flag.Bool("traces", false, "leave in it what traces of panics need")
	flag.Parse()
	if err := run(*out, *traces); err != nil {
		fmt.Fprintln(os.Stderr, "static/build:", err)
		os.Exit(1)
	}
}

func run(out string, traces bool) error {
	raw, err := compile(traces)
	if err != nil {
		return err
	}
	if out != "" {
		return replace(out, raw)
	}
	wasm := filepath.Join(dist, "floe.wasm")
	if err := replace(wasm, raw); err != nil {
		return err
	}
	if err := twin(wasm, raw); err != nil {
		return err
	}
	if err := copyExec(filepath.Join(dist, "wasm_exec.js")); err != nil {
		return err
	}
	for name, module := range kernel.Files() {
		vectors := filepath.Join(dist, name)
		if err := replace(vectors, module); err != nil {
			return err
		}
		if err := twin(vectors, module); err != nil {
			return err
		}
	}
	return nil
}

// twin puts the brotli form of a module beside it.
func twin(path string, raw []byte) error {
	small, err := compressed(path+".br", raw)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes, %d as brotli\n", filepath.Base(path), len(raw), small)
	return nil
}

// cold are packages in which nobody waits for a function call. Not inlining
// theirs takes 4 % off what the page loads.
var cold = []string{
	"floe/wasm/...", "floe/codec/suitx", "floe/codec/bcs", "floe/crypto", "floe/server/api",
	"filippo.io/age/...", "rsc.io/qr/...", "golang.org/x/text/...",
	"encoding/json", "fmt", "reflect", "regexp", "regexp/syntax", "strconv", "internal/strconv", "time", "unicode", "math/big",
}

// compile returns the module.
func compile(traces bool) ([]byte, error) {
	dir, err := os.MkdirTemp("", "floe-build-")
	if err != nil {
		return nil, fmt.Errorf("couldn't compile floe/wasm: %w", err)
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "floe.wasm")
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"}
	for _, pkg := range cold {
		args = append(args, "-gcflags="+pkg+"=-l")
	}
	cmd := exec.Command("go", append(args, "-o", out, "floe/wasm")...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("couldn't compile floe/wasm: %w", err)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the module back: %w", err)
	}
	if traces {
		return raw, nil
	}
	return slimmed(raw), nil
}

// slimmed is raw after strip. What strip doesn't know, such as another Go's
// module, stays as it is: it works, and is half as large again.
func slimmed(raw []byte) []byte {
	small, err := strip(raw)
	if err != nil {
		fmt.Fprintf(os.Stderr, "static/build: floe.wasm stays larger than it need be: %v; GOTOOLCHAIN=%s.8 builds the small one\n", err, goVersion)
		return raw
	}
	return small
}

// copyExec takes wasm_exec.js from the Go that compiled the module: the two
// must fit.
func copyExec(out string) error {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("couldn't ask for GOROOT: %w", err)
	}
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return fmt.Errorf("couldn't find Go's wasm_exec.js: %w", err)
	}
	return replace(out, b)
}

// compressed makes path the brotli form of raw, and returns its length. That
// takes 20 seconds, so one that is there already and still fits stays.
func compressed(path string, raw []byte) (int, error) {
	if b, err := os.ReadFile(path); err == nil {
		old, err := io.ReadAll(brotli.NewReader(bytes.NewReader(b)))
		if err == nil && bytes.Equal(old, raw) {
			return len(b), nil
		}
	}
	b, err := compress(raw)
	if err != nil {
		return 0, err
	}
	return len(b), replace(path, b)
}

func compress(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	w := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24})
	if _, err := w.Write(raw); err != nil {
		return nil, fmt.Errorf("couldn't compress the module: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("couldn't compress the module: %w", err)
	}
	return b.Bytes(), nil
}

// replace writes path at once, so that a server that embeds dist while it is
// built never sees half a file.
func replace(path string, b []byte) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, b, 0o644); err != nil {
		return fmt.Errorf("couldn't write %s: %w", path, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("couldn't write %s: %w", path, err)
	}
	return nil
}
