package ledger

import (
	"context"
	"testing"

	"floe/codec/suitx"
)

func framework() suitx.Address { return suitx.FrameworkAddress(2) }

// sui calls a function of 0x2 with SUI as its type argument.
func sui(b *suitx.Builder, module, function string, args ...suitx.Argument) suitx.Argument {
	return b.Command(&suitx.MoveCall{Package: framework(), Module: module, Function: function,
		TypeArgs: []suitx.TypeTag{suitx.SUI()}, Args: args})
}

// call calls a function of 0x2 without type arguments.
func call(b *suitx.Builder, module, function string, args ...suitx.Argument) suitx.Argument {
	return b.Call(framework(), module, function, args...)
}

// script is a table case: commands of a's, and how they end ("" for success).
type script struct {
	name string
	want string
	do   func(n *network, b *suitx.Builder, a account)
}

func runScripts(t *testing.T, scripts []script) {
	n := newNetwork(t)
	a := n.rich("alice")
	for _, s := range scripts {
		t.Run(s.name, func(t *testing.T) {
			var b suitx.Builder
			s.do(n, &b, a)
			data := n.build(&b, a)
			before := must(n.Balance(a.Address, suitx.SUI())).Total
			e := n.sign(data, a)
			if got := statusText(e); got != s.want {
				t.Fatalf("ended %q, want %q", got, s.want)
			}
			if s.want != "" {
				checkFailedEffects(t, n, data, e, before)
			}
		})
	}
}

// checkFailedEffects demands that a failure cost gas, bumped gas and inputs and did nothing else.
func checkFailedEffects(t *testing.T, n *network, data *suitx.TransactionData, e *Executed, before uint64) {
	t.Helper()
	if len(e.Events) > 0 {
		t.Errorf("a failed transaction has %d events", len(e.Events))
	}
	touched := map[suitx.Address]bool{data.Gas.Payment[0].ID: true}
	for _, in := range data.Inputs {
		if in.Kind == suitx.InputObject && (in.Object.Kind == suitx.ImmOrOwned || in.Object.Mutable) {
			touched[in.Object.Ref.ID] = true
		}
	}
	if len(e.Effects.ChangedObjects) != len(touched) {
		t.Errorf("%d objects changed, want %d", len(e.Effects.ChangedObjects), len(touched))
	}
	for _, c := range e.Effects.ChangedObjects {
		if !touched[c.ID] || c.Input == nil || c.Output.Kind != suitx.OutputObject || c.IDOperation != suitx.IDNone {
			t.Errorf("object %s changed in an unexpected way: %+v", c.ID, c)
		}
	}
	after := must(n.Balance(data.Gas.Owner, suitx.SUI())).Total
	if int64(before)-int64(after) != e.Effects.GasUsed.Net() {
		t.Errorf("the payer lost %d, gas cost %d", before-after, e.Effects.GasUsed.Net())
	}
}

