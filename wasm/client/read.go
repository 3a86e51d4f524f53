package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"floe/codec"
	"floe/server/api"
)

// askMetadata asks for the blob's metadata, and verifies it.
func (g *segment) askMetadata(ctx context.Context, w *watch) (meta *codec.Metadata, err error) {
	lies := 0
	ask := api.ReadRequest{BlobID: g.id.String(), Metadata: true}
	err = g.askFrames(ctx, ask, metadataBytes(g.net.params), func(f api.Frame) error {
		switch {
		case f.Kind != api.FrameMetadata:
			return answeredWrongly("kind %d came when metadata was asked for", f.Kind)
		case f.Status != 200 || meta != nil:
			return nil
		}
		m, err := codec.UnmarshalMetadata(f.Body)
		if err == nil {
			err = m.Verify(g.id, g.net.NShards)
		}
		if err != nil {
			lies++
			w.mended(g.nodeName(int(f.Node)))
			return nil
		}
		meta = m
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case meta == nil && lies > 0:
		return nil, liar("no metadata shown for blob %s is of it", g.id)
	case meta == nil:
		return nil, g.tooFew(ctx, nil)
	}
	return meta, nil
}

// askSlivers asks for slivers of one kind; each that verifies is added. What
// doesn't come is missed by the caller; nodes that don't answer are told to
// down. It returns how many slivers the server let pass that aren't the blob's:
// an honest one checks what nodes give, and says so.
func (g *segment) askSlivers(ctx context.Context, w *watch, kind codec.Kind, pairs []int, down func(node int)) (wrong int, err error) {
	ask := api.ReadRequest{BlobID: g.id.String(), Primary: pairs}
	if kind == codec.Secondary {
		ask.Primary, ask.Secondary = nil, pairs
	}
	err = g.askFrames(ctx, ask, g.largest(), func(f api.Frame) error {
		node := g.net.nodeOf(g.id, int(f.Index)%g.net.NShards)
		switch {
		case f.Kind != frameKind(kind) || int(f.Index) >= g.net.NShards:
			return answeredWrongly("kind %d of pair %d came, which wasn't asked for", f.Kind, f.Index)
		case f.Status >= 500:
			down(node)
			w.down(node)
			return nil
		case f.Status == statusLiar:
			w.mended(g.nodeName(node))
			return nil
		case f.Status != 200:
			return nil
		}
		sliver, err := codec.UnmarshalSliver(kind, f.Body)
		if err == nil && sliver.Pair(g.net.NShards) != int(f.Index) {
			err = codec.ErrMismatch
		}
		if err == nil {
			err = g.add(sliver)
		}
		if errors.Is(err, codec.ErrMalformed) || errors.Is(err, codec.ErrMismatch) {
			wrong++
			w.mended(g.nodeName(node))
			return nil
		}
		w.gave(node, len(f.Body))
		return err
	})
	return wrong, err
}

// largest is the most that a frame with a sliver of this blob holds.
func (g *segment) largest() int {
	return max(g.row, g.row/g.net.params.Secondary*g.net.params.Primary) + 16
}

// askFrames posts a read and hands each frame of the answer to take. There are
// no more of them than were asked for; of metadata, than there are nodes.
func (g *segment) askFrames(ctx context.Context, ask api.ReadRequest, most int, take func(api.Frame) error) error {
	body, err := json.Marshal(ask)
	if err != nil {
		return fmt.Errorf("couldn't encode a read: %w", err)
	}
	res, err := g.client.do(ctx, Request{Method: "POST", Path: api.PathRead, ContentType: typeJSON, Body: Pieces{body}})
	if err != nil {
		return unreachable(ctx, err)
	}
	defer res.Body.Close()
	if res.Status/100 != 2 {
		answer, err := io.ReadAll(io.LimitReader(res.Body, api.MaxJSON))
		if err != nil {
			return unreachable(ctx, err)
		}
		_, err = refused(api.PathRead, res.Status, answer)
		return g.readRefused(ctx, err)
	}
	left := len(ask.Primary) + len(ask.Secondary)
	if ask.Metadata {
		left += 1 + len(g.net.Nodes)
	}
	for ; ; left-- {
		f, err := api.ReadFrame(res.Body, most)
		if errors.Is(err, api.ErrMalformedFrame) {
			return answeredWrongly("%w", err)
		}
		if err != nil {
			return unreachable(ctx, err)
		}
		if f.Kind == api.FrameEnd {
			return nil
		}
		if left == 0 {
			return answeredWrongly("more came than was asked for")
		}
		if f.BlobID != g.id {
			return answeredWrongly("blob %s came, %s was asked for", codec.BlobID(f.BlobID), g.id)
		}
		if err := take(f); err != nil {
			return err
		}
	}
}

// answeredWrongly is the error for an answer that doesn't fit the question.
func answeredWrongly(what string, args ...any) error {
	return liar("the server's answer to a read: "+what, args...)
}

// statusLiar is a frame's status when the relay saw that the node gave
// something else than what was asked.
const statusLiar = 422

// readRefused says in a reader's words why the relay reads nothing.
func (g *segment) readRefused(ctx context.Context, err error) error {
	switch CodeOf(err) {
	case CodeNotFound:
		return &Error{Code: CodeNotFound, Message: "The storage nodes no longer have these files. Ask the sender to send them again.", Err: err}
	case CodeTooFewNodes:
		return g.tooFew(ctx, err)
	}
	return err
}

// tooFew counts the nodes that answer as the relay last saw them.
func (g *segment) tooFew(ctx context.Context, cause error) error {
	have, need := 0, g.net.nodesFor(g.net.params.Primary)
	if now, err := g.client.network(ctx); err == nil {
		for _, n := range now.Nodes {
			if n.Up {
				have++
			}
		}
	}
	return tooFewNodes(min(have, need-1), need, cause)
}

func (g *segment) nodeName(node int) string {
	if node < 0 || node >= len(g.net.Nodes) {
		return "A storage node"
	}
	return g.net.Nodes[node].Name
}
