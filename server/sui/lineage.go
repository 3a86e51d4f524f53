package sui

import (
	"sync"

	"floe/codec/suitx"
)

// lineage is what was found out about a parcel at a version: which transaction
// created it, and which one gave it the statement it had then. Neither ever
// changes, so that no history is followed twice.
type lineage struct {
	version         uint64
	created, change suitx.Digest
}

// lineages remember as many as maxLineages.
type lineages struct {
	mu    sync.Mutex
	known map[suitx.Address]lineage
}

const maxLineages = 1 << 14

// of returns what is known; version 0 means nothing.
func (l *lineages) of(id suitx.Address) lineage {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known[id]
}

func (l *lineages) remember(id suitx.Address, one lineage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.known) >= maxLineages {
		clear(l.known)
	}
	l.known[id] = one
}
