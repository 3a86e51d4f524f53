package web

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPagesAreTheSameForEveryVisitor(t *testing.T) {
	first, second := pages(t), pages(t)
	for i := range first {
		if !bytes.Equal(first[i].HTML, second[i].HTML) {
			t.Errorf("page %q differs from one rendering to the next", first[i].Path)
		}
	}
	if last := first[len(first)-1]; last.Path != "" || last.Status != 404 {
		t.Errorf("the last page is %q with status %d, want the one for unknown paths", last.Path, last.Status)
	}
}

func TestPagesCarryNothingInline(t *testing.T) {
	for _, p := range pages(t) {
		for _, e := range elements(t, p.HTML) {
			if e.name == "style" || (e.name == "script" && (e.attrs["src"] == "" || strings.TrimSpace(e.text) != "")) {
				t.Errorf("page %q has an inline <%s>", p.Path, e.name)
			}
			for name, value := range e.attrs {
				if name == "style" || strings.HasPrefix(name, "on") {
					t.Errorf("page %q: <%s %s=%q>", p.Path, e.name, name, value)
				}
			}
		}
	}
}

func TestPagesAskOnlyThisServer(t *testing.T) {
	known := map[string]bool{}
	for _, p := range pages(t) {
		known[p.Path] = true
	}
	for _, p := range pages(t) {
		for _, e := range elements(t, p.HTML) {
			for _, name := range []string{"href", "src", "action", "data", "srcset", "poster"} {
				url, ok := e.attrs[name]
				if !ok || url == "" || strings.HasPrefix(url, "#") {
					continue
				}
				file, static := strings.CutPrefix(url, "/static/")
				switch {
				case file == StyleSheet: // which a server makes
				case static:
					if _, err := os.Stat(filepath.Join("..", "static", filepath.FromSlash(file))); err != nil {
						t.Errorf("page %q names %s, which isn't there: %v", p.Path, url, err)
					}
				case !known[url]:
					t.Errorf("page %q leads to %s, which is no page of ours", p.Path, url)
				}
			}
		}
	}
}

func TestNamesInPages(t *testing.T) {
	for _, p := range pages(t) {
		all := elements(t, p.HTML)
		ids := map[string]bool{}
		headings := 0
		for _, e := range all {
			if id := e.attrs["id"]; id != "" {
				if ids[id] {
					t.Errorf("page %q has two elements with id %q", p.Path, id)
				}
				ids[id] = true
			}
			if e.name == "h1" {
				headings++
			}
		}
		if headings != 1 {
			t.Errorf("page %q has %d main headings", p.Path, headings)
		}
		for _, e := range all {
			for _, name := range []string{"for", "aria-labelledby", "aria-describedby", "aria-controls"} {
				for id := range strings.FieldsSeq(e.attrs[name]) {
					if !ids[id] {
						t.Errorf("page %q: <%s %s=%q> names an element that isn't there", p.Path, e.name, name, id)
					}
				}
			}
		}
	}
}

// TestTestIDs holds the names that tests from outside find things by.
func TestTestIDs(t *testing.T) {
	want := map[string][]string{
		"/":     {"drop", "error", "file-input", "link", "passphrase", "progress", "send", "status"},
		"/open": {"error", "halted", "halted-go", "open-file", "open-list", "passphrase", "progress", "save", "save-all", "save-folder", "status"},
	}
	for path, ids := range want {
		var got []string
		for _, e := range elements(t, page(t, path)) {
			if id := e.attrs["data-testid"]; id != "" {
				got = append(got, id)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, ids) {
			t.Errorf("page %q has test ids %q, want %q", path, got, ids)
		}
	}
	if !strings.Contains(readStatic(t, "js/done.js"), `"data-testid": "qr"`) {
		t.Error("the QR code has lost its test id")
	}
}

var lookup = regexp.MustCompile(`\b(?:byId|cloned|ask)\("([\w-]+)"`)

// TestModulesFindTheirElements: what a page's modules look for by id stands in
// the page, unless a module that another page shares is the one that looks.
func TestModulesFindTheirElements(t *testing.T) {
	for _, p := range pages(t) {
		module := entry(t, p.HTML)
		if module == "" {
			continue
		}
		ids := map[string]bool{}
		for _, e := range elements(t, p.HTML) {
			ids[e.attrs["id"]] = true
		}
		first, later := modulesOf(t, p.HTML)
		for _, name := range append(first, later...) {
			for _, m := range lookup.FindAllStringSubmatch(readStatic(t, "js/"+name), -1) {
				if !ids[m[1]] {
					t.Errorf("page %q: %s looks for #%s, which isn't there", p.Path, name, m[1])
				}
			}
		}
	}
}

func TestModulesAreFetchedAhead(t *testing.T) {
	for _, p := range pages(t) {
		module := entry(t, p.HTML)
		if module == "" {
			continue
		}
		ahead := map[bool][]string{}
		for _, e := range elements(t, p.HTML) {
			if e.name == "link" && e.attrs["rel"] == "modulepreload" {
				ahead[false] = append(ahead[false], filepath.Base(e.attrs["href"]))
			}
			if e.attrs["name"] == "floe-later" {
				ahead[true] = strings.Fields(e.attrs["content"])
			}
		}
		first, later := modulesOf(t, p.HTML)
		first = slices.DeleteFunc(first, func(name string) bool { return name == module })
		for late, want := range map[bool][]string{false: first, true: later} {
			slices.Sort(ahead[late])
			if !slices.Equal(ahead[late], want) {
				t.Errorf("page %q fetches %q ahead, but %s imports %q (later: %v)", p.Path, ahead[late], module, want, late)
			}
		}
	}
}
