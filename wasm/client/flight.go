package client

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"floe/codec"
	"floe/server/api"
)

// flight is one request for slivers of a segment, and for its metadata if that
// isn't there. It ends early once nobody waits for it. What stands below the
// line is guarded by the segment's lock.
type flight struct {
	kind   codec.Kind
	pairs  []int
	watch  *watch
	cancel context.CancelFunc
	ended  chan struct{} // closed at the end

	users int
	done  bool
	err   error
	down  []int // nodes that don't answer
}

// launch sends a request for pairs off. The caller counts as one user; the lock
// is held.
func (g *segment) launch(w *watch, kind codec.Kind, pairs []int) *flight {
	ctx, cancel := context.WithCancel(context.Background())
	f := &flight{kind: kind, pairs: pairs, watch: w, cancel: cancel, ended: make(chan struct{}), users: 1}
	if kind == codec.Primary {
		for _, r := range pairs {
			if r < len(g.rows) {
				g.asked[r], g.lost[r] = f, false
			}
		}
	}
	g.flights++
	metadata := g.decoder == nil
	go func() {
		err := safely(func() error { return g.fly(ctx, f, metadata) })
		cancel()
		g.mu.Lock()
		defer g.mu.Unlock()
		f.done, f.err = true, err
		for r, asked := range g.asked {
			if asked == f {
				g.asked[r], g.lost[r] = nil, err == nil
			}
		}
		g.flights--
		close(f.ended)
		g.signal()
	}()
	return f
}

// safely makes a panic an error: in a page it would end all that is under way.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	return f()
}

// leave counts one user less. The lock is held.
func (f *flight) leave() {
	if f.users--; f.users == 0 {
		f.cancel()
	}
}

// party is one who waits for rows: the flights that may bring them.
type party struct {
	*segment
	own    []*flight
	joined []*flight // own ones too
}

// join waits for whatever brings the rows missing. The lock is held.
func (p *party) join(w *watch, missing []int) {
	var open []int
	for _, r := range missing {
		f := p.asked[r]
		if f == nil {
			open = append(open, r)
		} else if !slices.Contains(p.joined, f) {
			f.users++
			p.joined = append(p.joined, f)
		}
	}
	if len(open) > 0 {
		f := p.launch(w, codec.Primary, open)
		p.own, p.joined = append(p.own, f), append(p.joined, f)
	}
}

// failed returns why an own flight brought nothing. The lock is held.
func (p *party) failed() error {
	for _, f := range p.own {
		if f.done && f.err != nil {
			return f.err
		}
	}
	return nil
}

func (p *party) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.joined {
		f.leave()
	}
}

// fly does the request. Each sliver that verifies is added. What doesn't come is
// missed by those who wait for it.
func (g *segment) fly(ctx context.Context, f *flight, metadata bool) error {
	ask := api.ReadRequest{BlobID: g.id.String(), Metadata: metadata, Primary: f.pairs}
	if f.kind == codec.Secondary {
		ask.Primary, ask.Secondary = nil, f.pairs
	}
	head := &metaFrames{network: g.net, id: g.id, watch: f.watch}
	var early []api.Frame // came before the metadata
	var checks errgroup.Group
	checks.SetLimit(runtime.GOMAXPROCS(0))
	check := func(frame api.Frame) {
		checks.Go(func() error { return g.takeSliver(f, frame) })
	}
	err := g.client.askFrames(ctx, g.net, g.id, ask, max(g.largest(), metadataBytes(g.net.params)), func(frame api.Frame) error {
		switch {
		case frame.Kind == api.FrameMetadata && metadata:
			if !head.take(frame) {
				return nil
			}
			if err := g.learn(head.meta); err != nil {
				return err
			}
			for _, frame := range early {
				check(frame)
			}
			early = nil
		case frame.Kind != frameKind(f.kind) || int(frame.Index) >= g.net.NShards:
			return answeredWrongly("kind %d of pair %d came, which wasn't asked for", frame.Kind, frame.Index)
		case metadata && head.meta == nil:
			early = append(early, frame)
		default:
			check(frame)
		}
		return nil
	})
	if checked := checks.Wait(); err == nil {
		err = checked
	}
	if err == nil && metadata && head.meta == nil {
		err = g.client.noMetadata(ctx, head)
	}
	return g.net.readRefused(ctx, g.client, err)
}

// takeSliver takes in one frame of a flight. Errors are those that end it: an
// honest server checks what nodes give, and says so.
func (g *segment) takeSliver(f *flight, frame api.Frame) error {
	node := g.net.nodeOf(g.id, int(frame.Index))
	switch {
	case frame.Status >= 500:
		g.heard(node, false)
		f.watch.down(node)
		g.mu.Lock()
		defer g.mu.Unlock()
		f.down = append(f.down, node)
		return nil
	case frame.Status == statusLiar:
		f.watch.mended(g.net.nodeName(node))
		return nil
	case frame.Status != 200:
		return nil
	}
	g.heard(node, true)
	sliver, err := codec.UnmarshalSliver(f.kind, frame.Body)
	if err == nil && sliver.Pair(g.net.NShards) != int(frame.Index) {
		err = codec.ErrMismatch
	}
	if err == nil {
		err = g.add(sliver)
	}
	if errors.Is(err, codec.ErrMalformed) || errors.Is(err, codec.ErrMismatch) {
		f.watch.mended(g.net.nodeName(node))
		g.mu.Lock()
		defer g.mu.Unlock()
		g.wrong++
		return nil
	}
	f.watch.gave(node, len(frame.Body))
	return err
}

// largest is the most that a frame with a sliver of this blob holds.
func (g *segment) largest() int {
	return max(g.row, g.row/g.net.params.Secondary*g.net.params.Primary) + 16
}
