//go:build !js

package zip

import (
	stdzip "archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tool is a program that reads ZIPs, written by others.
type tool struct {
	name  string
	args  func(archive string) []string
	lists bool // names the files on its standard output
}

// A reader of Python's standard library that tests and lists.
const python = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    bad = z.testzip()
    if bad is not None:
        sys.exit("bad: " + bad)
    sys.stdout.reconfigure(encoding="utf-8")
    for i in z.infolist():
        print(i.filename, i.file_size)
`

var tools = []tool{
	{"unzip", func(a string) []string { return []string{"-t", a} }, true},
	{"python3", func(a string) []string { return []string{"-c", python, a} }, true},
	{"jar", func(a string) []string {
		return []string{"-J-Dfile.encoding=UTF-8", "-J-Dsun.jnu.encoding=UTF-8", "-tf", a}
	}, true},
	{"bsdtar", func(a string) []string { return []string{"-tf", a} }, true},
	{"7z", func(a string) []string { return []string{"t", a} }, false},
}

// run holds tool against an archive that has files of these names.
func (tl tool) run(t *testing.T, archive string, names []string) {
	path, err := exec.LookPath(tl.name)
	if err != nil {
		t.Skipf("LOUD: needs %s, which isn't installed; the other tools are tried all the same", tl.name)
	}
	cmd := exec.Command(path, tl.args(archive)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "LANG=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range names {
		if tl.lists && !strings.Contains(string(out), name) {
			t.Errorf("doesn't name %q:\n%s", name, out)
		}
	}
}

func TestToolsAcceptPaddedArchives(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "parcel.zip")
	if err := os.WriteFile(archive, write(t, samples(), 100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range samples() {
		names = append(names, s.name)
	}
	for _, tl := range tools {
		t.Run(tl.name, func(t *testing.T) { tl.run(t, archive, names) })
	}
}

func TestUnzipExtractsPaddedArchives(t *testing.T) {
	path, err := exec.LookPath("unzip")
	if err != nil {
		t.Skip("LOUD: needs unzip, which isn't installed")
	}
	dir := t.TempDir()
	archive := filepath.Join(dir, "parcel.zip")
	if err := os.WriteFile(archive, write(t, samples(), 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-q", archive, "-d", filepath.Join(dir, "out"))
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, s := range samples() {
		name := filepath.Join(dir, "out", filepath.FromSlash(s.name))
		got, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(got, s.data) {
			t.Errorf("%q: %d bytes, %v", s.name, len(got), err)
		}
		if info, err := os.Stat(name); err == nil && !info.ModTime().Equal(sampleTime) {
			t.Errorf("%q is of %v, want %v", s.name, info.ModTime(), sampleTime)
		}
	}
}

// Over 65,535 files need ZIP64 for their number alone.
func TestManyFiles(t *testing.T) {
	files := make([]sample, 1<<16+10)
	names := make([]string, len(files))
	for i := range files {
		files[i].name = fmt.Sprintf("folder %d/file %d", i%100, i)
		names[i] = files[i].name
	}
	archive := write(t, files, 1000)
	check(t, archive, files)
	file := filepath.Join(t.TempDir(), "parcel.zip")
	if err := os.WriteFile(file, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tl := range tools {
		t.Run(tl.name, func(t *testing.T) { tl.run(t, file, names[len(names)-1:]) })
	}
}

// An entry of more than 4 GiB, one that begins behind it, and padding, in a file
// with a hole where there are zeros.
func TestLargerThan4GiB(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 4 GiB several times")
	}
	file := holey(t)
	const size, padding = 1<<32 + 5, 1 << 20
	entries := []Entry{{"large", sampleTime, size}, {"small", sampleTime, 5}}
	l, err := layOut(entries)
	if err != nil {
		t.Fatal(err)
	}
	l.pad(padding)
	err = l.SumFrom(&sparse{file: file}, Sum{}, nil, func(dst io.Writer, i int, off int64) error {
		if i == 1 {
			_, err := io.WriteString(dst, "hello")
			return err
		}
		zeros := make([]byte, 1<<20)
		for n := off; n < size; n += int64(len(zeros)) {
			if _, err := dst.Write(zeros[:min(size-n, int64(len(zeros)))]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if l.Size() != info.Size() {
		t.Errorf("predicted %d bytes, written %d", l.Size(), info.Size())
	}
	checkLarge(t, file, info.Size())
	for _, tl := range tools {
		names := []string{"large", "small"}
		if tl.name == "unzip" {
			names = names[1:] // the large one alone takes it 17 s
			tl.args = func(a string) []string { return []string{"-t", a, "small"} }
		}
		t.Run(tl.name, func(t *testing.T) { tl.run(t, file.Name(), names) })
	}
}

// holey is a file for holes: in memory where there is a place for that, since
// disks' are read at a twentieth of the speed.
func holey(t *testing.T) *os.File {
	t.Helper()
	file, err := os.CreateTemp("/dev/shm", "floe-*.zip")
	if err != nil {
		file, err = os.CreateTemp(t.TempDir(), "floe-*.zip")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(file.Close(), os.Remove(file.Name())); err != nil {
			t.Error(err)
		}
	})
	return file
}

// checkLarge reads all of the archive with our reader and its end with Go's.
func checkLarge(t *testing.T, file *os.File, size int64) {
	r, err := NewReader(file, size)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.WriteTo(io.Discard); err != nil || n != size {
		t.Errorf("copied %d of %d bytes: %v", n, size, err)
	}
	std, err := stdzip.NewReader(file, size)
	if err != nil {
		t.Fatal(err)
	}
	small, err := std.Open("small")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(small); err != nil || string(got) != "hello" {
		t.Errorf("Go reads %q, %v", got, err)
	}
}

// sparse leaves holes in a file where zeros are written.
type sparse struct {
	file *os.File
	at   int64
}

func (s *sparse) Write(p []byte) (int, error) {
	if len(p) < 4096 || !isZero(p) {
		if _, err := s.file.WriteAt(p, s.at); err != nil {
			return 0, err
		}
	}
	s.at += int64(len(p))
	return len(p), nil
}
