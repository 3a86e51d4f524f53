package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// program is testdata/program as this Go compiles it for wasip1, whose tables
// are those of js.
var program = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "floe-strip-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "program.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, "./testdata/program")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, errors.New(string(said))
	}
	return os.ReadFile(out)
})

func programs(t *testing.T) (whole, small []byte) {
	t.Helper()
	whole, err := program()
	if err != nil {
		t.Fatal(err)
	}
	if small, err = strip(whole); err != nil {
		t.Fatal(err)
	}
	return whole, small
}

// machine runs modules, and keeps them as machine code, which takes seconds to make.
var machine = sync.OnceValue(func() wazero.Runtime {
	r := wazero.NewRuntime(context.Background())
	wasi_snapshot_preview1.MustInstantiate(context.Background(), r)
	return r
})

var compiled sync.Map // of modules, by their text

func instance(t *testing.T, module []byte, config wazero.ModuleConfig) (api.Module, error) {
	t.Helper()
	code, ok := compiled.Load(string(module))
	if !ok {
		made, err := machine().CompileModule(t.Context(), module)
		if err != nil {
			t.Fatal(err)
		}
		code, _ = compiled.LoadOrStore(string(module), made)
	}
	return machine().InstantiateModule(t.Context(), code.(wazero.CompiledModule), config.WithName(""))
}

// runModule returns what a module printed.
func runModule(t *testing.T, module []byte, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	made, err := instance(t, module, wazero.NewModuleConfig().WithStdout(&out).WithStderr(&out).WithArgs(append([]string{"program"}, args...)...))
	if made != nil {
		made.Close(t.Context())
	}
	return out.String(), err
}

// unpacked is a module's memory before its main function runs.
func unpacked(t *testing.T, module []byte) memory {
	t.Helper()
	made, err := instance(t, module, wazero.NewModuleConfig().WithStartFunctions())
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close(t.Context())
	b, _ := made.Memory().Read(0, made.Memory().Size())
	return bytes.Clone(b)
}

// TestStrippedRunsTheSame: panics, recovering, the collector, growing stacks.
func TestStrippedRunsTheSame(t *testing.T) {
	whole, small := programs(t)
	want, err := runModule(t, whole)
	if err != nil {
		t.Fatalf("%v\n%s", err, want)
	}
	got, err := runModule(t, small)
	if err != nil || got != want {
		t.Errorf("stripped: %v\n%s\nwhole:\n%s", err, got, want)
	}
	for _, part := range []string{"panics: [an error false", "nested: again after second", "loops: 4950", "goexit: left with <nil>", "callers: true", "goroutines:"} {
		if !strings.Contains(want, part) {
			t.Errorf("the program doesn't say %q:\n%s", part, want)
		}
	}
	t.Logf("%d bytes, %d stripped", len(whole), len(small))
}

// TestSeveredStops: what was taken for idle and isn't must not go on.
func TestSeveredStops(t *testing.T) {
	whole, small := programs(t)
	for _, what := range []string{"p256", "regexp"} {
		if out, err := runModule(t, whole, what); err != nil {
			t.Fatalf("%s fails in the whole module: %v\n%s", what, err, out)
		}
		if out, err := runModule(t, small, what); err == nil || !strings.Contains(err.Error(), "unreachable") {
			t.Errorf("%s: the stripped module went on: %v\n%s", what, err, out)
		}
	}
}

