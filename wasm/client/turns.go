package client

import "sync"

// turns lets one go at a time, and the urgent before the patient.
type turns struct {
	mu     sync.Mutex
	free   sync.Cond
	taken  bool
	urgent int // how many wait
}

// take waits for a turn and returns what ends it.
func (t *turns) take(urgent bool) (give func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.free.L = &t.mu
	if urgent {
		t.urgent++
	}
	for t.taken || !urgent && t.urgent > 0 {
		t.free.Wait()
	}
	if urgent {
		t.urgent--
	}
	t.taken = true
	return t.give
}

func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken = false
	t.free.Broadcast()
}
