package server

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestClientOf(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		remote, forwarded string
		trusted           []netip.Prefix
		want              string
	}{
		{"192.0.2.9:1234", "", nil, "192.0.2.9/32"},
		{"192.0.2.9:1234", "198.51.100.1", nil, "192.0.2.9/32"},     // nobody trusted: the header is ignored
		{"192.0.2.9:1234", "198.51.100.1", proxies, "192.0.2.9/32"}, // the peer isn't a proxy
		{"10.0.0.1:1", "198.51.100.1", proxies, "198.51.100.1/32"},
		{"10.0.0.1:1", "1.1.1.1, 198.51.100.1", proxies, "198.51.100.1/32"}, // what the client wrote itself doesn't count
		{"10.0.0.1:1", "198.51.100.1, 10.2.3.4", proxies, "198.51.100.1/32"},
		{"10.0.0.1:1", "nonsense", proxies, "10.0.0.1/32"},
		{"10.0.0.1:1", "", proxies, "10.0.0.1/32"},
		{"10.0.0.1:1", "10.9.9.9", proxies, "10.9.9.9/32"},
		{"[2001:db8:1:2:3:4:5:6]:1", "", nil, "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.9]:1", "", nil, "192.0.2.9/32"},
		{"[fd00::1]:1", "2001:db8::9", proxies, "2001:db8::/64"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := clientOf(r, c.trusted).String(); got != c.want {
			t.Errorf("%s forwarding %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}
