package server

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientOf returns the address quotas are counted by: the peer's, or, when the
// peer is a trusted proxy, the last entry of X-Forwarded-For that no trusted
// proxy wrote. A header from anybody else is ignored. IPv6 counts by /64, which
// one household or machine usually has whole.
//
// The address lives in memory only and is never logged.
func clientOf(r *http.Request, trusted []netip.Prefix) netip.Prefix {
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Prefix{}
	}
	ip := addr.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && isTrusted(ip, trusted); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		ip = next.Unmap().WithZone("")
	}
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

func isTrusted(ip netip.Addr, trusted []netip.Prefix) bool {
	for _, p := range trusted {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
