package web

import "context"

// pathAssets is where assets are when nobody says otherwise.
const pathAssets = "/static/"

// assetsKey is under which pages find where assets are.
type assetsKey struct{}

// WithAssets has pages ask for their styles and modules below base, which ends
// with a slash: a path that names what is there can be kept for good. Modules
// ask for each other relative to themselves, so that a page never mixes the
// modules of two versions.
func WithAssets(ctx context.Context, base string) context.Context {
	return context.WithValue(ctx, assetsKey{}, base)
}

// asset returns the path of one, "js/home.js" for instance.
func asset(ctx context.Context, name string) string {
	base, ok := ctx.Value(assetsKey{}).(string)
	if !ok {
		base = pathAssets
	}
	return base + name
}
