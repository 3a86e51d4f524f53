package sui

import (
	"context"
	"errors"
	"testing"
	"time"

	"floe/server/api"
)

// collect follows events until count came, or fails the test.
func (w *world) collect(t *testing.T, from uint64, count int, meanwhile func()) []api.BlobEvent {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	events, ended := make(chan api.BlobEvent, 100), make(chan error, 1)
	go func() {
		ended <- w.client.BlobEvents(ctx, from, func(e api.BlobEvent) error {
			events <- e
			return nil
		})
	}()
	if meanwhile != nil {
		time.Sleep(50 * time.Millisecond) // the subscription is on its way; either order must do
		meanwhile()
	}
	var out []api.BlobEvent
	for len(out) < count {
		select {
		case e := <-events:
			out = append(out, e)
		case err := <-ended:
			t.Fatalf("it ends after %d events: %v", len(out), err)
		}
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("it ends without an error although the context ended")
	}
	select {
	case e := <-events:
		t.Errorf("an event too many: %+v", e)
	default:
	}
	return out
}

func TestBlobEventsFromTheBeginningAndAsTheyCome(t *testing.T) {
	w := newWorld(t)
	first, second := randomBlob(t, 1, 1000), randomBlob(t, 2, 5000)
	a := w.register(t, first)
	w.certify(t, first, a)
	w.run(t, w.sender, give(w.sender.Address, 1)) // a checkpoint without any
	var bID [32]byte
	events := w.collect(t, 0, 5, func() {
		b := w.register(t, second)
		bID = b.ID()
		w.certify(t, second, b)
		w.remove(t, b.ID())
	})
	want := []api.BlobEvent{
		{Kind: api.BlobRegistered, BlobID: first.id, ObjectID: a.ID(), Size: 1000, Epoch: 1, EndEpoch: 4, Deletable: true},
		{Kind: api.BlobCertified, BlobID: first.id, ObjectID: a.ID(), Epoch: 1, EndEpoch: 4, Deletable: true},
		{Kind: api.BlobRegistered, BlobID: second.id, ObjectID: bID, Size: 5000, Epoch: 1, EndEpoch: 4, Deletable: true},
		{Kind: api.BlobCertified, BlobID: second.id, ObjectID: bID, Epoch: 1, EndEpoch: 4, Deletable: true},
		{Kind: api.BlobDeleted, BlobID: second.id, ObjectID: bID, Epoch: 1, EndEpoch: 4, Deletable: true},
	}
	last := uint64(0)
	for i, e := range events {
		x, err := w.ledger.Transaction(e.TxDigest)
		if err != nil || x.Checkpoint != e.Checkpoint || e.Checkpoint < last {
			t.Errorf("event %d: checkpoint %d, transaction %s: %v", i, e.Checkpoint, e.TxDigest, err)
		}
		last = e.Checkpoint
		want[i].Checkpoint, want[i].TxDigest, want[i].Sequence = e.Checkpoint, e.TxDigest, e.Sequence
		if e != want[i] {
			t.Errorf("event %d: %+v, wanted %+v", i, e, want[i])
		}
	}
	later := w.collect(t, events[1].Checkpoint+1, 3, nil)
	if len(later) != 3 || later[0] != events[2] || later[2] != events[4] {
		t.Errorf("from the middle: %+v", later)
	}
}

func TestBlobEventsEndWithTheFirstError(t *testing.T) {
	w := newWorld(t)
	w.register(t, randomBlob(t, 1, 10))
	stop := errors.New("enough")
	if err := w.client.BlobEvents(t.Context(), 0, func(api.BlobEvent) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

// Many follow at once, as the nodes of one process do.
func TestBlobEventsForMany(t *testing.T) {
	w := newWorld(t)
	const followers = 20
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	got := make(chan error, followers)
	done := errors.New("got it")
	for range followers {
		go func() { got <- w.client.BlobEvents(ctx, 0, func(api.BlobEvent) error { return done }) }()
	}
	w.register(t, randomBlob(t, 1, 10))
	for range followers {
		if err := <-got; !errors.Is(err, done) {
			t.Error(err)
		}
	}
}
