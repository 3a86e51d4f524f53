package server

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"floe/server/api"
)

// turnstile bounds how many requests are served at a time: of one client, and of
// all, for each takes some memory while it waits for more.
type turnstile struct {
	most, mostInAll int

	mu     sync.Mutex
	inside map[netip.Prefix]int
	all    int
}

// requestsInAll is how many requests of one kind are served at a time.
const requestsInAll = 512

func newTurnstile(most int) *turnstile {
	return &turnstile{most: most, mostInAll: requestsInAll, inside: make(map[netip.Prefix]int)}
}

// enter counts a request in, or refuses it. The caller calls leave once.
func (t *turnstile) enter(client netip.Prefix) (leave func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inside[client] >= t.most {
		return nil, refuse(http.StatusTooManyRequests, api.CodeQuota, "You have %d such requests running already.", t.most).after(time.Second)
	}
	if t.all >= t.mostInAll {
		return nil, manyHere()
	}
	t.all++
	t.inside[client]++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.all--
		if t.inside[client]--; t.inside[client] == 0 {
			delete(t.inside, client)
		}
	}, nil
}

// manyHere is no fault of the caller's, whose client waits and goes on.
func manyHere() *refusal {
	return refuse(http.StatusServiceUnavailable, api.CodeFull, "Many are here just now. Try again in a moment.").after(3 * time.Second)
}
