package ledger

import (
	"context"
	"testing"

	"floe/codec/suitx"
)

func TestSimulate(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	before := must(n.LatestCheckpoint()).Sequence
	var b suitx.Builder
	c := b.Split(suitx.GasCoin, 5)
	sui(&b, "coin", "value", c)
	b.Transfer(alice.Address, c)
	data := must(b.Build(alice.Address))
	e, err := n.Simulate(context.Background(), data, SimulateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	n.ok(e)
	if len(data.Gas.Payment) != 0 {
		t.Error("the caller's transaction was changed")
	}
	if e.Effects.GasUsed.Computation != 1_000_000 || len(e.Results) != 3 {
		t.Errorf("cost %+v with %d results", e.Effects.GasUsed, len(e.Results))
	}
	if r := e.Results[1].Returned; len(r) != 1 || r[0].Type.Kind != suitx.TypeU64 || r[0].BCS[0] != 5 {
		t.Errorf("value returned %+v", r)
	}
	if m := e.Results[0].Mutated; len(m) != 1 || m[0].Argument != suitx.GasCoin {
		t.Errorf("split changed %+v", m)
	}
	if after := must(n.LatestCheckpoint()).Sequence; after != before {
		t.Error("a simulation made a checkpoint")
	}
	paid := n.build(&b, alice)
	simulated, err := n.Simulate(context.Background(), paid, SimulateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if real := n.sign(paid, alice); string(real.Effects.Marshal()) != string(simulated.Effects.Marshal()) {
		t.Error("the execution had other effects than its simulation")
	}
}

func TestSimulateChecks(t *testing.T) {
	n := newNetwork(t)
	alice, mallory := n.rich("alice"), newAccount("mallory")
	coin := n.coin(alice, n.world.WAL()).Ref
	var b suitx.Builder
	b.Transfer(mallory.Address, b.Object(coin))
	data := must(b.Build(mallory.Address))
	if _, err := n.Simulate(context.Background(), data, SimulateOptions{}); !refused(err, ErrInvalidTransaction, "IncorrectUserSignature") {
		t.Errorf("somebody else's coin gave %v", err)
	}
	e, err := n.Simulate(context.Background(), data, SimulateOptions{SkipChecks: true})
	if err != nil {
		t.Fatal(err)
	}
	n.ok(e)
	b = suitx.Builder{}
	n.parcel(&b, "check")
	b.Split(suitx.GasCoin, 1)
	e, err = n.Simulate(context.Background(), must(b.Build(alice.Address)), SimulateOptions{})
	if err != nil || statusText(e) != "failure 18 at 0" {
		t.Errorf("a private function gave %v", err)
	}
	b = suitx.Builder{}
	b.Split(suitx.GasCoin, 1)
	if e, err = n.Simulate(context.Background(), must(b.Build(alice.Address)), SimulateOptions{}); err != nil || statusText(e) != "unused 0.0" {
		t.Errorf("a result left over gave %v", err)
	}
	if e, err = n.Simulate(context.Background(), must(b.Build(alice.Address)), SimulateOptions{SkipChecks: true}); err != nil || statusText(e) != "" {
		t.Errorf("a result left over without checks gave %v", err)
	}
	data = n.build(&b, alice)
	data.Gas.Price = 1
	if _, err := n.Simulate(context.Background(), data, SimulateOptions{}); !refused(err, ErrInvalidTransaction, "GasPriceUnderRGP") {
		t.Errorf("a price too low gave %v", err)
	}
}
