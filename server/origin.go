package server

import (
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// sameOrigin turns away requests that another site's page made a browser send.
// Programs that aren't browsers send neither header and pass.
func sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			return next(c)
		}
		if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
			if site != "same-origin" {
				return notAllowed("Another site's page sent this request.")
			}
			return next(c)
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			if u, err := url.Parse(origin); err != nil || !strings.EqualFold(u.Host, r.Host) {
				return notAllowed("Another site's page sent this request.")
			}
		}
		return next(c)
	}
}

// forwardingHeaders are set by proxies: their presence means that the caller
// isn't the one who opened the connection.
var forwardingHeaders = []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"}

// localOnly guards what only the owner of this machine may do: the listener is
// on a loopback address, the Host is literally local (so that no name that
// resolves here will do), nobody forwarded the request, its body is declared
// as JSON (so that no other site's page can send it without asking first) and
// no other site's page sent it.
func (s *Server) localOnly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if s.local == nil || !s.loopback {
			return notAllowed("Only an embedded network that listens on a loopback address does this.")
		}
		if !literallyLocal(r.Host) {
			return notAllowed("Only a local Host may ask for this.")
		}
		for _, h := range forwardingHeaders {
			if len(r.Header.Values(h)) > 0 {
				return notAllowed("A forwarded request can't ask for this.")
			}
		}
		if !r.ProtoAtLeast(1, 1) { // nginx forwards so, and without a header, unless it is told otherwise
			return notAllowed("A forwarded request can't ask for this.")
		}
		if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
			return notAllowed("The body must be application/json.")
		}
		if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
			return notAllowed("Another site's page sent this request.")
		}
		return next(c)
	}
}

// literallyLocal reports whether host, with or without a port, is localhost or
// a loopback address as such.
func literallyLocal(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	} else {
		name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.Zone() == "" && ip.IsLoopback()
}

// wantsPage reports whether a person's browser navigated here.
func wantsPage(r *http.Request) bool {
	return !strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(r.Header.Get("Accept"), "text/html")
}