// TestNobodyNeedsIdle: what is severed is imported by those alone whose use of
// it was looked at, and nobody reads unicode's maps by name.
func TestNobodyNeedsIdle(t *testing.T) {
	may := map[string][]string{
		"regexp":                              {"filippo.io/age"},
		"regexp/syntax":                       {"regexp"},
		"crypto/internal/fips140/nistec":      {"crypto/internal/fips140/ecdh"},
		"crypto/internal/fips140/nistec/fiat": {"crypto/internal/fips140/nistec"},
		"crypto/internal/fips140/ecdh":        {"crypto/ecdh"},
		"crypto/ecdh":                         {"filippo.io/hpke/crypto", "filippo.io/hpke/crypto/ecdh", "golang.org/x/crypto/curve25519"},
	}
	cmd := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}} {{.Dir}} {{join .GoFiles ","}} {{join .Imports " "}}`, "floe/wasm")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	maps := regexp.MustCompile(`\bunicode\.(Categories|Scripts|Properties|FoldCategory|FoldScript|CategoryAliases)\b`)
	seen := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		for _, imp := range fields[3:] {
			if who, ok := may[imp]; ok {
				seen++
				if !slices.Contains(who, fields[0]) {
					t.Errorf("%s imports %s, which static/build severs: see what it calls", fields[0], imp)
				}
			}
		}
		if fields[0] == "regexp/syntax" {
			continue
		}
		for name := range strings.SplitSeq(fields[2], ",") {
			b, err := os.ReadFile(filepath.Join(fields[1], name))
			if err != nil {
				t.Fatal(err)
			}
			if maps.Match(b) {
				t.Errorf("%s reads %s, which static/build leaves empty", fields[0], maps.Find(b))
			}
		}
	}
	if seen < len(may) {
		t.Errorf("only %d imports of what is severed were found", seen)
	}
}

func TestStripIsReproducible(t *testing.T) {
	whole, small := programs(t)
	again, err := strip(bytes.Clone(whole))
	if err != nil || !bytes.Equal(again, small) {
		t.Errorf("another module from the same one: %v", err)
	}
}

// TestStripKeepsTables compares what the collector and the unwinder read of
// every function before and after.
func TestStripKeepsTables(t *testing.T) {
	whole, small := programs(t)
	before, after := tables(t, whole), tables(t, small)
	if before.nfunc != after.nfunc || before.nfunc < 1000 {
		t.Fatalf("%d functions, %d stripped", before.nfunc, after.nfunc)
	}
	bodies, err := before.bodies()
	if err != nil {
		t.Fatal(err)
	}
	for i := range before.nfunc {
		old, err := before.function(i)
		if err != nil {
			t.Fatal(err)
		}
		now, err := after.function(i)
		if err != nil {
			t.Fatal(err)
		}
		if now.entry != old.entry || now.args != old.args || now.deferReturn != old.deferReturn || now.id != old.id || now.flag != old.flag {
			t.Fatalf("function %d was %+v, is %+v", i, old, now)
		}
		if bodies[i] != nil {
			continue
		}
		for _, pair := range [][2]uint32{{old.pcsp, now.pcsp}, {at(old.pcdata, pcdataStackMap, 0), at(now.pcdata, pcdataStackMap, 0)}} {
			if a, b := tableOf(t, before, pair[0]), tableOf(t, after, pair[1]); !bytes.Equal(a, b) {
				t.Fatalf("function %d: the table at %d was %x, is %x", i, pair[0], a, b)
			}
		}
		for _, kind := range []int{funcdataArgs, funcdataLocals, funcdataObjects, funcdataDefers} {
			if a, b := dataOf(t, before, kind, old), dataOf(t, after, kind, now); !bytes.Equal(a, b) {
				t.Fatalf("function %d: data %d was %x, is %x", i, kind, a, b)
			}
		}
	}
}

func tables(t *testing.T, module []byte) *symtab {
	t.Helper()
	s, err := findSymtab(unpacked(t, module))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.checkFind(); err != nil {
		t.Fatal(err)
	}
	return s
}

func tableOf(t *testing.T, s *symtab, off uint32) []byte {
	t.Helper()
	if off == 0 {
		return nil
	}
	b, _, err := s.table(off)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func dataOf(t *testing.T, s *symtab, kind int, f function) []byte {
	t.Helper()
	off := at(f.funcdata, kind, absent)
	if off == absent {
		return nil
	}
	n, err := s.dataSize(kind, off)
	if err != nil {
		t.Fatal(err)
	}
	return s.m[s.gofunc+int(off):][:n]
}

// TestStripRefuses what isn't as it knows it.
func TestStripRefuses(t *testing.T) {
	whole, _ := programs(t)
	change := func(old, with string) []byte {
		if !bytes.Contains(whole, []byte(old)) {
			t.Fatalf("the module has no %q", old)
		}
		return bytes.ReplaceAll(whole, []byte(old), []byte(with))
	}
	for name, c := range map[string]struct {
		module []byte
		says   string
	}{
		"another Go":     {change(goVersion+".", "go1.99."), errVersion.Error()},
		"another layout": {change(string(pcMagic), "\xf2\xff\xff\xff\x00\x00\x01\x08"), "there is none"},
		"no module":      {whole[4:], "begin"},
		"half a module":  {whole[:len(whole)/2], "cut"},
	} {
		if _, err := strip(c.module); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}
