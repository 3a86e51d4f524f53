package e2e

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// tree is what is sent: path → content.
type tree map[string][]byte

// hashes maps each path to its SHA-256 in hex.
func (tr tree) hashes() map[string]string {
	sums := make(map[string]string, len(tr))
	for path, data := range tr {
		sum := sha256.Sum256(data)
		sums[path] = hex.EncodeToString(sum[:])
	}
	return sums
}

// write lays the tree out on disk.
func (tr tree) write(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for path, data := range tr {
		full := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// noise returns n bytes that no compression and no luck will reproduce.
func noise(n int, seed uint64) []byte {
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	b := make([]byte, n)
	rand.NewChaCha8(key).Read(b)
	return b
}

// drop chooses files and folders on the home page: every top-level file by the
// file input, every top-level folder by the folder input.
func (p *profile) drop(base string, tr tree) {
	p.t.Helper()
	dir := tr.write(p.t)
	entries, err := os.ReadDir(dir)
	if err != nil {
		p.t.Fatal(err)
	}
	steps := []step{chromedp.Navigate(base + "/"), chromedp.WaitVisible(id("drop"))}
	var files []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if e.IsDir() {
			steps = append(steps, setFolder(path))
		} else {
			files = append(files, path)
		}
	}
	if len(files) > 0 {
		steps = append(steps, setFiles(files...))
	}
	p.run("choosing files", 30*time.Second, append(steps, chromedp.WaitVisible(id("send")))...)
}

// send presses Send and returns the link.
func (p *profile) send(within time.Duration) string {
	p.t.Helper()
	p.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
	return strings.TrimSpace(p.waitText(id("link"), "/open#", within))
}

// visit opens a link, which was made for another origin, on base.
func (p *profile) visit(base, link string) {
	p.t.Helper()
	_, rest, _ := strings.Cut(link, "/open")
	if eval[bool](p, `location.pathname === "/open"`) { // another fragment alone would load nothing
		p.run("leaving the page", 30*time.Second, chromedp.Navigate("about:blank"))
	}
	p.run("opening the link", 30*time.Second, chromedp.Navigate(base+"/open"+rest))
}

// saveAll saves the parcel as a ZIP and returns the hash of each file in it.
func (p *profile) saveAll(within time.Duration) map[string]string {
	p.t.Helper()
	p.waitText(id("save-all"), "Save a", within) // "Save all", "Save as ZIP"
	p.run("pressing Save all", within, chromedp.Click(id("save-all")))
	path := p.waitSaved(".zip", within)
	z, err := zip.OpenReader(path)
	if err != nil {
		p.t.Fatalf("the saved ZIP can't be read: %v", err)
	}
	defer z.Close()
	sums := make(map[string]string)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			p.t.Fatal(err)
		}
		h := sha256.New()
		if _, err := io.Copy(h, r); err != nil {
			p.t.Fatalf("%s in the saved ZIP: %v", f.Name, err)
		}
		sums[f.Name] = hex.EncodeToString(h.Sum(nil))
	}
	return sums
}

// waitSaved waits for a finished download by its ending.
func (p *profile) waitSaved(suffix string, within time.Duration) string {
	p.t.Helper()
	deadline := time.Now().Add(within)
	for {
		entries, _ := os.ReadDir(p.downloads)
		busy := false
		for _, e := range entries {
			busy = busy || strings.HasSuffix(e.Name(), ".crdownload")
		}
		for _, e := range entries {
			if !busy && strings.HasSuffix(e.Name(), suffix) {
				return filepath.Join(p.downloads, e.Name())
			}
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("no *%s was saved within %v; there are %v\nThe page says:\n%s\nComplaints: %q", suffix, within, entries, p.all(), p.complaints())
		}
		time.Sleep(100 * time.Millisecond)
	}
}
