package sui

import (
	"context"
	"sync"
	"time"

	"floe/codec/suitx"
)

// Behind one public address there are often several full nodes, and one may not
// know yet what another has answered. So a client remembers what its own
// transactions did lately, and takes no older answer for the present.
const (
	recentTime = 30 * time.Second
	freshTime  = 5 * time.Second // how long to ask again for what should be known
	freshEvery = 200 * time.Millisecond
)

// trace is what a transaction left of an object.
type trace struct {
	version uint64
	owner   suitx.Owner
	gone    bool
	at      time.Time
}

type recents struct {
	mu    sync.Mutex
	known map[suitx.Address]trace
}

// note remembers what a transaction did.
func (r *recents) note(e *suitx.Effects) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for id, t := range r.known {
		if now.Sub(t.at) > recentTime {
			delete(r.known, id)
		}
	}
	for _, c := range e.ChangedObjects {
		if r.known[c.ID].version < e.LamportVersion {
			r.known[c.ID] = trace{e.LamportVersion, c.Output.Owner, c.Output.Kind == suitx.OutputNotExist, now}
		}
	}
}

// stale reports whether an answer is older than what is known. nil says that the
// object isn't there.
func (r *recents) stale(id suitx.Address, o *suitx.Object) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, known := r.known[id]
	switch {
	case !known || time.Since(t.at) > recentTime:
		return false
	case o == nil:
		return !t.gone
	}
	return o.Version() < t.version
}

// forget gives up on an object: somebody else ended what is known of it.
func (r *recents) forget(id suitx.Address) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.known, id)
}

// of lists what an owner was given lately.
func (r *recents) of(owner suitx.Address) (ids []suitx.Address) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, t := range r.known {
		if !t.gone && t.owner == (suitx.Owner{Kind: suitx.AddressOwner, Address: owner}) && time.Since(t.at) <= recentTime {
			ids = append(ids, id)
		}
	}
	return ids
}

// fresh asks until no answer is stale, or for freshTime.
func (c *Client) fresh(ctx context.Context, ask func() ([]*suitx.Object, error), ids []suitx.Address) ([]*suitx.Object, error) {
	end := time.Now().Add(freshTime)
	for {
		objects, err := ask()
		if err != nil {
			return nil, err
		}
		late := false
		for i, o := range objects {
			late = late || c.recent.stale(ids[i], o)
		}
		if !late {
			return objects, nil
		}
		if time.Now().After(end) {
			for i, o := range objects {
				if o == nil {
					c.recent.forget(ids[i])
				}
			}
			return objects, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(freshEvery):
		}
	}
}

// mend brings a list of an owner's objects up to date with what is known: what
// moved on is read anew, what is missing is added, what is another's is left out.
func (c *Client) mend(ctx context.Context, listed []*suitx.Object, owner suitx.Address, typ suitx.StructTag) ([]*suitx.Object, error) {
	var out []*suitx.Object
	seen := map[suitx.Address]bool{}
	var again []suitx.Address
	for _, o := range listed {
		if seen[o.ID()] = true; c.recent.stale(o.ID(), o) {
			again = append(again, o.ID())
		} else {
			out = append(out, o)
		}
	}
	for _, id := range c.recent.of(owner) {
		if !seen[id] {
			again = append(again, id)
		}
	}
	objects, err := c.Objects(ctx, again...)
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		if o != nil && o.Move != nil && o.Move.Type.Equal(typ) && o.Owner == (suitx.Owner{Kind: suitx.AddressOwner, Address: owner}) {
			out = append(out, o)
		}
	}
	return out, nil
}
