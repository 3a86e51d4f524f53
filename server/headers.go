package server

import (
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"floe/web"
)

// contentSecurityPolicy lets a page run our own modules and WebAssembly, talk
// to this server, show pictures it made itself, and frame documents of this
// server. Nothing is inline, nothing comes from elsewhere, and the only Trusted
// Types policy is the one that names the workers' URLs.
var contentSecurityPolicy = strings.Join([]string{
	"default-src 'none'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"worker-src 'self'",
	"connect-src 'self'",
	"img-src 'self' blob:",
	"media-src 'self' blob:",
	"style-src 'self'",
	"font-src 'self'",
	"manifest-src 'self'",
	"frame-src 'self'",
	"form-action 'none'",
	"base-uri 'none'",
	"frame-ancestors 'none'",
	"require-trusted-types-for 'script'",
	"trusted-types floe",
}, "; ")

// boxPolicy is for the document that shows what could carry code. It has no
// origin, so that whatever ran in it would find neither page nor storage, and
// no network: bytes come from the page around it, scripts from sharedAssets.
var boxPolicy = strings.Join([]string{
	"sandbox allow-scripts",
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src blob:",
	"form-action 'none'",
	"base-uri 'none'",
	"frame-ancestors 'self'",
	"require-trusted-types-for 'script'",
	"trusted-types 'none'",
}, "; ")

var plainHost = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)

// boxPolicyAt is boxPolicy with our assets by name as well: to WebKit, 'self' is
// nothing in a document without an origin. A source of http is one of https too.
func boxPolicyAt(host string) string {
	if !plainHost.MatchString(host) {
		return boxPolicy
	}
	return strings.ReplaceAll(boxPolicy, "-src 'self'", "-src 'self' http://"+host+pathAssets)
}

// playerPolicy is for the document that plays films and sounds. It isn't in a
// sandbox, as a document without an origin has no service worker to get its
// bytes from; nothing can run in it.
var playerPolicy = strings.Join([]string{
	"default-src 'none'",
	"media-src 'self'",
	"style-src 'self'",
	"form-action 'none'",
	"base-uri 'none'",
	"frame-ancestors 'self'",
	"require-trusted-types-for 'script'",
	"trusted-types 'none'",
}, "; ")

// passingPolicy is the service worker's, which asks the network for nothing.
const passingPolicy = "default-src 'none'"

func policyOf(path, host string) string {
	switch path {
	case web.PathBox:
		return boxPolicyAt(host)
	case web.PathPlayer:
		return playerPolicy
	case pathPassing:
		return passingPolicy
	}
	return contentSecurityPolicy
}

// sharedAssets are what a document without an origin loads: to it, everything
// is another's. They are the same for everybody and hold nothing secret.
var sharedAssets = []string{"frame/", "pdf/"}

func isShared(path string) bool {
	name, ok := strings.CutPrefix(path, pathAssets)
	if folder, rest, _ := strings.Cut(name, "/"); isTree(folder) {
		name = rest
	}
	return ok && slices.ContainsFunc(sharedAssets, func(dir string) bool { return strings.HasPrefix(name, dir) })
}

// headers puts the security headers on every answer. A worker takes its policy
// from the headers of its script, so assets carry them too.
func headers(tls bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			h := c.Response().Header()
			path := c.Request().URL.Path
			h.Set("Content-Security-Policy", policyOf(path, c.Request().Host))
			h.Set("Referrer-Policy", "no-referrer")
			// Also where wallets sign: static/js/wallet.js says which this rules out.
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Embedder-Policy", "require-corp")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			if isShared(path) {
				h.Set("Cross-Origin-Resource-Policy", "cross-origin")
				h.Set("Access-Control-Allow-Origin", "*")
			}
			if path == web.PathBox {
				// To Firefox and WebKit it is another's already when they load it;
				// frame-ancestors says who may frame it.
				h.Set("Cross-Origin-Resource-Policy", "cross-origin")
			}
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
			h.Set("X-Robots-Tag", "noindex")
			if tls {
				// Without preload: leaving that list takes months, and a relay
				// run for an afternoon must not bind its name that long.
				h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
			}
			return next(c)
		}
	}
}
