package server

import (
	"context"
	"errors"

	"floe/web"
)

// pages are rendered once, at start: a page that can see a key is the same
// bytes for everybody, so nobody can be served one of her own.
type pages struct {
	byPath   map[string]*asset
	notFound []byte
}

func renderPages(ctx context.Context) (*pages, error) {
	all, err := web.Pages(ctx)
	if err != nil {
		return nil, err
	}
	p := &pages{byPath: make(map[string]*asset)}
	for _, page := range all {
		if page.Path == "" {
			p.notFound = page.HTML
			continue
		}
		p.byPath[page.Path] = newAsset(page.HTML, "text/html; charset=utf-8")
	}
	if p.notFound == nil {
		return nil, errors.New("internal error: no page for what isn't found")
	}
	return p, nil
}
