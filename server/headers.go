package server

import (
	"strings"

	"github.com/labstack/echo/v4"
)

// contentSecurityPolicy lets a page run our own modules and WebAssembly, talk
// to this server, and show pictures it made itself. Nothing is inline, nothing
// comes from elsewhere, and the only Trusted Types policy is the one that names
// the worker's URL.
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
	"form-action 'none'",
	"base-uri 'none'",
	"frame-ancestors 'none'",
	"require-trusted-types-for 'script'",
	"trusted-types floe",
}, "; ")

// headers puts the security headers on every answer. A worker takes its policy
// from the headers of its script, so assets carry them too.
func headers(tls bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			h := c.Response().Header()
			h.Set("Content-Security-Policy", contentSecurityPolicy)
			h.Set("Referrer-Policy", "no-referrer")
			// Also where wallets sign: static/js/wallet.js says which this rules out.
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Embedder-Policy", "require-corp")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
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
