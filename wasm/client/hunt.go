package client

import (
	"context"
	"maps"

	"floe/codec"
)

// hunt looks for slivers of one blob that rebuild it. Each asks every node that
// may help at most once for each of its slivers; who comes back later is found
// by the next hunt. Nodes that were silent a moment ago come last.
type hunt struct {
	*segment
	tried [2]map[int]bool // by kind: pairs
	down  map[int]bool    // nodes that don't answer
	spare map[int]bool    // nodes that didn't a moment ago
}

func newHunt(g *segment) *hunt {
	h := &hunt{segment: g, tried: [2]map[int]bool{{}, {}}, down: map[int]bool{}, spare: g.silentNodes()}
	g.mu.Lock()
	defer g.mu.Unlock()
	for r, lost := range g.lost {
		h.tried[codec.Primary][r] = lost
	}
	return h
}

// rebuild gets slivers of either kind until the blob can be made of them, and
// makes all its rows that aren't there. Few blobs are rebuilt at a time.
func (g *segment) rebuild(ctx context.Context, w *watch) error {
	for _, turn := range []chan struct{}{g.rebuilding, g.rebuilds} {
		select {
		case turn <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		defer func() { <-turn }()
	}
	hunt := newHunt(g)
	for {
		ready, err := g.settle(ctx)
		if ready {
			err = g.restore()
		}
		if ready || err != nil {
			return err
		}
		more, err := hunt.more(ctx, w)
		if err == nil && !more {
			err = hunt.short()
		}
		if err != nil {
			g.forgive()
			return err
		}
	}
}

// settle waits for the requests under way, and says whether rebuilding needs no
// more.
func (g *segment) settle(ctx context.Context) (ready bool, err error) {
	for {
		g.mu.Lock()
		flights, changed := g.flights, g.changed
		ready := g.whole() || g.decoder != nil && g.decoder.Ready()
		g.mu.Unlock()
		if ready || flights == 0 {
			return ready, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
}

// restore makes the rows that aren't there. The slivers that they are made of
// are no longer needed then.
func (g *segment) restore() error {
	g.mu.Lock()
	decoder := g.decoder
	missing, _ := g.missing(0, len(g.rows))
	g.mu.Unlock()
	if len(missing) == 0 {
		return nil
	}
	rows := make(map[int][]byte)
	for _, run := range runsOf(missing) {
		off := uint64(run.first) * uint64(g.row)
		end := min(uint64(run.until)*uint64(g.row), g.size)
		data, err := decoder.Range(off, end-off)
		if err != nil {
			return g.restored(err)
		}
		for r := run.first; r < run.until; r++ {
			n := min(g.row, len(data))
			rows[r], data = data[:n:n], data[n:]
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for r, data := range rows { // whole runs, so that nothing else of them stays in memory
		g.rows[r], g.asked[r] = data, nil
	}
	g.decoder = nil
	g.signal()
	return nil
}

// run is rows that follow each other.
type run struct{ first, until int }

// manyRuns is how many runs are better restored as one, with what is between.
const manyRuns = 4

func runsOf(rows []int) (runs []run) {
	for _, r := range rows {
		if n := len(runs); n > 0 && runs[n-1].until == r {
			runs[n-1].until++
		} else {
			runs = append(runs, run{r, r + 1})
		}
	}
	if len(runs) > manyRuns {
		return []run{{runs[0].first, runs[len(runs)-1].until}}
	}
	return runs
}

// forgive has those rows asked for again that didn't come.
func (g *segment) forgive() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.lost)
	g.wrong = 0
}

// more asks for enough slivers to rebuild the blob if all of them come: first
// primary ones, then secondary. It returns false when nothing is left to ask.
func (h *hunt) more(ctx context.Context, w *watch) (bool, error) {
	for {
		for _, kind := range []codec.Kind{codec.Primary, codec.Secondary} {
			need := h.net.params.Primary
			if kind == codec.Secondary {
				need = h.net.params.Secondary
			}
			pairs := h.candidates(kind)
			lacking := need - h.have(kind)
			if len(pairs) < lacking || lacking <= 0 {
				continue
			}
			return true, h.ask(ctx, w, kind, pairs[:lacking])
		}
		if len(h.spare) == 0 {
			return false, nil
		}
		h.spare = nil
	}
}

// candidates lists the pairs of one kind that could still be got, those that
// are the blob's own rows first.
func (h *hunt) candidates(kind codec.Kind) []int {
	var pairs []int
	for pair := range h.net.NShards {
		node := h.net.nodeOf(h.id, pair)
		if !h.tried[kind][pair] && !h.has(kind, pair) && !h.down[node] && !h.spare[node] {
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// has says whether the sliver of a pair is there, or was asked for by another.
func (h *hunt) has(kind codec.Kind, pair int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if kind == codec.Primary && pair < len(h.rows) && h.asked[pair] != nil {
		return true
	}
	return h.decoder != nil && h.decoder.Has(kind, codec.IndexOf(kind, pair, h.net.NShards))
}

// have counts those slivers of one kind.
func (h *hunt) have(kind codec.Kind) (n int) {
	for pair := range h.net.NShards {
		if h.has(kind, pair) {
			n++
		}
	}
	return n
}

// ask asks the relay for slivers of the pairs and takes in what comes.
func (h *hunt) ask(ctx context.Context, w *watch, kind codec.Kind, pairs []int) error {
	for _, pair := range pairs {
		h.tried[kind][pair] = true
	}
	h.mu.Lock()
	f := h.launch(w, kind, pairs)
	h.mu.Unlock()
	var err error
	select {
	case <-f.ended:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	f.leave()
	if err != nil {
		return err
	}
	for _, node := range f.down {
		h.down[node] = true
	}
	return f.err
}

// short says why the blob can't be had: it is the server's doing if it let
// wrong slivers pass, else too few nodes answered.
func (h *hunt) short() error {
	h.mu.Lock()
	wrong := h.wrong
	h.mu.Unlock()
	if wrong > 0 {
		return liar("%d slivers shown for blob %s aren't of it", wrong, h.id)
	}
	down := h.silentNodes()
	maps.Copy(down, h.down)
	need := h.net.nodesFor(h.net.params.Primary)
	return tooFewNodes(min(len(h.net.Nodes)-len(down), need-1), need, nil)
}
