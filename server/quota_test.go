package server

import (
	"errors"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

var (
	alice = netip.MustParsePrefix("192.0.2.1/32")
	bob   = netip.MustParsePrefix("192.0.2.2/32")
)

func TestQuota(t *testing.T) {
	c := &clock{at: time.Now()}
	q := newQuota(Limits{
		Window:    time.Hour,
		PerClient: Cost{Bytes: 100, WAL: 100, Gas: 100},
		Total:     Cost{Bytes: 150, WAL: 150, Gas: 150},
		Live:      170,
	}, c.now)
	take := func(who netip.Prefix, cost Cost, end uint32, status int) func() {
		t.Helper()
		undo, err := q.take(who, cost, end)
		var r *refusal
		switch {
		case status == 0 && err != nil, status != 0 && (!errors.As(err, &r) || r.status != status):
			t.Fatalf("took %v: %v, want status %d", cost, err, status)
		case status == http.StatusTooManyRequests && r.told.RetryAfterMS <= 0:
			t.Fatal("no word about when to come back")
		}
		return undo
	}

	take(alice, Cost{Bytes: 101}, 5, http.StatusRequestEntityTooLarge)
	take(alice, Cost{Bytes: 60, WAL: 10}, 5, 0)
	take(alice, Cost{Bytes: 41}, 5, http.StatusTooManyRequests)
	undo := take(alice, Cost{Bytes: 40}, 5, 0)
	undo()
	undo() // gives back once
	take(alice, Cost{WAL: 91}, 5, http.StatusTooManyRequests)
	take(alice, Cost{Bytes: 40}, 5, 0)
	take(bob, Cost{Bytes: 60}, 6, http.StatusInsufficientStorage)
	take(bob, Cost{Bytes: 50}, 6, 0)

	c.add(30 * time.Minute) // half of every share is back, all bytes still live
	take(alice, Cost{Bytes: 60}, 7, http.StatusTooManyRequests)
	take(alice, Cost{Bytes: 30}, 7, http.StatusInsufficientStorage)
	q.reached(5)
	take(alice, Cost{Bytes: 30}, 7, 0)
}

func TestQuotaForgetsClientsWhoOweNothing(t *testing.T) {
	c := &clock{at: time.Now()}
	q := newQuota(testLimits, c.now)
	for i := range clients {
		who := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32)
		if _, err := q.take(who, Cost{Gas: 1}, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := q.take(alice, Cost{Gas: 1}, 0); err == nil {
		t.Error("remembers more clients than it may")
	}
	c.add(testLimits.Window)
	if _, err := q.take(alice, Cost{Gas: 1}, 0); err != nil {
		t.Error(err)
	}
	if len(q.used) != 1 {
		t.Errorf("%d clients are remembered", len(q.used))
	}
}

// ledgerBook is a Book in memory that may be full.
type ledgerBook struct {
	given Cost
	at    time.Time
	err   error
}

func (b *ledgerBook) Read() (Cost, time.Time, error) { return b.given, b.at, b.err }

func (b *ledgerBook) Write(given Cost, at time.Time) error {
	if b.err == nil {
		b.given, b.at = given, at
	}
	return b.err
}

// What was spent counts after a restart too; what can't be written down isn't
// spent.
func TestQuotaIsKeptInTheBook(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	book := &ledgerBook{}
	restart := func() *quota {
		q := newQuota(Limits{Window: time.Hour, PerClient: Cost{Gas: 100}, Total: Cost{Gas: 100}, Live: 1, Book: book}, func() time.Time { return now })
		if err := q.open(); err != nil {
			t.Fatal(err)
		}
		return q
	}
	undo, err := restart().take(alice, Cost{Gas: 80}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := restart().take(alice, Cost{Gas: 30}, 0); err == nil {
		t.Error("a restart gave the budget again")
	}
	now = now.Add(30 * time.Minute)
	if _, err := restart().take(alice, Cost{Gas: 60}, 0); err != nil {
		t.Errorf("half an hour later: %v", err)
	}
	undo()
	book.err = errors.New("disk full")
	q := newQuota(Limits{Window: time.Hour, PerClient: Cost{Gas: 100}, Total: Cost{Gas: 100}, Live: 1, Book: book}, func() time.Time { return now })
	if _, err := q.take(alice, Cost{Gas: 1}, 0); err == nil || q.total.Gas != 0 || len(q.used) != 0 {
		t.Errorf("spent without a word in the book: %v", err)
	}
	if err := q.open(); err == nil {
		t.Error("a book that can't be read is taken for an empty one")
	}
}

// A clock that is set back gives nothing back, and takes nothing.
func TestQuotaWhenTheClockIsSetBack(t *testing.T) {
	c := &clock{at: time.Now()}
	q := newQuota(Limits{Window: time.Hour, PerClient: Cost{Gas: 100}, Total: Cost{Gas: 100}, Live: 1}, c.now)
	if _, err := q.take(alice, Cost{Gas: 60}, 0); err != nil {
		t.Fatal(err)
	}
	c.add(-30 * time.Minute)
	if _, err := q.take(alice, Cost{Gas: 41}, 0); err == nil {
		t.Error("more was given than there is")
	}
	if _, err := q.take(alice, Cost{Gas: 40}, 0); err != nil {
		t.Errorf("what is left wasn't given: %v", err)
	}
}
