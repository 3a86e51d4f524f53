package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec/suitx"
	"floe/server/ledger/move"
	"floe/server/ledger/native"
	"floe/server/ledger/vm"
)

// request is a transaction that waits for its turn.
type request struct {
	tx     []byte
	sigs   [][]byte
	data   *suitx.TransactionData
	digest suitx.Digest

	answer *Executed
	err    error
	done   chan struct{}
}

// maxBatch bounds how many transactions share a checkpoint and a write to disk.
const maxBatch = 256

// Execute runs a signed transaction. When it returns without an error the
// transaction is durable, even if it failed (see Effects.Status). The same
// transaction again gives the same answer. Errors that are a *Refusal say that
// nothing happened; after ctx's own error the transaction may still run.
func (l *Ledger) Execute(ctx context.Context, tx []byte, sigs [][]byte) (*Executed, error) {
	data, r := parse(tx)
	if r == nil {
		r = checkGas(data.Gas)
	}
	if r == nil {
		r = checkSignatures(tx, data, sigs)
	}
	if r != nil {
		return nil, r
	}
	digest := suitx.TransactionDigest(tx)
	if e, err := l.Transaction(digest); !errors.Is(err, ErrNotFound) {
		return e, err
	}
	return l.submit(ctx, &request{tx: tx, sigs: sigs, data: data, digest: digest, done: make(chan struct{})})
}

// submit queues a request and waits for its answer.
func (l *Ledger) submit(ctx context.Context, q *request) (*Executed, error) {
	select {
	case l.queue <- q:
	case <-l.closing:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, fmt.Errorf("transaction %s wasn't taken: %w", q.digest, ctx.Err())
	}
	select {
	case <-q.done:
		return q.answer, q.err
	case <-l.stopped:
		select {
		case <-q.done:
			return q.answer, q.err
		default:
			return nil, ErrClosed
		}
	case <-ctx.Done():
		return nil, fmt.Errorf("gave up waiting for transaction %s: %w", q.digest, ctx.Err())
	}
}

// run is the one goroutine that changes the state. Requests that wait together
// become one checkpoint and one write to disk.
func (l *Ledger) run() {
	defer close(l.stopped)
	for {
		select {
		case q := <-l.queue:
			l.process(l.gather(q))
		case <-l.ticks:
			l.process(nil)
		case <-l.closing:
			l.refuseQueued()
			return
		}
	}
}

// gather takes what waits already.
func (l *Ledger) gather(first *request) []*request {
	batch := []*request{first}
	for len(batch) < maxBatch {
		select {
		case q := <-l.queue:
			batch = append(batch, q)
		default:
			return batch
		}
	}
	return batch
}

func (l *Ledger) refuseQueued() {
	for {
		select {
		case q := <-l.queue:
			q.err = ErrClosed
			close(q.done)
		default:
			return
		}
	}
}

// process executes requests, makes what came of them durable and answers. Some
// take long: then those before them needn't wait for the rest.
func (l *Ledger) process(queue []*request) {
	for {
		done := l.processSome(queue)
		for _, q := range queue[:done] {
			close(q.done)
		}
		if queue = queue[done:]; len(queue) == 0 {
			return
		}
	}
}

// maxStep is how long requests may run before what came of them is written.
const maxStep = 20 * time.Millisecond

// processSome executes the first of the requests and returns how many. If the
// write fails, nothing of it happened.
func (l *Ledger) processSome(queue []*request) (done int) {
	s := l.begin()
	defer s.batch.Close()
	err := s.advance()
	for start := time.Now(); err == nil && done < len(queue) && time.Since(start) < maxStep; done++ {
		err = s.request(queue[done])
	}
	if err == nil {
		err = s.seal(false)
	}
	if err == nil {
		err = l.commit(s)
	}
	if err == nil {
		return done
	}
	l.log.Error("couldn't make a checkpoint", "error", err)
	for _, q := range queue {
		if q.answer != nil || q.err == nil {
			q.answer, q.err = nil, fmt.Errorf("couldn't make transaction %s durable: %w", q.digest, err)
		}
	}
	return len(queue)
}

