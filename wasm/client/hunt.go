package client

import (
	"context"

	"floe/codec"
)

// hunt looks for slivers of one blob that rebuild it. Each asks every node that
// may help at most once for each of its slivers; who comes back later is found
// by the next hunt.
type hunt struct {
	*segment
	asked [2]map[int]bool // by kind: pairs
	down  map[int]bool    // nodes that don't answer
	wrong int             // slivers that the server let pass and that aren't the blob's
}

func newHunt(g *segment) *hunt {
	return &hunt{segment: g, asked: [2]map[int]bool{{}, {}}, down: map[int]bool{}}
}

// more asks for enough slivers to rebuild the blob if all of them come: first
// primary ones, then secondary. It returns false when nothing is left to ask.
func (h *hunt) more(ctx context.Context, w *watch) (bool, error) {
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
	return false, nil
}

// candidates lists the pairs of one kind that could still be got, those of the
// nodes with the most of them first, so that few nodes suffice.
func (h *hunt) candidates(kind codec.Kind) []int {
	var pairs []int
	for pair := range h.net.NShards {
		index := codec.IndexOf(kind, pair, h.net.NShards)
		if !h.asked[kind][pair] && !h.decoder.Has(kind, index) && !h.down[h.net.nodeOf(h.id, pair)] {
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// have counts the verified slivers of one kind.
func (h *hunt) have(kind codec.Kind) (n int) {
	for index := range h.net.NShards {
		if h.decoder.Has(kind, index) {
			n++
		}
	}
	return n
}

// ask asks the relay for slivers of the pairs and takes in what comes.
func (h *hunt) ask(ctx context.Context, w *watch, kind codec.Kind, pairs []int) error {
	for _, pair := range pairs {
		h.asked[kind][pair] = true
	}
	wrong, err := h.askSlivers(ctx, w, kind, pairs, func(node int) { h.down[node] = true })
	h.wrong += wrong
	return err
}

// short says why the blob can't be had: it is the server's doing if it let
// wrong slivers pass, else too few nodes answered.
func (h *hunt) short() error {
	if h.wrong > 0 {
		return liar("%d slivers shown for blob %s aren't of it", h.wrong, h.id)
	}
	need := h.net.nodesFor(h.net.params.Primary)
	return tooFewNodes(min(len(h.net.Nodes)-len(h.down), need-1), need, nil)
}
