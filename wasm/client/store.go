package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// postsAtOnce is how many POSTs to nodes are under way at a time. It bounds the
// memory their bodies take, and is what browsers allow per host.
const postsAtOnce = 6

// store hands every node its slivers of the batch. It returns once a quorum
// holds all of theirs and the slow nodes had their tail: half as long again as
// the quorum took, and a little. Nodes that don't answer are left behind.
func (s *sending) store(ctx context.Context, b *batch) error {
	if s.light {
		return s.storeWhole(ctx, b)
	}
	run := &storing{sending: s, begun: time.Now(), slots: make(chan struct{}, postsAtOnce), quorum: make(chan struct{})}
	ctx, cut := context.WithCancelCause(ctx)
	defer cut(nil)
	var all sync.WaitGroup
	for i := range s.net.Nodes {
		all.Go(func() { run.node(ctx, newPosting(s, b, i)) })
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	select {
	case <-run.quorum:
		run.tail(ctx, done)
		cut(errTail)
	case <-done:
	}
	<-done
	return run.outcome(ctx)
}

// errTail is why slow nodes are left behind.
var errTail = errors.New("a quorum holds the batch")

// storing is one batch on its way to the nodes.
type storing struct {
	*sending
	begun  time.Time
	slots  chan struct{} // postsAtOnce
	quorum chan struct{} // closed once reached

	mu      sync.Mutex
	holding int   // nodes that hold all of the batch …
	weight  int   // … and their shards
	refusal error // one that trying again doesn't mend
	offline error // the server itself couldn't be reached
}

// tail waits for the slow ones, no longer than they are worth.
func (r *storing) tail(ctx context.Context, done <-chan struct{}) {
	t := time.NewTimer(time.Since(r.begun)/2 + r.client.pace.tailMin)
	defer t.Stop()
	select {
	case <-t.C:
	case <-done:
	case <-ctx.Done():
	}
}

// node brings one node its part, trying again while that can help.
func (r *storing) node(ctx context.Context, p *posting) {
	r.mark(p.node, NodeSending)
	err := r.client.retry(ctx, r.client.pace.patience, func() (time.Duration, error) {
		select {
		case r.slots <- struct{}{}:
			defer func() { <-r.slots }()
		case <-ctx.Done():
			return -1, context.Cause(ctx)
		}
		wait, err := p.post(ctx)
		if err != nil && ctx.Err() == nil {
			r.mark(p.node, NodeDown)
		}
		return wait, err
	})
	if err != nil {
		r.leave(p, err)
		return
	}
	r.mark(p.node, NodeDone)
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.weight
	r.holding++
	r.weight += len(r.net.Nodes[p.node].Shards)
	if before < r.net.quorum() && r.weight >= r.net.quorum() {
		close(r.quorum)
	}
}

// leave gives a node up for this batch: what it lacks no longer counts.
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

// outcome says whether the batch is stored, after all nodes are done or left.
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
