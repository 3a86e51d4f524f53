package daemon

import (
	"sync"

	"floe/codec"
)

// underway counts the publications of each blob that haven't ended. Only one that
// is alone takes a Blob object that is there already: two transactions that name
// one version of an object can lock it, and the coins beside it, until Sui's
// epoch ends.
type underway struct {
	mu sync.Mutex
	by map[codec.BlobID]int
}

func newUnderway() *underway { return &underway{by: make(map[codec.BlobID]int)} }

// enter comes before anything is registered. The caller calls leave once.
func (u *underway) enter(id codec.BlobID) (leave func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.by[id]++
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.by[id]--; u.by[id] == 0 {
			delete(u.by, id)
		}
	}
}

// alone is asked by one that has entered, once it knows which objects there are:
// who enters later sees that it isn't alone.
func (u *underway) alone(id codec.BlobID) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.by[id] == 1
}
