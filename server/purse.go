package server

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

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
// can spoil another's.
type purse struct {
	mu   sync.Mutex
	free []coin
	out  map[suitx.Address]bool
}

func newPurse() *purse { return &purse{out: make(map[suitx.Address]bool)} }

// take hands out the richest free coin, if it holds at least that much.
func (p *purse) take(least uint64) (coin, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	best := -1
	for i, c := range p.free {
		if c.balance >= least && (best < 0 || c.balance > p.free[best].balance) {
			best = i
		}
	}
	if best < 0 {
		return coin{}, false
	}
	c := p.free[best]
	p.free = append(p.free[:best], p.free[best+1:]...)
	p.out[c.ref.ID] = true
	return c, true
}

// takeAll hands out every free coin, at most n, the richest first: anybody may
// send the sponsor any number of coins that hold next to nothing.
func (p *purse) takeAll(n int) []coin {
	p.mu.Lock()
	defer p.mu.Unlock()
	n = min(n, len(p.free))
	slices.SortFunc(p.free, func(a, b coin) int { return cmp.Compare(b.balance, a.balance) })
	all := append([]coin(nil), p.free[:n]...)
	p.free = append([]coin(nil), p.free[n:]...)
	for _, c := range all {
		p.out[c.ref.ID] = true
	}
	return all
}

// put takes coins back, at their last versions.
func (p *purse) put(coins ...coin) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range coins {
		if p.out[c.ref.ID] {
			delete(p.out, c.ref.ID)
			p.free = append(p.free, c)
		}
	}
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
		if !p.out[c.ref.ID] {
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
