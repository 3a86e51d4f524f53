package server

import (
	"encoding/binary"
	"testing"

	"floe/codec/suitx"
)

// Somebody sends the sponsor more dust than one transaction can pay with: what
// is split into new coins is still what the sponsor is rich in.
func TestDustDoesntHideTheSponsorsCoins(t *testing.T) {
	p := newPurse()
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