func TestCoinFunctions(t *testing.T) {
	runScripts(t, []script{
		{"split, join, value", "", func(n *network, b *suitx.Builder, a account) {
			c := sui(b, "coin", "split", suitx.GasCoin, b.U64(100))
			sui(b, "coin", "join", suitx.GasCoin, c)
			sui(b, "coin", "value", suitx.GasCoin)
		}},
		{"split too much", "abort balance::split 2 at 0", func(n *network, b *suitx.Builder, a account) {
			b.Transfer(a.Address, sui(b, "coin", "split", suitx.GasCoin, b.U64(1<<62)))
		}},
		{"zero and destroy", "", func(n *network, b *suitx.Builder, a account) {
			sui(b, "coin", "destroy_zero", sui(b, "coin", "zero"))
		}},
		{"destroy what isn't zero", "abort balance::destroy_zero 0 at 1", func(n *network, b *suitx.Builder, a account) {
			sui(b, "coin", "destroy_zero", b.Split(suitx.GasCoin, 1))
		}},
		{"into and from balance", "", func(n *network, b *suitx.Builder, a account) {
			bal := sui(b, "coin", "into_balance", b.Split(suitx.GasCoin, 7))
			sui(b, "balance", "value", bal)
			b.Transfer(a.Address, sui(b, "coin", "from_balance", bal))
		}},
		{"balances", "", func(n *network, b *suitx.Builder, a account) {
			x := sui(b, "coin", "into_balance", b.Split(suitx.GasCoin, 7))
			y := sui(b, "balance", "split", x, b.U64(3))
			sui(b, "balance", "join", x, y)
			z := sui(b, "balance", "withdraw_all", x)
			sui(b, "balance", "destroy_zero", x)
			b.Transfer(a.Address, sui(b, "coin", "take", z, b.U64(7)))
			sui(b, "balance", "destroy_zero", z)
		}},
		{"take more than there is", "abort balance::split 2 at 1", func(n *network, b *suitx.Builder, a account) {
			z := sui(b, "balance", "zero")
			b.Transfer(a.Address, sui(b, "coin", "take", z, b.U64(1)))
			sui(b, "balance", "destroy_zero", z)
		}},
		{"destroy a balance", "abort balance::destroy_zero 0 at 3", func(n *network, b *suitx.Builder, a account) {
			z := sui(b, "balance", "zero")
			sui(b, "coin", "put", z, b.Split(suitx.GasCoin, 5))
			sui(b, "balance", "destroy_zero", z)
		}},
		{"divide into n", "", func(n *network, b *suitx.Builder, a account) {
			c := b.Split(suitx.GasCoin, 10)
			v := sui(b, "coin", "divide_into_n", c, b.U64(3))
			sui(b, "pay", "join_vec", c, v)
			b.Transfer(a.Address, c)
		}},
		{"divide into none", "abort coin::divide_into_n 1 at 1", func(n *network, b *suitx.Builder, a account) {
			c := b.Split(suitx.GasCoin, 10)
			sui(b, "pay", "join_vec", c, sui(b, "coin", "divide_into_n", c, b.U64(0)))
			b.Transfer(a.Address, c)
		}},
		{"divide into too many", "abort coin::divide_into_n 2 at 1", func(n *network, b *suitx.Builder, a account) {
			c := b.Split(suitx.GasCoin, 10)
			sui(b, "pay", "join_vec", c, sui(b, "coin", "divide_into_n", c, b.U64(11)))
			b.Transfer(a.Address, c)
		}},
		{"pay", "", func(n *network, b *suitx.Builder, a account) {
			c := b.Split(suitx.GasCoin, 100)
			sui(b, "pay", "split", c, b.U64(1))
			sui(b, "pay", "split_vec", c, b.Pure([]byte{2, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}))
			sui(b, "pay", "split_and_transfer", c, b.U64(3), b.Address(newAccount("bob").Address))
			sui(b, "pay", "join", c, b.Split(suitx.GasCoin, 4))
			sui(b, "pay", "keep", c)
		}},
		{"join a vector and transfer", "", func(n *network, b *suitx.Builder, a account) {
			v := b.Command(&suitx.MakeMoveVec{Elements: []suitx.Argument{b.Split(suitx.GasCoin, 1), b.Split(suitx.GasCoin, 2)}})
			sui(b, "pay", "join_vec_and_transfer", v, b.Address(a.Address))
		}},
		{"join an empty vector", "abort pay::join_vec_and_transfer 0 at 1", func(n *network, b *suitx.Builder, a account) {
			typ := suitx.CoinOf(suitx.SUI()).Tag()
			v := b.Command(&suitx.MakeMoveVec{Type: &typ})
			sui(b, "pay", "join_vec_and_transfer", v, b.Address(a.Address))
		}},
		{"merge", "", func(n *network, b *suitx.Builder, a account) {
			c := b.Split(suitx.GasCoin, 1)
			b.Command(&suitx.MergeCoins{Into: c, Sources: []suitx.Argument{b.Split(suitx.GasCoin, 2), b.Split(suitx.GasCoin, 3)}})
			b.Command(&suitx.MergeCoins{Into: suitx.GasCoin, Sources: []suitx.Argument{c}})
		}},
		{"split more than the gas coin has", "failure 7 at 0", func(n *network, b *suitx.Builder, a account) {
			b.Transfer(a.Address, b.Split(suitx.GasCoin, 1<<62))
		}},
	})
}

