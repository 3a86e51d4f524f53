package committee

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"floe/server/api"
)

// newHTTP returns what reaches one member. Redirects are never followed.
func newHTTP(m api.Member, o Options) *http.Client {
	c := &http.Client{
		Transport: o.Transport,
		CheckRedirect: func(next *http.Request, _ []*http.Request) error {
			if next.Body != nil { // what would be sent on is closed by nobody else
				_ = next.Body.Close()
			}
			return http.ErrUseLastResponse
		},
	}
	if o.Transport == nil {
		c.Transport = newTransport(m, o)
	}
	return c
}

// newTransport doesn't use proxies, and on public networks it dials no address
// that a member could have named to reach our own machines.
func newTransport(m api.Member, o Options) *http.Transport {
	d := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	if !o.AllowLocal {
		d.Control = func(_, address string, _ syscall.RawConn) error { return checkPublic(address) }
	}
	return &http.Transport{
		DialContext:           d.DialContext,
		TLSClientConfig:       pinnedTLS(m),
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: o.Timeout,
	}
}

// errPrivate says that an address isn't one of the public internet.
var errPrivate = errors.New("address isn't public")

// notPublic are ranges that net/netip takes for public but that lead to a
// network of somebody's own: machines of a cloud answer there about themselves.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by a provider's customers
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), // benchmarks
	netip.MustParsePrefix("240.0.0.0/4"),   // reserved, and broadcast
	netip.MustParsePrefix("::/96"),         // addresses of IPv4 in forms long out of use
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("2001::/32"), // Teredo
	netip.MustParsePrefix("2002::/16"), // 6to4
	netip.MustParsePrefix("fec0::/10"), // site-local
}

// nat64 holds an address of IPv4 in its last four bytes, where a machine without
// IPv4 reaches it.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

func checkPublic(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	a := ap.Addr().Unmap().WithZone("")
	if nat64.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return fmt.Errorf("%w: %s", errPrivate, a)
	}
	return nil
}
