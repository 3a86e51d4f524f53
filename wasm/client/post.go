package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"floe/codec"
	"floe/server/api"
)

// posting is one node's part of a blob: what it must hold, and what of it it
// has acknowledged.
type posting struct {
	*sending
	node  int
	items []*item
	tries int
}

// item is one frame's worth.
type item struct {
	blob  *blob
	kind  api.FrameKind
	pair  int
	bytes int64 // that count as progress
	acked bool
}

// newPosting lists the blob's metadata, then the slivers. What the node took in a
// run before isn't sent again.
func newPosting(s *sending, b *blob, node int) *posting {
	p := &posting{sending: s, node: node, items: []*item{{blob: b, kind: api.FrameMetadata}}}
	for _, pair := range s.net.pairsOf(node, b.id) {
		for _, kind := range []codec.Kind{codec.Primary, codec.Secondary} {
			size := s.net.params.SliverSize(kind, b.symbol)
			p.items = append(p.items, &item{blob: b, kind: frameKind(kind), pair: pair, bytes: int64(size)})
		}
	}
	held := 0
	s.change(func() { held = int(b.held[node]) })
	for _, it := range p.items[:min(held, len(p.items))] {
		if held == heldAll {
			it.acked = true // as the progress of what was done before counts it
		} else {
			p.ack(it)
		}
	}
	return p
}

// heldAll stands for all of a node's part. Less is how many items in a row it
// has acknowledged, from the first on.
const heldAll = math.MaxUint16

// note remembers what the node has taken so far, in case sending is interrupted.
func (p *posting) note() {
	row := 0
	for row < len(p.items) && p.items[row].acked {
		row++
	}
	p.change(func() {
		p.taken++
		if b := p.items[0].blob; b.held[p.node] != heldAll {
			b.held[p.node] = uint16(row)
		}
	})
	p.tellHeld()
}

func frameKind(k codec.Kind) api.FrameKind {
	if k == codec.Primary {
		return api.FramePrimary
	}
	return api.FrameSecondary
}

// missing is how many bytes the node hasn't acknowledged.
func (p *posting) missing() (n int64) {
	for _, it := range p.items {
		if !it.acked {
			n += it.bytes
		}
	}
	return n
}

// post sends what isn't acknowledged yet, in as many POSTs as it takes. It
// returns as [Client.retry] wants it.
func (p *posting) post(ctx context.Context) (time.Duration, error) {
	p.tries++
	rest := p.items
	for len(rest) > 0 {
		body, sent, after := p.body(rest)
		if len(sent) > 0 {
			wait, err := p.once(ctx, body, sent)
			p.note()
			if err != nil {
				return wait, err
			}
		}
		rest = after
	}
	return 0, nil
}

// body puts frames of unacknowledged items together until a POST is full.
func (p *posting) body(items []*item) (body Pieces, sent, rest []*item) {
	size := 0
	for i, it := range items {
		if it.acked {
			continue
		}
		frame := it.frame()
		size += frame.Len()
		if len(sent) > 0 && size > maxBody {
			return body, sent, items[i:]
		}
		body, sent = append(body, frame...), append(sent, it)
	}
	return body, sent, nil
}

// maxBody is about how long the body of a POST is. Relays take more
// (api.MaxBatch), but a browser has several copies of it in memory, and of those
// it is done with.
const maxBody = 2 << 20

// frame refers to the blob's encoding where it can.
func (it *item) frame() Pieces {
	if it.kind == api.FrameMetadata {
		meta := it.blob.meta.MarshalBCS()
		return Pieces{it.header(len(meta)), meta}
	}
	kind := codec.Primary
	if it.kind == api.FrameSecondary {
		kind = codec.Secondary
	}
	sliver := it.blob.code.Sliver(kind, it.pair)
	head, tail := sliver.AroundBCS()
	return Pieces{append(it.header(len(head)+len(sliver.Data)+len(tail)), head...), sliver.Data, tail}
}

func (it *item) header(size int) []byte {
	return api.AppendFrameHeader(nil, api.Frame{Kind: it.kind, Index: uint16(it.pair), BlobID: it.blob.id}, size)
}

// once does one POST and reads its acknowledgements as they come.
func (p *posting) once(ctx context.Context, body Pieces, sent []*item) (time.Duration, error) {
	path := api.PathStore + strconv.Itoa(p.node)
	if p.tries > 1 {
		path += "?retry=1"
	}
	res, err := p.client.do(ctx, Request{Method: "POST", Path: path, ContentType: typeFrames, Body: body})
	if err != nil {
		return 0, unreachable(ctx, err)
	}
	defer res.Body.Close()
	if res.Status/100 != 2 {
		return refusedBy(ctx, path, res)
	}
	return p.acknowledge(ctx, res.Body, sent)
}

// acknowledge reads one frame for each item sent.
func (p *posting) acknowledge(ctx context.Context, r io.Reader, sent []*item) (time.Duration, error) {
	var failed error
	wait := time.Duration(0)
	for range sent {
		f, err := api.ReadFrame(r, maxReason)
		if errors.Is(err, api.ErrMalformedFrame) {
			return -1, err
		}
		if err != nil {
			return 0, unreachable(ctx, err)
		}
		it := find(sent, f)
		if it == nil {
			return -1, fmt.Errorf("the server acknowledges what wasn't sent: kind %d, pair %d", f.Kind, f.Index)
		}
		if f.Status/100 == 2 {
			p.ack(it)
			continue
		}
		failed = p.rejected(f)
		if !mayTakeLater(f.Status) {
			wait = -1
		}
	}
	return wait, failed
}

// maxReason bounds a reason in words.
const maxReason = 64 << 10

// mayTakeLater says whether a node that answered with status may take the same
// thing later. 400 is what nodes say that haven't seen the registration yet.
func mayTakeLater(status uint16) bool {
	return status >= 500 || status == 400 || status == 408 || status == 429
}

func find(items []*item, f api.Frame) *item {
	i := slices.IndexFunc(items, func(it *item) bool {
		return it.kind == f.Kind && it.pair == int(f.Index) && it.blob.id == f.BlobID
	})
	if i < 0 {
		return nil
	}
	return items[i]
}

func (p *posting) ack(it *item) {
	if it.acked {
		return
	}
	it.acked = true
	p.meter.update(func(now *Progress) {
		now.Acked += it.bytes
		now.Nodes[p.node].Acked += it.bytes
	})
}

func (p *posting) rejected(f api.Frame) error {
	node := p.node
	return &Error{
		Code:    CodeTooFewNodes,
		Message: p.net.Nodes[node].Name + " didn't take what it was sent.",
		Node:    &node,
		Retry:   mayTakeLater(f.Status),
		Err:     fmt.Errorf("node %d answered %d: %q", node, f.Status, short(f.Body)),
	}
}
