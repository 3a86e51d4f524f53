package server

import (
	"context"
	"fmt"
	"sync"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// committeeKept is how long a committee is taken for the current one. Within an
// epoch only prices and addresses change.
const committeeKept = 10 * time.Second

// committees knows the current committee, read from the ledger now and then.
type committees struct {
	chain Chain
	now   func() time.Time

	reading sync.Mutex // held while the ledger is asked
	mu      sync.Mutex
	last    *api.Committee
	at      time.Time
}

// get returns the committee of the current epoch. While one reader asks the
// ledger anew, or while that doesn't answer, the others go on with the last one
// until its epoch ends.
func (c *committees) get(ctx context.Context) (*api.Committee, error) {
	com, fresh := c.known()
	if fresh {
		return com, nil
	}
	if com == nil {
		c.reading.Lock()
		defer c.reading.Unlock()
		if com, _ := c.known(); com != nil {
			return com, nil
		}
	} else if !c.reading.TryLock() {
		return com, nil
	} else {
		defer c.reading.Unlock()
	}
	read, err := c.chain.Committee(ctx)
	if err != nil && com != nil {
		return com, nil
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't read the committee: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, c.at = read, c.now()
	return read, nil
}

// known returns the committee of the current epoch, if it was read, and
// whether that was lately. An epoch may last longer than it should: once its end
// is due, only what was read since and lately counts.
func (c *committees) known() (com *api.Committee, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil {
		return nil, false
	}
	now, end := c.now(), c.last.EpochStart.Add(c.last.EpochDuration)
	fresh = now.Sub(c.at) < committeeKept
	if !now.Before(end) && (c.at.Before(end) || !fresh) {
		return nil, false
	}
	return c.last, fresh
}

// keyed is a lock for each address that anybody holds or waits for.
type keyed struct {
	mu    sync.Mutex
	locks map[suitx.Address]*keyLock
}

type keyLock struct {
	held  chan struct{} // of capacity 1
	users int
}

func newKeyed() *keyed { return &keyed{locks: make(map[suitx.Address]*keyLock)} }

// lock waits for the address's lock and takes it.
func (k *keyed) lock(ctx context.Context, key suitx.Address) (unlock func(), err error) {
	k.mu.Lock()
	l := k.locks[key]
	if l == nil {
		l = &keyLock{held: make(chan struct{}, 1)}
		k.locks[key] = l
	}
	l.users++
	k.mu.Unlock()
	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(k.locks, key)
		}
	}
	select {
	case l.held <- struct{}{}:
		return func() { <-l.held; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
