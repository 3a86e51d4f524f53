package client

import (
	"context"
	"errors"
	"io"
	"time"

	"floe/server/api"
)

// Light sending is for thin uplinks: the ciphertext goes up once, as it is, and
// the relay encodes it. It could not cheat if it wanted: nodes take only slivers
// that the blob ID commits to, which is computed here, and the certificate must
// name it. What the relay sees is the same ciphertext as ever.

const (
	lightTries = 5                // for one blob
	lightQueue = 10               // times the usual patience, for a relay that many use
	lightAhead = 2                // blobs at a time: one goes up while the relay stores another
	thinAfter  = 10 * time.Second // of sending, before a line is called thin
	thinRate   = 1 << 20          // bytes a second
	thinLeft   = time.Minute      // which is worth a word
)

// errNoLight says that a server doesn't encode for its callers.
func errNoLight() error {
	return unsupported("This server doesn't take files uploaded once. Send them the usual way.")
}

// storeWhole uploads one blob, again where that may help; one goes up at a time,
// since they share one line. The line isn't the relay's fault, so that tries are
// counted and not time; a relay that is busy is waited for.
func (s *sending) storeWhole(ctx context.Context, b *blob) error {
	up := &upload{sending: s, blob: b}
	for i := range s.net.Nodes {
		up.parts = append(up.parts, newPosting(s, b, i))
	}
	next, begun := s.client.pace.firstWait, time.Now()
	for try := 0; ; {
		wait, err := up.once(ctx, try > 0)
		if err == nil {
			err = up.outcome(ctx)
		}
		if code := CodeOf(err); code != CodeFull && code != CodeQuota || time.Since(begun) > lightQueue*s.client.pace.patience {
			try++
		}
		if err == nil || wait < 0 || try == lightTries || ctx.Err() != nil {
			return err
		}
		up.progress(0)
		if err := sleep(ctx, max(wait, next)); err != nil {
			return err
		}
		next = min(2*next, s.client.pace.maxWait)
	}
}

// upload is one blob on its way to the relay.
type upload struct {
	*sending
	blob  *blob
	parts []*posting // by node, for what they acknowledge
	shown int64      // bytes of it that count as progress
}

// progress shows how much of the blob is on its way. What was uploaded in vain
// counts no more.
func (u *upload) progress(sent int64) {
	u.meter.update(func(now *Progress) {
		now.Acked += sent - u.shown
		u.shown = sent
	})
}

// once uploads the blob and reads what the nodes acknowledge. It returns as
// [Client.retry] wants it. The line is the next one's as soon as all of it has gone
// up.
func (u *upload) once(ctx context.Context, again bool) (time.Duration, error) {
	leave, err := enter(ctx, u.line)
	if err != nil {
		return -1, err
	}
	defer leave()
	path := api.PathBlobs + u.blob.id.String() + "?object=" + u.blob.object.ID.String()
	if again {
		path += "&retry=1"
	}
	res, err := u.client.do(ctx, Request{Method: "POST", Path: path, ContentType: typeFrames, Body: Pieces{u.blob.sealed}, Sent: func(sent int64) {
		if u.progress(sent); sent >= u.blob.size {
			leave()
		}
	}})
	if err != nil {
		return patienceWith(err), unreachable(ctx, err)
	}
	defer res.Body.Close()
	if res.Status/100 != 2 {
		return refusedBy(ctx, path, res)
	}
	u.progress(u.blob.size)
	return u.acknowledge(ctx, res.Body)
}

// acknowledge reads which node took what, to the end. There are no more frames
// than there is to be taken.
func (u *upload) acknowledge(ctx context.Context, r io.Reader) (time.Duration, error) {
	left := len(u.parts) + 2*u.net.NShards
	for ; ; left-- {
		f, err := api.ReadFrame(r, maxReason)
		if errors.Is(err, api.ErrMalformedFrame) {
			return -1, err
		}
		if err != nil {
			return 0, unreachable(ctx, err)
		}
		if f.Kind == api.FrameEnd {
			return 0, nil
		}
		if left == 0 || int(f.Node) >= len(u.parts) {
			return -1, liar("the server acknowledges more than was uploaded")
		}
		part := u.parts[f.Node]
		it := find(part.items, f)
		switch {
		case it == nil:
			return -1, liar("the server acknowledges what isn't of the blob: kind %d, pair %d of node %d", f.Kind, f.Index, f.Node)
		case f.Status/100 == 2:
			u.took(part, it)
		default:
			u.mark(part.node, NodeDown)
		}
	}
}

func (u *upload) took(p *posting, it *item) {
	if it.acked {
		return
	}
	it.acked = true
	all := p.complete()
	u.meter.update(func(now *Progress) {
		n := &now.Nodes[p.node]
		n.Acked += it.bytes
		if n.State = NodeSending; all {
			n.State = NodeDone
		}
	})
}

func (s *sending) mark(node int, state NodeState) {
	s.meter.update(func(now *Progress) { now.Nodes[node].State = state })
}

// complete says whether the node has acknowledged all that is its.
func (p *posting) complete() bool {
	for _, it := range p.items {
		if !it.acked {
			return false
		}
	}
	return true
}

// outcome says whether a quorum holds the blob. What nodes lack that are behind
// no longer counts.
func (u *upload) outcome(ctx context.Context) error {
	run := &storing{sending: u.sending}
	for _, p := range u.parts {
		if p.complete() {
			run.holding++
			run.weight += len(u.net.Nodes[p.node].Shards)
		}
	}
	err := run.outcome(ctx)
	for _, p := range u.parts {
		if err == nil && !p.complete() {
			u.meter.update(func(now *Progress) {
				n := &now.Nodes[p.node]
				n.Total, n.State = n.Total-p.missing(), NodeDown
			})
		}
	}
	return err
}

// thin says whether sending light would spare the sender much waiting. It is
// told, never done unasked.
func thin(p *Progress, sending time.Duration) bool {
	return p.Phase == PhaseSending && sending >= thinAfter && p.HasETA && p.ETA >= thinLeft && p.Rate < thinRate
}
