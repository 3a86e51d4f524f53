//go:build !js

package main

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"floe/codec/kernel"
	"floe/static"
)

//go:embed page
var page embed.FS

// site serves the benchmark's page, what it measures and the npm packages.
type site struct {
	server *httptest.Server
	dir    string // built modules
	npm    string // node_modules
}

func newSite() (*site, error) {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("couldn't find the module: %w", err)
	}
	s := &site{npm: filepath.Join(strings.TrimSpace(string(root)), ".ci", "node_modules")}
	for _, name := range []string{"@mysten/walrus-wasm", "age-encryption"} {
		if _, err := os.Stat(filepath.Join(s.npm, name)); err != nil {
			return nil, fmt.Errorf("the peers aren't installed: %w; hint: cd .ci && npm ci", err)
		}
	}
	if s.dir, err = os.MkdirTemp("", "floe-bench-*"); err != nil {
		return nil, err
	}
	if err := s.build(); err != nil {
		os.RemoveAll(s.dir)
		return nil, err
	}
	mux := http.NewServeMux()
	files, err := fs.Sub(page, "page")
	if err != nil {
		return nil, err
	}
	mux.Handle("/", http.FileServerFS(files))
	mux.Handle("/static/js/", http.StripPrefix("/static/", http.FileServerFS(static.Assets)))
	mux.Handle("/static/dist/", http.StripPrefix("/static/dist/", http.FileServer(http.Dir(s.dir))))
	mux.Handle("/engine.wasm", http.FileServer(http.Dir(s.dir)))
	mux.HandleFunc("/npm/", s.servePackage)
	s.server = httptest.NewServer(mux)
	return s, nil
}

// build makes what the pages of the product have in static/dist.
func (s *site) build() error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(s.dir, "engine.wasm"), "floe/wasm/bench/engine")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("couldn't build the engine: %w\n%s", err, out)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("couldn't find Go: %w", err)
	}
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "wasm_exec.js"), b, 0o600); err != nil {
		return err
	}
	for name, module := range kernel.Files() {
		if err := os.WriteFile(filepath.Join(s.dir, name), module, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) url() string { return s.server.URL }

func (s *site) close() {
	s.server.Close()
	os.RemoveAll(s.dir)
}

// imported are the specifiers in import and export statements that name
// packages.
var imported = regexp.MustCompile(`(from\s+["'])([^./"'][^"']*)(["'])`)

// servePackage serves a file of node_modules, with what it imports of other
// packages named by path, as browsers want it.
func (s *site) servePackage(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/npm/")
	b, err := os.ReadFile(filepath.Join(s.npm, filepath.FromSlash(name)))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	switch path.Ext(name) {
	case ".wasm":
		w.Header().Set("Content-Type", "application/wasm")
	case ".js", ".mjs":
		w.Header().Set("Content-Type", "text/javascript")
		b = imported.ReplaceAllFunc(b, func(match []byte) []byte {
			m := imported.FindSubmatch(match)
			to, err := s.resolve(path.Dir(name), string(m[2]))
			if err != nil {
				return match // the browser says what it can't find
			}
			return []byte(string(m[1]) + "/npm/" + to + string(m[3]))
		})
	}
	w.Write(b)
}

// resolve finds the file that a specifier names for a module in a folder of
// node_modules: the package is the nearest one, its exports say which file.
func (s *site) resolve(from, specifier string) (string, error) {
	parts := strings.SplitN(specifier, "/", 3)
	name, rest := parts[0], strings.Join(parts[1:], "/")
	if strings.HasPrefix(specifier, "@") && len(parts) > 1 {
		name, rest = parts[0]+"/"+parts[1], strings.Join(parts[2:], "/")
	}
	for dir := from; ; dir = path.Dir(dir) {
		at := path.Join(dir, "node_modules", name)
		if dir == "." {
			at = name
		}
		b, err := os.ReadFile(filepath.Join(s.npm, filepath.FromSlash(at), "package.json"))
		if err == nil {
			file, err := exported(b, rest)
			return path.Join(at, file), err
		}
		if dir == "." {
			return "", fmt.Errorf("there is no package %s", name)
		}
	}
}

func exported(packageJSON []byte, rest string) (string, error) {
	var p struct {
		Exports any
		Main    string
	}
	if err := json.Unmarshal(packageJSON, &p); err != nil {
		return "", err
	}
	key := "."
	if rest != "" {
		key = "./" + rest
	}
	at := p.Exports
	if all, ok := at.(map[string]any); ok {
		at = all[key]
	} else if at == nil && rest == "" {
		at = p.Main
	}
	for {
		switch v := at.(type) {
		case string:
			return v, nil
		case map[string]any:
			if at = v["import"]; at == nil {
				at = v["default"]
			}
		default:
			return "", errors.New("it exports no " + key)
		}
	}
}
