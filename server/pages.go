package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"floe/web"
)

// pages are rendered once, at start: a page that can see a key is the same
// bytes for everybody, so nobody can be served one of her own.
type pages struct {
	byPath   map[string][]byte
	notFound []byte
}

func renderPages(ctx context.Context) (*pages, error) {
	all, err := web.Pages(ctx)
	if err != nil {
		return nil, err
	}
	p := &pages{byPath: make(map[string][]byte)}
	for _, page := range all {
		if page.Path == "" {
			p.notFound = bytes.Clone(page.HTML)
			continue
		}
		p.byPath[page.Path] = bytes.Clone(page.HTML)
	}
	if p.notFound == nil {
		return nil, errors.New("internal error: no page for what isn't found")
	}
	return p, nil
}

// serve answers one page. Browsers ask again each time, so that no one keeps a
// page that was replaced.
func servePage(html []byte) echo.HandlerFunc {
	sum := sha256.Sum256(html)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:]) + `"`
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", tag)
		if matches(c.Request().Header.Get("If-None-Match"), tag) {
			return c.NoContent(http.StatusNotModified)
		}
		return c.HTMLBlob(http.StatusOK, html)
	}
}
