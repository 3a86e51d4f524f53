package server

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// A lease holds a gas coin for one transaction that was handed back to be
// signed. Until then the sponsor has signed nothing: a signature that is
// withheld costs nothing but the coin's idleness, which ends with the lease.
const (
	leaseTime       = 30 * time.Second
	leasesPerClient = 4
)

type lease struct {
	client netip.Prefix
	coin   coin
	until  time.Time
}

// leases are the transactions for which gas was promised, by digest.
type leases struct {
	now     func() time.Time
	sponsor *sponsor

	mu     sync.Mutex
	held   map[suitx.Digest]lease
	counts map[netip.Prefix]int
}

func newLeases(p *sponsor, now func() time.Time) *leases {
	return &leases{now: now, sponsor: p, held: make(map[suitx.Digest]lease), counts: make(map[netip.Prefix]int)}
}

// coinFor takes a coin out of the purse for a client that hasn't too many yet.
// The caller either grants the lease or calls giveUp.
func (l *leases) coinFor(client netip.Prefix) (coin, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep()
	if l.counts[client] >= leasesPerClient {
		return coin{}, refuse(http.StatusTooManyRequests, api.CodeQuota, "Gas for %d transactions waits for your signatures already.", leasesPerClient).after(2 * time.Second)
	}
	c, ok := l.sponsor.gas.take(gasFloor)
	if !ok {
		return coin{}, l.sponsor.nothingFree(l.sponsor.gas, gasFloor)
	}
	l.counts[client]++
	return c, nil
}

// giveUp ends what coinFor began because of err, and reports whether the coin has
// moved on meanwhile.
func (l *leases) giveUp(ctx context.Context, client netip.Prefix, c coin, err error) (moved bool) {
	l.mu.Lock()
	l.uncount(client)
	l.mu.Unlock()
	if !errors.Is(err, ErrConflict) {
		l.sponsor.gas.put(c)
		return false
	}
	return l.sponsor.settle(context.WithoutCancel(ctx), l.sponsor.gas, err, restDoubt, c)
}

func (l *leases) grant(digest suitx.Digest, client netip.Prefix, c coin) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held[digest] = lease{client, c, l.now().Add(leaseTime)}
}

// claim ends the lease for a transaction and hands its coin to the caller, if
// it hasn't lapsed.
func (l *leases) claim(digest suitx.Digest) (coin, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep()
	held, ok := l.held[digest]
	if ok {
		delete(l.held, digest)
		l.uncount(held.client)
	}
	return held.coin, ok
}

// sweep ends the leases that have lapsed. The caller holds mu.
func (l *leases) sweep() {
	now := l.now()
	for digest, held := range l.held {
		if !now.Before(held.until) {
			delete(l.held, digest)
			l.uncount(held.client)
			l.sponsor.gas.put(held.coin)
		}
	}
}

func (l *leases) uncount(client netip.Prefix) {
	if l.counts[client]--; l.counts[client] <= 0 {
		delete(l.counts, client)
	}
}