// step is the making of checkpoints that become durable together.
type step struct {
	l           *Ledger
	batch       *pebble.Batch
	head        head
	packages    *move.Packages
	timeMS      uint64
	checkpoints []*Checkpoint
	pending     []*Executed // transactions of the checkpoint being made
	clockSet    bool
	broken      error // the batch holds half a transaction: it must go
}

func (l *Ledger) begin() *step {
	h := l.snapshot()
	return &step{l: l, batch: l.db.NewIndexedBatch(), head: h, packages: l.packages.Load(), timeMS: max(toMS(l.clock()), h.timeMS)}
}

// commit makes a step durable, then visible.
func (l *Ledger) commit(s *step) error {
	if len(s.checkpoints) == 0 {
		return nil
	}
	if err := s.batch.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("couldn't write to disk: %w", err)
	}
	l.packages.Store(s.packages)
	l.publish(s.head)
	return nil
}

// request executes one request; an error means that the step must go.
func (s *step) request(q *request) error {
	q.answer, q.err = s.one(q)
	return s.broken
}

// seal makes a checkpoint of what is pending, if anything is.
func (s *step) seal(endOfEpoch bool) error {
	if len(s.pending) == 0 {
		return nil
	}
	c, err := s.head.seal(s.batch, s.pending, s.timeMS, endOfEpoch)
	if err != nil {
		return fmt.Errorf("couldn't make checkpoint: %w", err)
	}
	s.checkpoints = append(s.checkpoints, c)
	s.pending = nil
	return nil
}

// one executes one request, unless it was before.
func (s *step) one(q *request) (*Executed, error) {
	e, err := readTransaction(s.batch, q.digest)
	if err == nil {
		return e, e.loadObjects(s.batch)
	}
	if !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if err := s.setClock(q.data); err != nil {
		return nil, err
	}
	a := &admission{l: s.l, r: s.batch, packages: s.packages, head: &s.head, data: q.data, digest: q.digest}
	tx, err := a.admit(s.timeMS)
	if err != nil {
		return nil, err
	}
	out, err := s.l.runVM(s.batch, s.packages, &s.head, *tx)
	if err != nil {
		return nil, err
	}
	return s.enter(out, q.tx, q.sigs)
}

// enter writes what a transaction did and adds it to the checkpoint being made.
func (s *step) enter(out *vm.Outcome, tx []byte, sigs [][]byte) (*Executed, error) {
	e := executed(out)
	e.Transaction, e.Signatures = tx, sigs
	e.Checkpoint, e.Time = s.head.next, fromMS(s.timeMS)
	if s.broken = errors.Join(apply(s.batch, out), writeTransaction(s.batch, e)); s.broken != nil {
		return nil, fmt.Errorf("couldn't write transaction: %w", s.broken)
	}
	for _, p := range out.Published {
		s.packages = s.packages.With(p.Code)
	}
	s.pending = append(s.pending, e)
	return e, nil
}

func executed(out *vm.Outcome) *Executed {
	return &Executed{Digest: out.Effects.TransactionDigest, Effects: out.Effects, Events: out.Events,
		Balances: out.Balances, Inputs: out.Inputs, Outputs: out.Written, Results: out.Results}
}

// runVM executes an admitted transaction; a panic in it is a defect here, and
// ends that transaction alone.
func (l *Ledger) runVM(r reader, packages *move.Packages, h *head, tx vm.Transaction) (out *vm.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("internal error: transaction %s: %v", tx.Digest, p)
		}
	}()
	return vm.Run(vm.Env{Packages: packages, Objects: state{r}, Epoch: h.epoch,
		EpochStartMS: h.epochStartMS, ReferenceGasPrice: referencePrice}, tx)
}

// setClock ticks the clock once per step before the first transaction that reads it.
func (s *step) setClock(data *suitx.TransactionData) error {
	for _, in := range data.Inputs {
		if in.Kind == suitx.InputObject && in.Object.Ref.ID == native.ClockID() && !s.clockSet {
			return s.tick()
		}
	}
	return nil
}
