package ledger

import (
	"testing"

	"floe/codec/suitx"
)

// A coin sent to an object's ID can be named, and taken by nobody but the object.
func TestReceiving(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	var b suitx.Builder
	b.Transfer(n.ids.System, b.Split(suitx.GasCoin, 5))
	e := n.ok(n.send(&b, a))
	sent := created(e, "coin", "Coin")[0].Ref()
	coin := []suitx.TypeTag{suitx.CoinOf(suitx.SUI()).Tag()}
	transfer := func(b *suitx.Builder, function string, args ...suitx.Argument) suitx.Argument {
		return b.Command(&suitx.MoveCall{Package: framework(), Module: "transfer", Function: function, TypeArgs: coin, Args: args})
	}
	b = suitx.Builder{}
	transfer(&b, "receiving_object_id", b.Receiving(sent))
	e = n.ok(n.send(&b, a))
	for _, c := range e.Effects.ChangedObjects {
		if c.ID == sent.ID {
			t.Errorf("looking at it changed it: %+v", c)
		}
	}
	if again := must(n.Transaction(e.Digest)); len(again.Inputs) != len(e.Inputs) {
		t.Errorf("%d inputs, then %d", len(e.Inputs), len(again.Inputs))
	}
	b = suitx.Builder{}
	id := call(&b, "object", "new")
	b.Transfer(a.Address, transfer(&b, "public_receive", id, b.Receiving(sent)))
	call(&b, "object", "delete", id)
	if got := statusText(n.send(&b, a)); got != "abort transfer::receive_impl 3 at 1" {
		t.Errorf("another object's ended %q", got)
	}
	b = suitx.Builder{}
	b.Transfer(a.Address, transfer(&b, "receive", call(&b, "object", "new"), b.Receiving(sent)))
	if got := statusText(n.send(&b, a)); got != "failure 18 at 1" {
		t.Errorf("what only modules may call ended %q", got)
	}
}
