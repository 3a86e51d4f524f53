package server

import (
	"net/http"
	"sync"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// landedKept is how many outcomes are remembered for who asks again.
const landedKept = 1024

// flight is one transaction on its way to the ledger. result and err may be
// read once landed is closed.
type flight struct {
	landed chan struct{}
	result *Result
	err    error
	land   func(*Result, error)
}

// flights lets one transaction of each sender fly at a time: two that name the
// same object, sent at once, could lock it on Sui until the epoch ends, and the
// gas coins with it.
type flights struct {
	mu       sync.Mutex
	byDigest map[suitx.Digest]*flight
	bySender map[suitx.Address]*flight
	order    []suitx.Digest // of those kept after landing, oldest first
}

func newFlights() *flights {
	return &flights{byDigest: make(map[suitx.Digest]*flight), bySender: make(map[suitx.Address]*flight)}
}

// board returns the flight of a transaction. When mine is true it is new, and
// the caller must see that land is called once.
func (fs *flights) board(digest suitx.Digest, sender suitx.Address) (f *flight, mine bool, err error) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f, ok := fs.byDigest[digest]; ok {
		return f, false, nil
	}
	if fs.bySender[sender] != nil {
		return nil, false, refuse(http.StatusConflict, api.CodeConflict, "Another transaction of this sender is in flight.").after(time.Second)
	}
	f = &flight{landed: make(chan struct{})}
	f.land = func(res *Result, err error) { fs.landed(f, digest, sender, res, err) }
	fs.byDigest[digest], fs.bySender[sender] = f, f
	return f, true, nil
}

// landed keeps an outcome that the ledger holds, and forgets one that it
// doesn't, so that it can be tried again.
func (fs *flights) landed(f *flight, digest suitx.Digest, sender suitx.Address, res *Result, err error) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f.result, f.err = res, err
	close(f.landed)
	delete(fs.bySender, sender)
	if res == nil {
		delete(fs.byDigest, digest)
		return
	}
	fs.order = append(fs.order, digest)
	if len(fs.order) > landedKept {
		delete(fs.byDigest, fs.order[0])
		fs.order = fs.order[1:]
	}
}
