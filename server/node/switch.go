package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Switch is a node that can be stopped and started while its process lives on.
// It serves the node's routes while it runs; while it doesn't, connections
// close without an answer, as if the machine were off.
type Switch struct {
	cfg Config

	mu  sync.Mutex // held by Start and Stop as a whole
	now sync.RWMutex
	run *running // nil: stopped; guarded by now
}

// running is one life of the node.
type running struct {
	node    *Node
	handler http.Handler
	ctx     context.Context
	cancel  context.CancelFunc
	ran     chan error // Run's result

	mu       sync.Mutex
	requests map[*http.ResponseController]struct{} // those in flight
	ended    bool
	wg       sync.WaitGroup
}

// NewSwitch returns a stopped node.
func NewSwitch(cfg Config) *Switch { return &Switch{cfg: cfg} }

// Start opens the store and serves. It does nothing if the node runs.
func (s *Switch) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Node() != nil {
		return nil
	}
	n, err := Open(s.cfg)
	if err != nil {
		return fmt.Errorf("couldn't start node %d: %w", s.cfg.Index, err)
	}
	r := &running{node: n, handler: n.Handler(), ran: make(chan error, 1), requests: make(map[*http.ResponseController]struct{})}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	go func() { r.ran <- n.Run(r.ctx) }()
	s.now.Lock()
	s.run = r
	s.now.Unlock()
	return nil
}

// Stop cuts what is in flight without an answer and returns when the node has
// let go of its store. It does nothing if the node is stopped.
func (s *Switch) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.Lock()
	r := s.run
	s.run = nil
	s.now.Unlock()
	if r == nil {
		return nil
	}
	r.end()
	return errors.Join(<-r.ran, r.node.Close())
}

// Node returns the running node, nil if it is stopped.
func (s *Switch) Node() *Node {
	s.now.RLock()
	defer s.now.RUnlock()
	if s.run == nil {
		return nil
	}
	return s.run.node
}

func (s *Switch) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.now.RLock()
	r := s.run
	s.now.RUnlock()
	if r == nil || !r.serve(w, req) {
		panic(http.ErrAbortHandler)
	}
}

// serve answers a request; false if the node was stopped before the end.
func (r *running) serve(w http.ResponseWriter, req *http.Request) bool {
	rc := http.NewResponseController(w)
	if !r.enter(rc) {
		return false
	}
	defer r.leave(rc)
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	defer context.AfterFunc(r.ctx, cancel)()
	r.handler.ServeHTTP(w, req.WithContext(ctx))
	return r.ctx.Err() == nil
}

func (r *running) enter(rc *http.ResponseController) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return false
	}
	r.wg.Add(1)
	r.requests[rc] = struct{}{}
	return true
}

func (r *running) leave(rc *http.ResponseController) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.requests, rc)
	r.wg.Done()
}

// end cancels everything, wakes requests that wait for the network, and returns
// when all have ended. Not every ResponseWriter knows deadlines; those that
// don't end by their context.
func (r *running) end() {
	r.cancel()
	r.mu.Lock()
	r.ended = true
	past := time.Unix(1, 0)
	for rc := range r.requests {
		_ = rc.SetReadDeadline(past)
		_ = rc.SetWriteDeadline(past)
	}
	r.mu.Unlock()
	r.wg.Wait()
}
