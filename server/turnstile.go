package server

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"floe/server/api"
)

// turnstile bounds how many requests of one client are served at a time.
type turnstile struct {
	most int

	mu     sync.Mutex
	inside map[netip.Prefix]int
}

func newTurnstile(most int) *turnstile {
	return &turnstile{most: most, inside: make(map[netip.Prefix]int)}
}

// enter counts a request in, or refuses it. The caller calls leave once.
func (t *turnstile) enter(client netip.Prefix) (leave func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inside[client] >= t.most {
		return nil, refuse(http.StatusTooManyRequests, api.CodeQuota, "You have %d such requests running already.", t.most).after(time.Second)
	}
	t.inside[client]++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.inside[client]--; t.inside[client] == 0 {
			delete(t.inside, client)
		}
	}, nil
}
