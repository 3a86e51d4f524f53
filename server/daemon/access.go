package daemon

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// role is one of what the daemon is.
type role uint8

const (
	anybody role = iota // what tells nothing and costs nothing
	aggregator
	publisher
	uploadRelay
)

func (d *Daemon) mode(of role) Mode {
	switch of {
	case aggregator:
		return d.cfg.Aggregator
	case publisher:
		return d.cfg.Publisher
	case uploadRelay:
		return d.cfg.UploadRelay
	}
	return All
}

// visitor is who asks.
type visitor struct {
	address netip.Addr // as requests are counted by
	owner   bool       // gave the token
}

// forwardingHeaders are set by proxies, beside those that begin with X-Forwarded:
// their presence means that the caller isn't the one who opened the connection.
var forwardingHeaders = []string{"Forwarded", "Forwarded-For", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "X-Original-Host",
	"X-Original-Forwarded-For", "X-Envoy-External-Address", "True-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip", "Fly-Client-Ip", "Client-Ip"}

// isForwarded reports whether a proxy sent a request. nginx, unless it is told
// otherwise, gives itself away by nothing but HTTP/1.0: it names neither the
// caller nor the Host that she gave. Hardly a program speaks that any more.
func isForwarded(r *http.Request) bool {
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded") || slices.Contains(forwardingHeaders, name) {
			return true
		}
	}
	return !r.ProtoAtLeast(1, 1)
}

// admit decides whether a caller is served, as the package doc tells. The
// publisher's JWTs are looked at by its handlers, which know what they permit.
func (d *Daemon) admit(r *http.Request, of role) (visitor, error) {
	v := visitor{address: d.callerOf(r)}
	if token, given := bearer(r); given && d.cfg.Token != "" {
		got := sha256.Sum256([]byte(token))
		v.owner = subtle.ConstantTimeCompare(got[:], d.token[:]) == 1
	}
	wantsJWT := of == publisher && d.cfg.JWT != nil
	switch {
	case d.mode(of) == All, v.owner, wantsJWT:
		return v, nil
	case d.trusts(r, v.address):
		return v, nil
	}
	if _, given := bearer(r); given {
		return v, &fault{http: http.StatusUnauthorized, status: "UNAUTHENTICATED", reason: "INVALID_TOKEN", message: "this bearer token isn't the one"}
	}
	return v, &fault{http: http.StatusForbidden, status: "PERMISSION_DENIED", reason: "NOT_ALLOWED",
		message: "this is served to programs on the same machine, to allowed addresses (both under an address as Host, not sent by a web page, not forwarded) and to bearers of a token"}
}

// trusts reports whether the caller's address alone suffices, and is the
// caller's own doing.
func (d *Daemon) trusts(r *http.Request, caller netip.Addr) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "none" {
		return false
	}
	if r.Header.Get("Origin") != "" {
		return false
	}
	host, ok := hostAddress(r.Host)
	if !ok {
		return false
	}
	if isForwarded(r) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		// A proxy that doesn't say for whom it asks, or not legibly, isn't the caller.
		return err == nil && contains(d.cfg.Trusted, peer.Addr().Unmap()) && !contains(d.cfg.Trusted, caller) && contains(d.cfg.Allow, caller)
	}
	if contains(d.cfg.Allow, caller) {
		return true
	}
	return caller.IsLoopback() && host.IsLoopback()
}

// hostAddress reads a Host that is an address, or localhost, with or without a port.
func hostAddress(host string) (netip.Addr, bool) {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	} else {
		name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	}
	if strings.EqualFold(name, "localhost") {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), true
	}
	a, err := netip.ParseAddr(name)
	return a.Unmap(), err == nil && a.Zone() == ""
}

// callerOf returns the peer's address or, when the peer is a trusted proxy, the
// last entry of X-Forwarded-For that no trusted proxy wrote.
func (d *Daemon) callerOf(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip := peer.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && contains(d.cfg.Trusted, ip); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		ip = next.Unmap().WithZone("")
	}
	return ip
}

func contains(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// bearer is the token of an Authorization header.
func bearer(r *http.Request) (token string, given bool) {
	scheme, rest, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return "", false
	}
	return strings.TrimSpace(rest), true
}

// readableAnywhere reports whether pages of any origin may read a role's
// answers: where everybody is served, or who isn't trusted shows a token, which
// no page has that wasn't given it.
func (d *Daemon) readableAnywhere(of role) bool {
	return d.mode(of) == All || d.cfg.Token != "" || of == publisher && d.cfg.JWT != nil
}

// preflight answers a browser that asks whether a page may send a request. What
// is trusted by address alone is refused again when it comes.
func (d *Daemon) preflight(w http.ResponseWriter, r *http.Request, rt route) error {
	if !d.readableAnywhere(rt.role) {
		return &fault{http: http.StatusForbidden, status: "PERMISSION_DENIED", reason: "NOT_ALLOWED", message: "web pages aren't served here"}
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", rt.allow())
	h.Set("Access-Control-Allow-Headers", "*, Authorization") // the star doesn't stand for this one
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusOK)
	return nil
}

// harden puts on every answer what keeps a hostile blob from being a page: see
// the package doc. Style, pictures and media are allowed so that a browser's own
// viewers work.
func harden(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
}
