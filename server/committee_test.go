package server

import (
	"context"
	"errors"
	"testing"
	"time"

	"floe/server/api"
)

// epochs is a chain that knows nothing but the committee.
type epochs struct {
	Chain
	com   api.Committee
	err   error
	reads int
}

func (e *epochs) Committee(context.Context) (*api.Committee, error) {
	e.reads++
	com := e.com
	return &com, e.err
}

// The committee is read now and then, at once when an epoch's end is due, and
// with patience while an epoch goes on longer than it should.
func TestCommitteeAtAnEpochsEnd(t *testing.T) {
	start := time.Unix(1_000_000, 0)
	clock := &clock{at: start}
	chain := &epochs{com: api.Committee{Epoch: 1, EpochStart: start, EpochDuration: time.Hour}}
	c := &committees{chain: chain, now: clock.now}
	get := func(epoch uint32, reads int) {
		t.Helper()
		com, err := c.get(t.Context())
		if err != nil || com.Epoch != epoch || chain.reads != reads {
			t.Fatalf("epoch %d after %d reads, %v; want %d after %d", com.Epoch, chain.reads, err, epoch, reads)
		}
	}
	get(1, 1)
	get(1, 1)
	clock.add(committeeKept)
	get(1, 2)
	clock.add(time.Hour - 2*committeeKept)
	chain.err = errors.New("nobody answers")
	get(1, 3) // the last one will do until the epoch ends
	chain.err = nil
	get(1, 4)
	clock.add(committeeKept) // the end is due, and the ledger takes its time
	get(1, 5)
	get(1, 5)
	clock.add(committeeKept / 2)
	get(1, 5)
	clock.add(committeeKept / 2)
	get(1, 6)
	chain.com.Epoch, chain.com.EpochStart = 2, clock.now()
	clock.add(committeeKept)
	get(2, 7)
	clock.add(time.Hour)
	chain.err = errors.New("nobody answers")
	if com, err := c.get(t.Context()); err == nil {
		t.Errorf("after its end epoch %d is taken for the present one", com.Epoch)
	}
}
