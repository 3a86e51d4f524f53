// Package web is how Floe looks and speaks: the pages, as templ components,
// and every sentence of trouble in one table ([Trouble]).
//
// A page holds no data but, where that isn't compiled into the program it loads,
// the IDs of its server's network. It is the same bytes for every visitor of
// every server on one network, so that it can be compared with what was
// published; limits, nodes and parcels come as JSON to the modules in static/js. All states of a page
// stand in its HTML from the start, hidden; a module shows one and fills it in,
// cloning <template> elements where there may be many. No page has an inline
// script or style, and none asks another origin for anything.
//
// A server calls [Pages] and [Frames] once and serves the bytes.
package web

import (
	"bytes"
	"context"
	"fmt"

	"github.com/a-h/templ"
)

//go:generate go tool templ generate

// Page is one rendered page.
type Page struct {
	Path   string // "" is the answer to every path that isn't known
	Status int    // of the HTTP answer
	HTML   []byte
}

// Pages renders all pages, which carry network as it is unless it is empty. The
// one without a path comes last.
func Pages(ctx context.Context, network string) ([]Page, error) {
	return render(context.WithValue(ctx, networkKey{}, network), []unrendered{
		{"/", 200, Home()},
		{"/open", 200, Open()},
		{"/network", 200, Network()},
		{"/safe", 200, Safe()},
		{"", 404, NotFound()},
	})
}

// Paths of the documents that pages show in frames: what was sent is never part
// of a page of ours. Each needs a policy of its own.
const (
	PathBox    = "/open/box"         // shows what could carry code, without an origin
	PathPlayer = "/open/read/player" // plays films and sounds
)

// Frames renders them.
func Frames(ctx context.Context) ([]Page, error) {
	return render(ctx, []unrendered{{PathBox, 200, box()}, {PathPlayer, 200, player()}})
}

type unrendered struct {
	path   string
	status int
	body   templ.Component
}

func render(ctx context.Context, all []unrendered) ([]Page, error) {
	pages := make([]Page, 0, len(all))
	for _, p := range all {
		var b bytes.Buffer
		if err := p.body.Render(ctx, &b); err != nil {
			return nil, fmt.Errorf("couldn't render page %q: %w", p.path, err)
		}
		pages = append(pages, Page{Path: p.path, Status: p.status, HTML: b.Bytes()})
	}
	return pages, nil
}

// networkKey is under which Layout finds what pages carry.
type networkKey struct{}

func networkOf(ctx context.Context) string {
	network, _ := ctx.Value(networkKey{}).(string)
	return network
}
