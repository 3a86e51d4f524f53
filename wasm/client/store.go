package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// store hands every node its slivers of a blob. It returns once a quorum holds
// all of theirs and the slow nodes had their tail: half as long again as the
// quorum took, and a little. Nodes that don't answer are left behind, and not
// waited for with the next blob either unless they are back.
func (s *sending) store(ctx context.Context, b *blob) error {
	if s.light {
		return s.storeWhole(ctx, b)
	}
	run := &storing{sending: s, blob: b, begun: time.Now(), quorum: make(chan struct{}), prompt: make(chan struct{})}
	ctx, cut := context.WithCancelCause(ctx)
	defer cut(nil)
	var all sync.WaitGroup
	run.expect()
	for i := range s.net.Nodes {
		all.Go(func() { run.node(ctx, newPosting(s, b, i)) })
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	var teller sync.WaitGroup
	teller.Go(func() { run.keepTelling(done) })
	defer teller.Wait()
	select {
	case <-run.quorum:
		run.tail(ctx, done)
		cut(errTail)
	case <-done:
	}
	<-done
	return run.outcome(ctx)
}

// keepTelling tells the journal of the last part too that a node took too soon
// after another one.
func (r *storing) keepTelling(done <-chan struct{}) {
	t := time.NewTicker(r.client.pace.journal)
	defer t.Stop()
	for told := 0; ; {
		select {
		case <-t.C:
		case <-done:
			return
		}
		taken := 0
		r.change(func() { taken = r.taken })
		if taken > told && r.tellHeld() {
			told = taken
		}
	}
}

// errTail is why slow nodes are left behind.
var errTail = errors.New("a quorum holds the blob")

// storing is one blob on its way to the nodes.
type storing struct {
	*sending
	blob   *blob
	begun  time.Time
	quorum chan struct{} // closed once reached
	prompt chan struct{} // closed once all nodes are done that took what came before

	mu      sync.Mutex
	awaited []bool // by node: prompt waits for it …
	late    int    // … and for so many still
	holding int    // nodes that hold all of the blob …
	weight  int    // … and their shards
	refusal error  // one that trying again doesn't mend
	offline error  // the server itself couldn't be reached
}

// tail waits for the slow ones, no longer than they are worth.
func (r *storing) tail(ctx context.Context, done <-chan struct{}) {
	t := time.NewTimer(time.Since(r.begun)/2 + r.client.pace.tailMin)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.prompt:
	case <-done:
	case <-ctx.Done():
	}
}

// expect counts the nodes that are worth waiting for.
func (r *storing) expect() {
	r.sending.mu.Lock()
	defer r.sending.mu.Unlock()
	r.awaited = make([]bool, len(r.net.Nodes))
	for i := range r.net.Nodes {
		if !r.behind[i] { // by now; another blob may change that before this one is stored
			r.awaited[i] = true
			r.late++
		}
	}
}

// came takes note of whether a node took its part, for the next blob.
func (r *storing) came(node int, took bool) {
	r.change(func() {
		r.behind[node] = !took
		if took {
			r.blob.held[node] = heldAll
		}
		if !r.awaited[node] {
			return
		}
		if r.late--; r.late == 0 {
			close(r.prompt)
		}
	})
}

// node brings one node its part, trying again while that can help.
func (r *storing) node(ctx context.Context, p *posting) {
	r.mark(p.node, NodeSending)
	err := r.client.retry(ctx, r.client.pace.patience, func() (time.Duration, error) {
		leave, err := enter(ctx, r.slots)
		if err != nil {
			return -1, err
		}
		defer leave()
		wait, err := p.post(ctx)
		if err != nil && ctx.Err() == nil {
			r.mark(p.node, NodeDown)
		}
		return wait, err
	})
	r.came(p.node, err == nil)
	if err != nil {
		r.leave(p, err)
		return
	}
	r.mark(p.node, NodeDone)
	r.tellHeld()
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.weight
	r.holding++
	r.weight += len(r.net.Nodes[p.node].Shards)
	if before < r.net.quorum() && r.weight >= r.net.quorum() {
		close(r.quorum)
	}
}

// leave gives a node up for this blob: what it lacks no longer counts.
func (r *storing) leave(p *posting, err error) {
	missing := p.missing()
	r.meter.update(func(now *Progress) {
		now.Total -= missing
		n := &now.Nodes[p.node]
		n.Total -= missing
		n.State = NodeDown
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	var e *Error
	switch {
	case !errors.As(err, &e):
	case e.Code == CodeOffline:
		r.offline = err
	case !e.Retry:
		r.refusal = err
	}
}

// need is how many nodes a quorum takes, whichever they are.
func (r *storing) need() int { return r.net.nodesFor(r.net.quorum()) }

// outcome says whether the blob is stored, after all nodes are done or left.
func (r *storing) outcome(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.weight >= r.net.quorum():
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case r.refusal != nil:
		return r.refusal
	case r.offline != nil && r.holding == 0:
		return r.offline
	}
	return &Error{
		Code:    CodeTooFewNodes,
		Message: fmt.Sprintf("Only %d storage nodes hold your files, %d are needed to keep them safely. Nothing was finished; try again when more are back.", r.holding, r.need()),
		Have:    r.holding,
		Need:    r.need(),
		Retry:   true,
	}
}
