package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// person is somebody at a machine of her own, with floe and a shell.
type person struct {
	t      *testing.T
	home   string
	server string
}

func newPerson(t *testing.T, server string) *person {
	t.Helper()
	return &person{t: t, home: t.TempDir(), server: server}
}

// env has nothing of this machine's but what programs need to run.
func (p *person) env(path ...string) []string {
	return []string{
		"HOME=" + p.home,
		"XDG_CONFIG_HOME=" + filepath.Join(p.home, "config"),
		"FLOE_SERVER=" + p.server,
		"LC_ALL=C.UTF-8",
		"PATH=" + strings.Join(append(path, os.Getenv("PATH")), string(os.PathListSeparator)),
	}
}

// floe runs floe and returns what it prints to standard output.
func (p *person) floe(args ...string) string {
	p.t.Helper()
	out, complaint, code := p.try(args...)
	if code != 0 {
		p.t.Fatalf("floe %s: exit status %d\n%s", args[0], code, complaint)
	}
	return strings.TrimSpace(out)
}

// try runs floe, which may fail.
func (p *person) try(args ...string) (stdout, stderr string, code int) {
	p.t.Helper()
	cmd := exec.Command(binary(p.t, "floe"), args...)
	cmd.Dir, cmd.Env = p.home, p.env()
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return out.String(), complaint.String(), cmd.ProcessState.ExitCode()
}

// open opens a link and returns the hash of each file.
func (p *person) open(link string, flags ...string) map[string]string {
	p.t.Helper()
	dir := p.t.TempDir()
	p.floe(append(append([]string{"open", "-o", dir}, flags...), link)...)
	return readTree(p.t, dir).hashes()
}

// send sends a tree and returns the link.
func (p *person) send(files tree, flags ...string) string {
	p.t.Helper()
	dir := files.write(p.t)
	entries, err := os.ReadDir(dir)
	if err != nil {
		p.t.Fatal(err)
	}
	args := append([]string{"send"}, flags...)
	for _, e := range entries {
		args = append(args, filepath.Join(dir, e.Name()))
	}
	return p.floe(args...)
}

// sh runs a script in dir with floe and age at hand.
func (p *person) sh(dir, script string) error {
	p.t.Helper()
	cmd := exec.Command("sh", "-e", "-c", script)
	cmd.Dir, cmd.Env = dir, p.env(filepath.Dir(binary(p.t, "floe")))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", script, err, out)
	}
	return nil
}

// readTree reads the files below dir.
func readTree(t *testing.T, dir string) tree {
	t.Helper()
	files := make(tree)
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files[path], err = os.ReadFile(filepath.Join(dir, path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// builtAge puts age's own command, of the version in go.mod, beside floe.
var builtAge = sync.OnceValue(func() error {
	dir, err := binaries()
	if err != nil {
		return err
	}
	version, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "filippo.io/age").Output()
	if err != nil {
		return fmt.Errorf("couldn't tell age's version: %w", err)
	}
	cmd := exec.Command("go", "install", "filippo.io/age/cmd/age@"+strings.TrimSpace(string(version)))
	cmd.Env = append(os.Environ(), "GOBIN="+dir, "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("couldn't build age: %w\n%s", err, out)
	}
	return nil
})

// in makes p fail t, a subtest, as long as that runs.
func (p *profile) in(t *testing.T) *profile {
	was := p.t
	p.t = t
	t.Cleanup(func() { p.t = was })
	return p
}

// clearDownloads makes room for the next download.
func (p *profile) clearDownloads() {
	p.t.Helper()
	entries, err := os.ReadDir(p.downloads)
	for _, e := range entries {
		err = errors.Join(err, os.Remove(filepath.Join(p.downloads, e.Name())))
	}
	if err != nil {
		p.t.Fatal(err)
	}
}
