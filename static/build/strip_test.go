package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
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

// runModule returns what a module printed.
func runModule(t *testing.T, module []byte, args ...string) (string, error) {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	var out bytes.Buffer
	config := wazero.NewModuleConfig().WithStdout(&out).WithStderr(&out).WithArgs(append([]string{"program"}, args...)...)
	_, err := r.InstantiateWithConfig(ctx, module, config)
	return out.String(), err
}

// unpacked is a module's memory before its main function runs.
func unpacked(t *testing.T, module []byte) memory {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	made, err := r.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig().WithStartFunctions())
	if err != nil {
		t.Fatal(err)
	}
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
	if out, err := runModule(t, whole, "p256"); err != nil {
		t.Fatalf("the whole module makes no key on P-256: %v\n%s", err, out)
	}
	if out, err := runModule(t, small, "p256"); err == nil || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("the stripped module went on: %v\n%s", err, out)
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
	idle, err := before.idleFunctions()
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
		if idle[i] {
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
