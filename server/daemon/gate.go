package daemon

import (
	"net/netip"
	"sync"
)

// gate bounds how many requests are served at a time, in all and of one caller.
// IPv6 counts by /64, which one household or machine usually has whole.
type gate struct {
	most, ofOne int

	mu     sync.Mutex
	inside int
	by     map[netip.Prefix]int
}

func newGate(most, ofOne int) *gate {
	return &gate{most: most, ofOne: ofOne, by: make(map[netip.Prefix]int)}
}

// enter counts a request in, if there is room. The caller calls leave once.
func (g *gate) enter(caller netip.Addr) (leave func(), ok bool) {
	bits := 32
	if caller.Is6() {
		bits = 64
	}
	p, _ := caller.Prefix(bits) // the zero prefix for a caller without address
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside >= g.most || g.by[p] >= g.ofOne {
		return nil, false
	}
	g.inside++
	g.by[p]++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.inside--
		if g.by[p]--; g.by[p] == 0 {
			delete(g.by, p)
		}
	}, true
}
