package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/labstack/echo/v4"
)

// pathAssets is where assets are served.
const pathAssets = "/static/"

// asset is one file, hashed at start. A request that names the hash (?v=…) may
// keep the answer for good; any other asks again each time and mostly gets 304.
type asset struct {
	body        []byte
	brotli      []byte // nil when that isn't smaller
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
func readAssets(fsys fs.FS) (map[string]*asset, error) {
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
		a := &asset{body: body, contentType: types[ext], hash: base64.RawURLEncoding.EncodeToString(sum[:])}
		if a.contentType == "" {
			a.contentType = mime.TypeByExtension(ext)
		}
		if a.contentType == "" {
			a.contentType = "application/octet-stream"
		}
		if small, err := fs.ReadFile(fsys, name+".br"); err == nil {
			a.brotli = small
		} else if isText(a.contentType) {
			a.brotli = compress(body)
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

// compress returns the brotli form of b, or nil when that isn't smaller. It is
// done once, at start; nothing that is secret is ever compressed.
func compress(b []byte) []byte {
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, 9)
	_, err := w.Write(b)
	if err := errors.Join(err, w.Close()); err != nil || out.Len() >= len(b) {
		return nil
	}
	return out.Bytes()
}

func (s *Server) serveAsset(c echo.Context) error {
	a, ok := s.assets[c.Param("*")]
	if !ok {
		return echo.ErrNotFound
	}
	return a.serve(c)
}

// newAsset hashes and compresses what is made at start.
func newAsset(body []byte, contentType string) *asset {
	sum := sha256.Sum256(body)
	return &asset{body: body, brotli: compress(body), contentType: contentType, hash: base64.RawURLEncoding.EncodeToString(sum[:])}
}

// serve answers with the asset. Browsers ask again each time unless they name
// the hash, so that nobody keeps a page that was replaced.
func (a *asset) serve(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	if c.QueryParam("v") == a.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, tag := a.body, `"`+a.hash+`"`
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
	return c.Blob(http.StatusOK, a.contentType, body)
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