func TestTransferFunctions(t *testing.T) {
	coin := suitx.CoinOf(suitx.SUI()).Tag()
	transfer := func(b *suitx.Builder, function string, args ...suitx.Argument) {
		b.Command(&suitx.MoveCall{Package: framework(), Module: "transfer", Function: function,
			TypeArgs: []suitx.TypeTag{coin}, Args: args})
	}
	n := newNetwork(t)
	a := n.rich("alice")
	bob := newAccount("bob")
	var b suitx.Builder
	transfer(&b, "public_transfer", b.Split(suitx.GasCoin, 1), b.Address(bob.Address))
	transfer(&b, "public_freeze_object", b.Split(suitx.GasCoin, 2))
	transfer(&b, "public_share_object", b.Split(suitx.GasCoin, 3))
	e := n.ok(n.send(&b, a))
	want := map[byte]suitx.Owner{1: {Address: bob.Address}, 2: {Kind: suitx.ImmutableOwner},
		3: {Kind: suitx.SharedOwner, Version: e.Effects.LamportVersion}}
	var frozen, shared *suitx.Object
	for _, o := range created(e, "coin", "Coin") {
		v := o.Move.Contents[32]
		if o.Owner != want[v] {
			t.Errorf("coin of %d belongs to %+v, want %+v", v, o.Owner, want[v])
		}
		switch v {
		case 2:
			frozen = o
		case 3:
			shared = o
		}
	}
	b = suitx.Builder{}
	sui(&b, "coin", "value", b.Object(frozen.Ref()))
	sui(&b, "coin", "join", b.Shared(shared.ID(), shared.Owner.Version, true), b.Split(suitx.GasCoin, 4))
	e = n.ok(n.send(&b, a))
	if o := output(e, shared.ID()); o.Owner != shared.Owner || o.Move.Contents[32] != 7 {
		t.Errorf("shared coin became %+v", o)
	}
	if output(e, frozen.ID()) != nil {
		t.Error("a frozen coin changed its version")
	}
	b = suitx.Builder{}
	transfer(&b, "public_share_object", b.Shared(shared.ID(), shared.Owner.Version, true))
	if o := output(n.ok(n.send(&b, a)), shared.ID()); o.Owner != shared.Owner {
		t.Errorf("a coin shared again belongs to %+v, want %+v", o.Owner, shared.Owner)
	}
}

func TestTransferredGasCoinPaysTheGas(t *testing.T) {
	n := newNetwork(t)
	a, bob := n.rich("alice"), newAccount("bob")
	before := n.coin(a, suitx.SUI())
	var b suitx.Builder
	b.Transfer(bob.Address, suitx.GasCoin)
	e := n.ok(n.send(&b, a))
	got := n.coin(bob, suitx.SUI())
	if got.Ref.ID != before.Ref.ID || int64(*got.Balance) != int64(*before.Balance)-e.Effects.GasUsed.Net() {
		t.Errorf("bob got %d of %d, gas was %d", *got.Balance, *before.Balance, e.Effects.GasUsed.Net())
	}
}

func TestPaymentOfSeveralCoinsIsMerged(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	var b suitx.Builder
	b.Transfer(a.Address, b.Split(suitx.GasCoin, 30_000_000), b.Split(suitx.GasCoin, 40_000_000))
	e := n.ok(n.send(&b, a))
	made := created(e, "coin", "Coin")
	for _, fails := range []bool{false, true} {
		b = suitx.Builder{}
		if fails {
			sui(&b, "coin", "destroy_zero", b.Split(suitx.GasCoin, 1))
		} else {
			b.Transfer(a.Address, b.Split(suitx.GasCoin, 35_000_000), b.Split(suitx.GasCoin, 5_000_000))
		}
		data := must(b.Build(a.Address))
		data.Gas = suitx.GasData{Owner: a.Address, Price: 1000, Budget: 20_000_000}
		for _, o := range made {
			data.Gas.Payment = append(data.Gas.Payment, o.Ref())
		}
		e = n.sign(data, a)
		if e.Effects.Status.Success() == fails {
			t.Fatalf("ended %q", statusText(e))
		}
		if output(e, made[1].ID()) != nil || output(e, made[0].ID()) == nil {
			t.Error("the payment wasn't merged into its first coin")
		}
		made = created(e, "coin", "Coin")
	}
	if _, err := n.Execute(context.Background(), nil, nil); !refused(err, ErrInvalidTransaction, "TransactionDeserializationError") {
		t.Errorf("an empty transaction gives %v", err)
	}
}
