package ledger

import (
	"testing"

	"floe/codec/suitx"
)

func TestFaucetAndTransfer(t *testing.T) {
	n := newNetwork(t)
	alice, bob := n.rich("alice"), newAccount("bob")
	var b suitx.Builder
	b.Transfer(bob.Address, b.Split(suitx.GasCoin, 1_000_000))
	e := n.ok(n.send(&b, alice))
	t.Logf("%+v", e.Effects)
	t.Logf("%+v", e.Balances)
	got, err := n.Balance(bob.Address, suitx.SUI())
	if err != nil || got.Total != 1_000_000 || got.Coins != 1 {
		t.Fatalf("bob has %+v, %v", got, err)
	}
}
