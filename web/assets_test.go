package web

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

// modulesOfPages are the scripts that run in a page; the engine's, which pages
// load later, have tests of their own.
func modulesOfPages(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("../static/js/*.js")
	if err != nil || len(all) < 10 {
		t.Fatalf("found %d modules: %v", len(all), err)
	}
	var names []string
	for _, path := range all {
		if name := filepath.Base(path); !slices.Contains([]string{"engine.js", "kernel.js", "reading.js", "mate.js", "unsent.js", "vault.js", "worker.js"}, name) {
			names = append(names, name)
		}
	}
	return names
}

func TestModulesMakeNoMarkup(t *testing.T) {
	sinks := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcdoc|\beval\(|new Function|setTimeout\("|setAttribute\("(style|on)|https?://`)
	for _, name := range modulesOfPages(t) {
		source := readStatic(t, "js/"+name)
		for i, line := range strings.Split(source, "\n") {
			if found := sinks.FindString(line); found != "" && !strings.Contains(line, "http://www.w3.org/2000/svg") {
				t.Errorf("%s:%d uses %q", name, i+1, found)
			}
		}
		if !strings.HasPrefix(source, "// @ts-check\n// ") {
			t.Errorf("%s doesn't begin with // @ts-check and what it is for", name)
		}
		if lines := strings.Count(source, "\n"); lines > 260 {
			t.Errorf("%s has %d lines", name, lines)
		}
	}
}

func TestStyleSheetsAskNobody(t *testing.T) {
	for _, name := range StyleSheets() {
		css := readStatic(t, "css/"+name)
		if found := regexp.MustCompile(`url\(|@import|expression\(`).FindString(css); found != "" {
			t.Errorf("%s has %q", name, found)
		}
		if lines := strings.Count(css, "\n"); lines > 300 {
			t.Errorf("%s has %d lines", name, lines)
		}
	}
	listed, err := filepath.Glob("../static/css/*.css")
	if err != nil || len(listed) != len(StyleSheets()) {
		t.Errorf("%d style sheets are listed, %d are there (%v)", len(StyleSheets()), len(listed), err)
	}
}

// TestFirstPaintIsSmall: a page, its styles and its modules, compressed. What
// comes after it is painted and takes files must not be much either.
func TestFirstPaintIsSmall(t *testing.T) {
	const most, mostLater = 45_000, 60_000
	for _, p := range pages(t) {
		sum := compressed(t, p.HTML)
		var styles []byte
		for _, name := range StyleSheets() {
			styles = append(styles, readStatic(t, "css/"+name)...)
		}
		sum += compressed(t, styles)
		first, later := modulesOf(t, p.HTML)
		for _, name := range first {
			sum += compressed(t, []byte(readStatic(t, "js/"+name)))
		}
		rest := 0
		for _, name := range later {
			rest += compressed(t, []byte(readStatic(t, "js/"+name)))
		}
		t.Logf("page %q: %d bytes, %d later", p.Path, sum, rest)
		if sum > most || rest > mostLater {
			t.Errorf("page %q takes %d bytes before it paints and %d later, %d and %d are allowed", p.Path, sum, rest, most, mostLater)
		}
	}
}

func compressed(t *testing.T, b []byte) int {
	t.Helper()
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, 9)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// TestManifest: the icons it names are there.
func TestManifest(t *testing.T) {
	for _, m := range regexp.MustCompile(`"/static/([^"]+)"`).FindAllStringSubmatch(readStatic(t, "icons/floe.webmanifest"), -1) {
		if _, err := os.Stat(filepath.Join("..", "static", m[1])); err != nil {
			t.Error(err)
		}
	}
}
