package server

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"time"

	"floe/codec/suitx"
)

// coin is a coin at its last version.
type coin struct {
	ref     suitx.ObjectRef
	balance uint64
}

// coinOf reads 0x2::coin::Coin { id 32, balance u64 }.
func coinOf(o *suitx.Object) (coin, error) {
	if o == nil || o.Move == nil || len(o.Move.Contents) != 40 {
		return coin{}, fmt.Errorf("couldn't read a coin: the object isn't one")
	}
	return coin{o.Ref(), binary.LittleEndian.Uint64(o.Move.Contents[32:])}, nil
}

// purse holds the sponsor's coins of one type. A coin that is out belongs to
// one transaction in flight: no second one can name it, so that none of them
// can spoil another's. A coin that was part of a conflict rests for a while,
// since somebody else seems to use it.
type purse struct {
	now func() time.Time

	mu   sync.Mutex
	free []coin
	out  map[suitx.Address]coin
	rest map[suitx.Address]rest
}

// rest is how long a coin is left alone at a version: gladly, or at any rate.
type rest struct {
	version uint64
	until   time.Time
	strict  bool
}

func newPurse(now func() time.Time) *purse {
	return &purse{now: now, out: make(map[suitx.Address]coin), rest: make(map[suitx.Address]rest)}
}

// take hands out the richest free coin, if it holds at least that much. One
// that rests is taken if there is no other and it needn't.
func (p *purse) take(least uint64) (coin, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sort()
	for _, strict := range []bool{false, true} {
		for i, c := range p.free {
			if c.balance >= least && !p.rests(c, strict) {
				p.takeOut(i)
				return c, true
			}
		}
	}
	return coin{}, false
}

// takeSum hands out coins, at most n, that hold at least that much together: the
// richest, and those that rest only if need be.
func (p *purse) takeSum(least uint64, n int) ([]coin, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sort()
	for _, strict := range []bool{false, true} {
		var some []int
		sum := uint64(0)
		for i, c := range p.free {
			if len(some) == n || len(some) > 0 && sum >= least {
				break
			}
			if !p.rests(c, strict) {
				some, sum = append(some, i), add(sum, c.balance)
			}
		}
		if len(some) == 0 || sum < least {
			continue
		}
		var coins []coin
		for _, i := range slices.Backward(some) {
			coins = append(coins, p.takeOut(i))
		}
		slices.Reverse(coins)
		return coins, true
	}
	return nil, false
}

// takeAll hands out every free coin, at most n, the richest first: anybody may
// send the sponsor any number of coins that hold next to nothing.
func (p *purse) takeAll(n int) (all []coin) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sort()
	for i := 0; i < len(p.free) && len(all) < n; {
		if p.rests(p.free[i], true) {
			i++
			continue
		}
		all = append(all, p.takeOut(i))
	}
	return all
}

// sort puts the richest first. The caller holds mu.
func (p *purse) sort() {
	slices.SortStableFunc(p.free, func(a, b coin) int { return cmp.Compare(b.balance, a.balance) })
}

func (p *purse) takeOut(i int) coin {
	c := p.free[i]
	p.free = slices.Delete(p.free, i, i+1)
	p.out[c.ref.ID] = c
	return c
}

// rests reports whether a coin is left alone; strictly speaking, or gladly. The
// caller holds mu.
func (p *purse) rests(c coin, strict bool) bool {
	r, ok := p.rest[c.ref.ID]
	if !ok || r.version != c.ref.Version || !p.now().Before(r.until) {
		delete(p.rest, c.ref.ID)
		return false
	}
	return r.strict || !strict
}

// put takes coins back, at their last versions.
func (p *purse) put(coins ...coin) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range coins {
		if _, ok := p.out[c.ref.ID]; ok {
			delete(p.out, c.ref.ID)
			p.free = append(p.free, c)
		}
	}
}

// putAside takes a coin back to let it rest.
func (p *purse) putAside(c coin, d time.Duration, strict bool) {
	p.put(c)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rest[c.ref.ID] = rest{c.ref.Version, p.now().Add(d), strict}
}

// drop forgets a coin that was out and isn't, or isn't known, any more. If it
// exists after all, the next fill finds it.
func (p *purse) drop(id suitx.Address) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.out, id)
}

// fill replaces the free coins by what the ledger shows. Those that are out
// stay out, and one that came back while the ledger was being read keeps its
// newer version.
func (p *purse) fill(coins []coin) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := make(map[suitx.Address]coin)
	for _, c := range p.free {
		known[c.ref.ID] = c
	}
	p.free = p.free[:0]
	for _, c := range coins {
		if k, ok := known[c.ref.ID]; ok && k.ref.Version > c.ref.Version {
			c = k
		}
		if _, ok := p.out[c.ref.ID]; !ok {
			p.free = append(p.free, c)
		}
	}
}

// fit counts the coins, free or out, that hold at least that much as far as is
// known, and adds up what the free ones hold.
func (p *purse) fit(least uint64) (coins int, free uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	coins = len(p.out)
	for _, c := range p.free {
		free = add(free, c.balance)
		if c.balance >= least {
			coins++
		}
	}
	return coins, free
}

// total is what all coins hold, or held when they were taken out.
func (p *purse) total() (sum uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.free {
		sum = add(sum, c.balance)
	}
	for _, c := range p.out {
		sum = add(sum, c.balance)
	}
	return sum
}

// show lists the free coins, the richest first, without taking them.
func (p *purse) show(n int) []coin {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sort()
	return slices.Clone(p.free[:min(n, len(p.free))])
}
