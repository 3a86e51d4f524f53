package committee

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"floe/server/api"
)

// newHTTP returns what reaches one member. Redirects are never followed.
func newHTTP(m api.Member, o Options) *http.Client {
	c := &http.Client{
		Transport:     o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
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

func checkPublic(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	a := ap.Addr().Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return fmt.Errorf("%w: %s", errPrivate, a)
	}
	return nil
}
