package client

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"floe/codec"
)

// segment is one blob being read: its metadata, verified against the blob ID,
// and those rows that were verified or rebuilt.
type segment struct {
	*source
	index int
	id    codec.BlobID
	size  uint64

	mu      sync.Mutex     // held through a fetch, so that nothing is fetched twice
	decoder *codec.Decoder // nil once all rows are there by rebuilding
	row     int            // bytes of one
	rows    [][]byte       // by primary sliver index < k1; nil: not there yet
}

// copy copies from fetched rows, and returns how much.
func (g *segment) copy(p []byte, off uint64) (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for n < len(p) {
		at := int(off) + n
		n += copy(p[n:], g.rows[at/g.row][at%g.row:])
	}
	return n
}

// fetch makes sure that the rows are there which cover the bytes from begin to
// end. If any is missing, those up to ahead are asked for along with it. It
// goes on until they are there, ctx ends or nothing can help.
func (g *segment) fetch(ctx context.Context, w *watch, begin, end, ahead uint64) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.rows == nil {
		if err := g.prepare(ctx, w); err != nil {
			return err
		}
	}
	first, until, err := codec.CoverRange(g.net.params, g.size, begin, end-begin)
	if err != nil {
		return err
	}
	if len(g.missing(first, until)) == 0 {
		return nil
	}
	if _, until, err = codec.CoverRange(g.net.params, g.size, begin, ahead-begin); err != nil {
		return err
	}
	return g.gather(ctx, w, first, until)
}

// prepare gets the metadata and makes the decoder.
func (g *segment) prepare(ctx context.Context, w *watch) error {
	symbol, err := g.net.params.SymbolSize(g.size)
	if err != nil {
		return err
	}
	g.row = g.net.params.SliverSize(codec.Primary, symbol)
	return g.client.persist(ctx, w, func() error {
		meta, err := g.askMetadata(ctx, w)
		if err != nil {
			return err
		}
		if meta.Size != g.size {
			return damaged("blob %s has %d bytes, its sender signed %d", g.id, meta.Size, g.size)
		}
		if g.decoder, err = codec.NewDecoder(g.id, meta); err != nil {
			return err
		}
		g.rows = make([][]byte, g.net.params.Primary)
		return nil
	})
}

// missing lists the rows that aren't there.
func (g *segment) missing(first, until int) (rows []int) {
	for r := first; r < until; r++ {
		if g.rows[r] == nil {
			rows = append(rows, r)
		}
	}
	return rows
}

// gather asks for the rows themselves, and for whatever rebuilds them when some
// don't come.
func (g *segment) gather(ctx context.Context, w *watch, first, until int) error {
	return g.client.persist(ctx, w, func() error {
		hunt := newHunt(g)
		if err := hunt.ask(ctx, w, codec.Primary, g.missing(first, until)); err != nil {
			return err
		}
		for len(g.missing(first, until)) > 0 {
			if g.decoder.Ready() {
				return g.rebuild()
			}
			more, err := hunt.more(ctx, w)
			if err != nil {
				return err
			}
			if !more {
				return hunt.short()
			}
		}
		return nil
	})
}

// rebuild decodes the whole blob; the slivers are no longer needed then.
func (g *segment) rebuild() error {
	blob, err := g.decoder.Decode()
	if errors.Is(err, codec.ErrInconsistent) {
		return damaged("blob %s: %w", g.id, err)
	}
	if err != nil {
		return err
	}
	padded := blob
	if whole := g.row * len(g.rows); len(blob) < whole {
		padded = append(make([]byte, 0, whole), blob...)[:whole]
	}
	for r := range g.rows {
		g.rows[r] = padded[r*g.row:][:g.row:g.row]
	}
	g.decoder = nil
	return nil
}

// add verifies a sliver and keeps it.
func (g *segment) add(s *codec.Sliver) error {
	if err := g.decoder.Add(s); err != nil {
		return err
	}
	if s.Kind == codec.Primary && int(s.Index) < len(g.rows) && g.rows[s.Index] == nil {
		g.rows[s.Index] = s.Data
	}
	return nil
}

// damaged is the error for what its sender broke.
func damaged(what string, args ...any) error {
	return &Error{
		Code:    CodeDamaged,
		Message: "These files were damaged before they were stored. Ask the sender to send them again.",
		Err:     fmt.Errorf(what, args...),
	}
}
