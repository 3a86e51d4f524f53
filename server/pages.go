package server

import (
	"context"
	"errors"

	"floe/server/api"
	"floe/web"
)

// pages are rendered at start, and again only when Walrus is upgraded: a page
// that can see a key is the same bytes for everybody, so nobody can be served
// one of her own.
type pages struct {
	byPath   map[string]*asset
	notFound []byte
}

// renderPages renders all pages. Those of a network that isn't compiled into
// them carry its IDs, as what they are told later can't be checked otherwise.
func renderPages(ctx context.Context, ids api.NetworkIDs) (*pages, error) {
	carried := ""
	if !ids.CompiledIn() {
		carried = string(ids.Marshal())
	}
	all, err := web.Pages(ctx, carried)
	if err != nil {
		return nil, err
	}
	frames, err := web.Frames(ctx)
	if err != nil {
		return nil, err
	}
	p, press := &pages{byPath: make(map[string]*asset)}, newPress()
	for _, page := range append(all, frames...) {
		if page.Path == "" {
			p.notFound = page.HTML
			continue
		}
		p.byPath[page.Path] = press.newAsset(page.HTML, "text/html; charset=utf-8")
	}
	if p.notFound == nil {
		return nil, errors.New("internal error: no page for what isn't found")
	}
	return p, nil
}
