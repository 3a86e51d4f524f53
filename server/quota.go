package server

import (
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"floe/server/api"
)

// Cost is what a request takes of others' means.
type Cost struct {
	Bytes uint64 // encoded bytes that nodes will hold
	WAL   uint64 // FROST for storage
	Gas   uint64 // MIST
}

func (c Cost) plus(d Cost) Cost {
	return Cost{add(c.Bytes, d.Bytes), add(c.WAL, d.WAL), add(c.Gas, d.Gas)}
}

func (c Cost) within(limit Cost) bool {
	return c.Bytes <= limit.Bytes && c.WAL <= limit.WAL && c.Gas <= limit.Gas
}

// add stops at the largest number instead of starting again from zero.
func add(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}

// Limits are what the relay gives away.
type Limits struct {
	Window    time.Duration // a used-up share is whole again after this long
	PerClient Cost          // in one window, to one IP address
	Total     Cost          // in one window, to everybody
	Live      uint64        // encoded bytes alive at any time
	Book      Book          // nil: what was given is forgotten with the process
}

// Book keeps what was given of Limits.Total over restarts, where it is money.
type Book interface {
	// Read returns what was written last, zero if nothing was.
	Read() (given Cost, at time.Time, err error)
	// Write is durable when it returns.
	Write(given Cost, at time.Time) error
}

// clients bounds the memory that addresses take. When as many are known and
// none has its share back, the relay is full for new ones.
const clients = 100_000

// quota counts what was given to whom. A share comes back evenly over the
// window, so that nobody waits for midnight. It counts from the start of the
// process, but for what is in the book: what was stored before stays readable and
// costs nothing again.
type quota struct {
	limits Limits
	now    func() time.Time

	mu     sync.Mutex
	used   map[netip.Prefix]level
	total  level
	living map[uint32]uint64 // end epoch → encoded bytes
}

// level is a cost that drains away with time.
type level struct {
	Cost
	at time.Time
}

func newQuota(l Limits, now func() time.Time) *quota {
	return &quota{limits: l, now: now, used: make(map[netip.Prefix]level), living: make(map[uint32]uint64)}
}

// open goes on where the book ends.
func (q *quota) open() error {
	if q.limits.Book == nil {
		return nil
	}
	given, at, err := q.limits.Book.Read()
	if err != nil {
		return fmt.Errorf("couldn't read what was spent: %w", err)
	}
	if now := q.now(); at.After(now) {
		at = now
	}
	q.total = level{given, at}
	return nil
}

// enter writes the total into the book, if there is one.
func (q *quota) enter() error {
	if q.limits.Book == nil {
		return nil
	}
	if err := q.limits.Book.Write(q.total.Cost, q.total.at); err != nil {
		return fmt.Errorf("couldn't write down what is spent: %w", err)
	}
	return nil
}

// drained returns what is left of l at now, when limit drains in one window; a
// clock that was set back drains nothing.
func (q *quota) drained(l level, limit Cost, now time.Time) Cost {
	share := max(0, float64(now.Sub(l.at))/float64(q.limits.Window))
	less := func(v, limit uint64) uint64 {
		gone := share * float64(limit)
		if gone >= float64(v) {
			return 0
		}
		return v - uint64(gone)
	}
	return Cost{less(l.Bytes, limit.Bytes), less(l.WAL, limit.WAL), less(l.Gas, limit.Gas)}
}

// take counts cost against client's share and everybody's, or refuses and
// counts nothing. The bytes live until epoch end. The returned function gives
// it back: for what in the end wasn't bought.
func (q *quota) take(client netip.Prefix, cost Cost, end uint32) (undo func(), err error) {
	if !cost.within(q.limits.PerClient) {
		return nil, refuse(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "This is more than one address may store here at all.")
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	mine, known := q.used[client]
	if !known && len(q.used) >= clients && !q.prune(now) {
		return nil, full("This server serves as many addresses as it can.").after(time.Minute)
	}
	sum := q.drained(mine, q.limits.PerClient, now).plus(cost)
	if !sum.within(q.limits.PerClient) {
		return nil, refuse(http.StatusTooManyRequests, api.CodeQuota, "Your share of this server is used up for now.").after(q.wait(sum, q.limits.PerClient))
	}
	total := q.drained(q.total, q.limits.Total, now).plus(cost)
	if !total.within(q.limits.Total) {
		return nil, full("This server has given away what it may for now.").after(q.wait(total, q.limits.Total))
	}
	if add(q.alive(), cost.Bytes) > q.limits.Live {
		return nil, full("This server holds as much as it may. What it holds stays readable.").after(time.Hour)
	}
	before := q.total
	q.total = level{total, now}
	if err := q.enter(); err != nil { // what can't be bounded isn't given
		q.total = before
		return nil, err
	}
	q.used[client] = level{sum, now}
	if cost.Bytes > 0 {
		q.living[end] += cost.Bytes
	}
	return sync.OnceFunc(func() { q.giveBack(client, cost, end) }), nil
}

func (q *quota) giveBack(client netip.Prefix, cost Cost, end uint32) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.used[client] = level{minus(q.used[client].Cost, cost), q.used[client].at}
	q.total.Cost = minus(q.total.Cost, cost)
	_ = q.enter() // to have written down too much spends nothing
	if left := q.living[end] - min(cost.Bytes, q.living[end]); left > 0 {
		q.living[end] = left
	} else {
		delete(q.living, end)
	}
}

func minus(a, b Cost) Cost {
	return Cost{a.Bytes - min(a.Bytes, b.Bytes), a.WAL - min(a.WAL, b.WAL), a.Gas - min(a.Gas, b.Gas)}
}

// wait is how long it takes until sum has drained to limit.
func (q *quota) wait(sum, limit Cost) time.Duration {
	var share float64
	for _, v := range [][2]uint64{{sum.Bytes, limit.Bytes}, {sum.WAL, limit.WAL}, {sum.Gas, limit.Gas}} {
		if v[0] > v[1] && v[1] > 0 {
			share = max(share, float64(v[0]-v[1])/float64(v[1]))
		}
	}
	return time.Duration(share*float64(q.limits.Window)) + time.Second
}

func (q *quota) alive() (n uint64) {
	for _, b := range q.living {
		n = add(n, b)
	}
	return n
}

// prune forgets clients who have their share back, and reports if any had.
func (q *quota) prune(now time.Time) bool {
	before := len(q.used)
	for c, l := range q.used {
		if (q.drained(l, q.limits.PerClient, now) == Cost{}) {
			delete(q.used, c)
		}
	}
	return len(q.used) < before
}

// reached tells that epoch began: what ended with it no longer lives.
func (q *quota) reached(epoch uint32) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for end := range q.living {
		if end <= epoch {
			delete(q.living, end)
		}
	}
}

func full(format string, args ...any) *refusal {
	return refuse(http.StatusInsufficientStorage, api.CodeFull, format, args...)
}
