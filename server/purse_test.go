package server

import (
	"encoding/binary"
	"testing"
	"time"

	"floe/codec/suitx"
)

// Somebody sends the sponsor more dust than one transaction can pay with: what
// is split into new coins is still what the sponsor is rich in.
func TestDustDoesntHideTheSponsorsCoins(t *testing.T) {
	p := newPurse(time.Now)
	var coins []coin
	for i := range uint64(3 * maxPayment) {
		var id suitx.Address
		binary.BigEndian.PutUint64(id[:], i)
		coins = append(coins, coin{suitx.ObjectRef{ID: id, Version: 1}, 1})
	}
	coins[2*maxPayment].balance = gasWanted
	p.fill(coins)
	taken := p.takeAll(maxPayment)
	if _, sum := held(taken); len(taken) != maxPayment || sum < gasWanted {
		t.Fatalf("%d coins of %d together were taken", len(taken), sum)
	}
	p.put(taken...)
	if n, sum := p.fit(gasCap); n != 1 || sum != gasWanted+3*maxPayment-1 {
		t.Errorf("%d coins are fit, %d are held", n, sum)
	}
}

// A coin that was part of a conflict is taken when there is no other; one that
// another transaction holds isn't taken at all until it moves on or time is up.
func TestCoinsRest(t *testing.T) {
	now := time.Now()
	p := newPurse(func() time.Time { return now })
	rich, poor := coin{suitx.ObjectRef{ID: suitx.Address{1}, Version: 1}, 10}, coin{suitx.ObjectRef{ID: suitx.Address{2}, Version: 1}, 5}
	takes := func(want ...coin) {
		t.Helper()
		for i, w := range want {
			if c, ok := p.take(1); !ok || c != w {
				t.Fatalf("take %d gives %+v, want %+v", i, c, w)
			}
		}
		if c, ok := p.take(1); ok {
			t.Fatalf("%+v is taken too", c)
		}
	}
	p.fill([]coin{rich, poor})
	takes(rich, poor)
	p.put(poor)
	p.putAside(rich, time.Minute, false)
	takes(poor, rich)
	p.put(poor)
	p.putAside(rich, time.Minute, true)
	takes(poor)
	p.put(poor)
	p.fill([]coin{rich, poor})
	takes(poor)
	p.put(poor)
	if all := p.takeAll(9); len(all) != 1 || all[0] != poor {
		t.Errorf("of two coins, one resting, %v are taken", all)
	}
	rich.ref.Version++
	p.fill([]coin{rich, poor})
	takes(rich)
	p.putAside(rich, time.Minute, true)
	now = now.Add(time.Minute)
	takes(rich)
	if p.total() != 15 {
		t.Errorf("the purse holds %d", p.total())
	}
}

func TestTakeSum(t *testing.T) {
	p := newPurse(time.Now)
	var coins []coin
	for i := range byte(5) {
		coins = append(coins, coin{suitx.ObjectRef{ID: suitx.Address{i}, Version: 1}, uint64(i) + 1})
	}
	p.fill(coins)
	for _, c := range []struct{ least, coins, sum uint64 }{{0, 1, 5}, {5, 1, 5}, {6, 2, 9}, {15, 5, 15}, {16, 0, 0}} {
		got, ok := p.takeSum(c.least, 9)
		if _, sum := held(got); ok != (c.coins > 0) || uint64(len(got)) != c.coins || sum != c.sum {
			t.Errorf("at least %d: %d coins of %d", c.least, len(got), sum)
		}
		p.put(got...)
	}
	if got, ok := p.takeSum(15, 4); ok {
		t.Errorf("more coins than allowed: %v", got)
	}
	if n, sum := p.fit(0); n != 5 || sum != 15 {
		t.Errorf("%d coins of %d are left", n, sum)
	}
}

// What is split stays split, whatever there is.
func TestPieces(t *testing.T) {
	for sum, want := range map[uint64]int{
		0: 0, gasFloor: 0, 3 * gasFloor: 0, 4 * gasFloor: 1, 1_000_000_000: 7, 5_000_000_000: 7,
		16 * gasCoinWorth: 15, gasWanted: gasCoins, 10 * gasWanted: gasCoins,
	} {
		one := []coin{{balance: sum}}
		n, each := pieces(one, gasCoins, 2*gasFloor, gasCoinWorth)
		if n != want || n > 0 && (each < 2*gasFloor || each > sum/uint64(n+1)) {
			t.Errorf("%d MIST: %d pieces of %d, want %d", sum, n, each, want)
			continue
		}
		var after []coin
		for range n {
			after = append(after, coin{balance: each})
		}
		after = append(after, coin{balance: sum - uint64(n)*each - min(each/2, 40_000_000)}) // what is left, gas taken off
		if again, _ := pieces(after, gasCoins, 2*gasFloor, gasCoinWorth); n > 0 && again != 0 {
			t.Errorf("%d MIST: split into %d, then again into %d", sum, n, again)
		}
	}
}
