package server

import (
	"context"
	"sync"
	"time"
)

const (
	probeEvery   = 5 * time.Second
	probeTimeout = 2 * time.Second
)

// health is how the relay last saw the nodes.
type health struct {
	mu   sync.Mutex
	down map[int]bool
}

func newHealth() *health { return &health{down: make(map[int]bool)} }

func (h *health) saw(node int, up bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if up {
		delete(h.down, node)
	} else {
		h.down[node] = true
	}
}

func (h *health) up(node int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.down[node]
}

// probe asks all n nodes for a sign of life, at once.
func (h *health) probe(ctx context.Context, p Prober, n int) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { h.saw(i, p.Probe(ctx, i) == nil) })
	}
	wg.Wait()
}
