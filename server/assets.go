package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/labstack/echo/v4"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/web"
)

// pathAssets is where assets are served: as they are now below it, and below
// the hash of all of them (/static/<hash>/js/home.js), where they never change.
// Pages ask for the latter, and what they load asks relative to itself, so that
// a page never runs the modules of two versions. A hash that isn't this
// server's is a page's from before it was updated: gone, and the page says so.
const pathAssets = "/static/"

// asset is one file, hashed at start.
type asset struct {
	body        form
	brotli      *form // nil when that isn't smaller
	contentType string
	hash        string // base64url of SHA-256
}

// types that must not depend on what the machine's own tables say.
var types = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".mjs":         "text/javascript; charset=utf-8",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
}

// readAssets reads every file of fsys but Go sources; name.br is name's
// compressed form.
func readAssets(fsys fs.FS, p *press) (map[string]*asset, error) {
	assets := make(map[string]*asset)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		ext := path.Ext(name)
		if err != nil || d.IsDir() || ext == ".go" || ext == ".br" {
			return err
		}
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		a := &asset{body: *formOf(fsys, name, body), contentType: types[ext], hash: base64.RawURLEncoding.EncodeToString(sum[:])}
		if a.contentType == "" {
			a.contentType = mime.TypeByExtension(ext)
		}
		if a.contentType == "" {
			a.contentType = "application/octet-stream"
		}
		if small, err := fs.ReadFile(fsys, name+".br"); err == nil {
			a.brotli = formOf(fsys, name+".br", small)
		} else if isText(a.contentType) {
			a.brotli = p.compress(body)
		}
		assets[name] = a
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't read the assets: %w", err)
	}
	return assets, nil
}

// isText tells what gains by compression.
func isText(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.Contains(contentType, "json") || strings.HasSuffix(contentType, "+xml")
}

// press compresses one thing after the other. A writer of this level begins with
// tables of 32 MiB, more than all that is compressed here together.
type press struct{ w *brotli.Writer }

func newPress() *press { return &press{brotli.NewWriterLevel(nil, 9)} }

// compress returns the brotli form of b, or nil when that isn't smaller. It is
// done once, at start; nothing that is secret is ever compressed.
func (p *press) compress(b []byte) *form {
	var out bytes.Buffer
	p.w.Reset(&out)
	_, err := p.w.Write(b)
	if err := errors.Join(err, p.w.Close()); err != nil || out.Len() >= len(b) {
		return nil
	}
	return &form{bytes: bytes.Clone(out.Bytes())}
}

// treeOf returns the hash of all assets by name, cut to 128 bits.
func treeOf(assets map[string]*asset) string {
	all := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(assets)) {
		fmt.Fprintf(all, "%s\x00%s\x00", name, assets[name].hash)
	}
	return base64.RawURLEncoding.EncodeToString(all.Sum(nil)[:16])
}

// joinStyles makes one style sheet of all.
func joinStyles(assets map[string]*asset, p *press) {
	var all []byte
	for _, name := range web.StyleSheets() {
		if a := assets["css/"+name]; a != nil {
			all = append(all, a.body.bytes...)
		}
	}
	assets[web.StyleSheet] = p.newAsset(all, types[".css"])
}

// isTree tells whether a folder has the form of such a hash.
func isTree(folder string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(folder)
	return err == nil && len(b) == 16
}

// readTree reads the assets and their hash.
func (s *Server) readTree(fsys fs.FS) (err error) {
	p := newPress()
	if s.assets, err = readAssets(fsys, p); err != nil {
		return err
	}
	joinStyles(s.assets, p)
	s.tree = treeOf(s.assets)
	return nil
}

// renderPages renders the pages that call that package of Walrus, with assets
// where they never change.
func (s *Server) renderPages(ctx context.Context, walrus suitx.Address) error {
	pages, err := renderPages(web.WithAssets(ctx, pathAssets+s.tree+"/"), s.ids.Calling(walrus))
	if err != nil {
		return err
	}
	s.pages.Store(pages)
	return nil
}

func (s *Server) serveAsset(c echo.Context) error {
	name, lasting := c.Param("*"), false
	if folder, rest, _ := strings.Cut(name, "/"); isTree(folder) {
		if folder != s.tree {
			c.Response().Header().Set("Cache-Control", "no-store")
			return refuse(http.StatusGone, api.CodeNotFound, "This page is older than the server is now. Load it again.")
		}
		name, lasting = rest, true
	}
	a, ok := s.assets[name]
	if !ok {
		return echo.ErrNotFound
	}
	if lasting {
		c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	return a.serve(c)
}

// newAsset hashes and compresses what is made at start.
func (p *press) newAsset(body []byte, contentType string) *asset {
	sum := sha256.Sum256(body)
	return &asset{body: form{bytes: body}, brotli: p.compress(body), contentType: contentType, hash: base64.RawURLEncoding.EncodeToString(sum[:])}
}

// serve answers with the asset. Browsers ask again each time, and mostly get
// 304, unless they were told otherwise: nobody keeps a page that was replaced.
func (a *asset) serve(c echo.Context) error {
	h := c.Response().Header()
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	body, tag := &a.body, `"`+a.hash+`"`
	if a.brotli != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsBrotli(c.Request()) {
			h.Set("Content-Encoding", "br")
			body, tag = a.brotli, `"`+a.hash+`-br"`
		}
	}
	h.Set("ETag", tag)
	if matches(c.Request().Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		return c.NoContent(http.StatusNotModified)
	}
	return body.serve(c, a.contentType)
}

func acceptsBrotli(r *http.Request) bool {
	for enc := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(enc), ";")
		if strings.TrimSpace(name) == "br" {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.000")
		}
	}
	return false
}

func matches(ifNoneMatch, tag string) bool {
	for t := range strings.SplitSeq(ifNoneMatch, ",") {
		if t = strings.TrimPrefix(strings.TrimSpace(t), "W/"); t == tag || t == "*" {
			return true
		}
	}
	return false
}
