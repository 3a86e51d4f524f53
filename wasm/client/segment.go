package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"floe/codec"
)

// segment is one blob being read: its metadata, verified against the blob ID,
// and those rows that were verified or rebuilt. Many may read from it at once:
// what one has asked for, others wait for, and each only for its own rows.
type segment struct {
	*source
	index int
	id    codec.BlobID
	size  uint64
	row   int // bytes of one
	users int // guarded by source.mu

	rebuilding chan struct{} // full while somebody rebuilds it
	shelving   chan struct{} // full while the shelf is asked; guards the two below
	tookOff    bool          // the shelf was asked for it
	keptOn     bool          // the shelf has it, or won't take it

	mu      sync.Mutex
	meta    *codec.Metadata
	decoder *codec.Decoder // nil before the metadata is there, and once all rows are by rebuilding
	rows    [][]byte       // by primary sliver, as far as the blob reaches; nil: not there yet
	asked   []*flight      // likewise; nil: nobody has asked for it
	lost    []bool         // likewise: asked for, and it didn't come
	changed chan struct{}  // closed when any of these changes
	flights int            // under way
	wrong   int            // slivers that the server let pass and that aren't the blob's
}

func newSegment(s *source, index int) *segment {
	b := &s.blobs[index]
	g := &segment{source: s, index: index, id: b.BlobID, size: b.Size, row: s.rowSize(b.Size)}
	n := (int(g.size) + g.row - 1) / g.row
	g.rows, g.asked, g.lost = make([][]byte, n), make([]*flight, n), make([]bool, n)
	g.changed, g.rebuilding, g.shelving = make(chan struct{}), make(chan struct{}, 1), make(chan struct{}, 1)
	return g
}

// held is how many bytes of rows there are.
func (g *segment) held() (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.rows {
		n += len(r)
	}
	return n
}

// want returns the rows from first to until. It goes on until they are there,
// ctx ends or nothing can help.
func (g *segment) want(ctx context.Context, w *watch, first, until int) (rows [][]byte, err error) {
	err = g.client.persist(ctx, w, func() error {
		rows, err = g.try(ctx, w, first, until)
		return err
	})
	return rows, err
}

// try is want without patience. It asks for those rows that nobody has asked
// for, waits for all, and has the blob rebuilt if some don't come.
func (g *segment) try(ctx context.Context, w *watch, first, until int) ([][]byte, error) {
	party := &party{segment: g}
	defer party.leave()
	for {
		g.mu.Lock()
		missing, lost := g.missing(first, until)
		if len(missing) == 0 {
			rows := slices.Clone(g.rows[first:until])
			g.mu.Unlock()
			return rows, nil
		}
		err := party.failed()
		if err == nil && !lost {
			party.join(w, missing)
		}
		changed := g.changed
		g.mu.Unlock()
		if err == nil && lost {
			if err = g.rebuild(ctx, w); err == nil {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// missing lists the rows that aren't there, and says whether any of them won't
// come by being asked for. The lock is held.
func (g *segment) missing(first, until int) (rows []int, lost bool) {
	var silent map[int]bool
	for r := first; r < until; r++ {
		if g.rows[r] != nil {
			continue
		}
		rows = append(rows, r)
		if silent == nil {
			silent = g.silentNodes()
		}
		lost = lost || g.lost[r] || g.asked[r] == nil && silent[g.net.nodeOf(g.id, r)]
	}
	return rows, lost
}

// signal wakes all who wait for a change. The lock is held.
func (g *segment) signal() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// add verifies a sliver and keeps it.
func (g *segment) add(s *codec.Sliver) error {
	g.mu.Lock()
	decoder := g.decoder
	g.mu.Unlock()
	if decoder == nil {
		return nil // rebuilt meanwhile
	}
	if err := decoder.Add(s); err != nil {
		return err
	}
	if s.Kind != codec.Primary || int(s.Index) >= len(g.rows) {
		return nil
	}
	row := decoder.Sliver(codec.Primary, int(s.Index)).Data // which s needn't be, if one was there
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.rows[s.Index] == nil {
		g.rows[s.Index] = row
		g.asked[s.Index] = nil
		g.signal()
	}
	return nil
}

// learn takes in metadata that was verified against the blob ID.
func (g *segment) learn(meta *codec.Metadata) error {
	if meta.Size != g.size {
		return damaged("blob %s has %d bytes, its sender signed %d", g.id, meta.Size, g.size)
	}
	decoder, err := codec.NewDecoder(g.id, meta)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.decoder == nil && !g.whole() {
		g.meta, g.decoder = meta, decoder
	}
	return nil
}

// whole says whether all rows are there. The lock is held.
func (g *segment) whole() bool {
	return !slices.ContainsFunc(g.rows, func(r []byte) bool { return r == nil })
}

// damaged is the error for what its sender broke.
func damaged(what string, args ...any) error {
	return &Error{
		Code:    CodeDamaged,
		Message: "These files were damaged before they were stored. Ask the sender to send them again.",
		Err:     fmt.Errorf(what, args...),
	}
}

// restored translates what can be wrong with a blob that was decoded.
func (g *segment) restored(err error) error {
	if errors.Is(err, codec.ErrInconsistent) {
		return damaged("blob %s: %w", g.id, err)
	}
	return err
}
