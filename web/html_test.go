package web

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// element is a start tag with the text that directly follows it.
type element struct {
	name  string
	attrs map[string]string
	text  string
}

// elements returns the start tags of a page in order. The pages are made by
// templ, so a lenient XML reader understands them.
func elements(t *testing.T, html []byte) []element {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(html)))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var all []element
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("couldn't read the page: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attrs: make(map[string]string)}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			all = append(all, e)
		case xml.CharData:
			if len(all) > 0 {
				all[len(all)-1].text += string(token)
			}
		}
	}
}

func pages(t *testing.T) []Page {
	t.Helper()
	all, err := Pages(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func page(t *testing.T, path string) []byte {
	t.Helper()
	for _, p := range pages(t) {
		if p.Path == path {
			return p.HTML
		}
	}
	t.Fatalf("no page at %q", path)
	return nil
}

// entry is the name of a page's own module, or "".
func entry(t *testing.T, html []byte) string {
	for _, e := range elements(t, html) {
		if e.name == "script" {
			return filepath.Base(e.attrs["src"])
		}
	}
	return ""
}

func readStatic(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "static", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var staticImport = regexp.MustCompile(`(?m)^import [^"']*["']\./([\w.-]+)["'];`)

// imported lists what a module imports, however deep, sorted and without itself.
func imported(t *testing.T, module string) []string {
	t.Helper()
	var found []string
	var walk func(string)
	walk = func(name string) {
		for _, m := range staticImport.FindAllStringSubmatch(readStatic(t, "js/"+name), -1) {
			if !slices.Contains(found, m[1]) {
				found = append(found, m[1])
				walk(m[1])
			}
		}
	}
	walk(module)
	slices.Sort(found)
	return found
}

// lateImport is how an entry module asks for the rest of its page.
var lateImport = regexp.MustCompile(`(?m)^ *return import\("\./([\w.-]+)"\)`)

// modulesOf lists the modules of a page, sorted: those it is painted with, and
// those its entry module imports after that. It has none without an entry.
func modulesOf(t *testing.T, html []byte) (first, later []string) {
	t.Helper()
	module := entry(t, html)
	if module == "" {
		return nil, nil
	}
	first = append(imported(t, module), module)
	for _, m := range lateImport.FindAllStringSubmatch(readStatic(t, "js/"+module), -1) {
		for _, name := range append(imported(t, m[1]), m[1]) {
			if !slices.Contains(first, name) && !slices.Contains(later, name) {
				later = append(later, name)
			}
		}
	}
	slices.Sort(first)
	slices.Sort(later)
	return first, later
}
