package vm

import (
	"errors"
	"testing"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/move"
	"floe/server/ledger/native"
)

var testPackage = suitx.Address{31: 0x77}

// testWorld has a package that does what no real one does.
func testWorld() *move.Packages {
	ids, _ := api.Networks(api.Local)
	world := native.New(ids)
	p := &move.Package{ID: testPackage}
	m := p.Module("t")
	uid := world.Packages.Struct(suitx.FrameworkAddress(2), "object", "UID").Of()
	ctx := move.Mut(world.Packages.Struct(suitx.FrameworkAddress(2), "tx_context", "TxContext").Of())
	cell := m.Struct("Cell", move.Key|move.Store, move.Field{Name: "id", Type: uid}, move.Field{Name: "v", Type: move.U64})
	hot := m.Struct("Hot", 0, move.Field{Name: "v", Type: move.U64})
	twin := m.Struct("Twin", move.Copy, move.Field{Name: "v", Type: move.U64})
	nothing := func(*move.Call) error { return nil }
	u64 := func(c *move.Call) error {
		c.ReturnWith(func(w *bcs.Writer) { w.U64(7) })
		return nil
	}
	m.Func("new", move.Params(ctx), move.Returns(move.Val(cell.Of())), func(c *move.Call) error {
		id := c.State.NewID()
		c.ReturnWith(func(w *bcs.Writer) { w.Fixed(id[:]); w.U64(1) })
		return nil
	})
	m.Func("two", move.Params(move.Mut(cell.Of()), move.Mut(cell.Of())), nil, nothing)
	m.Func("mixed", move.Params(move.Imm(cell.Of()), move.Mut(cell.Of())), nil, nothing)
	m.Func("reads", move.Params(move.Imm(cell.Of()), move.Imm(cell.Of())), nil, nothing)
	m.Func("both", move.Params(move.Val(cell.Of()), move.Imm(cell.Of())), nil, nothing)
	m.Func("swallow", move.Params(move.Val(cell.Of())), nil, nothing)
	m.Func("drop", move.Params(move.Val(cell.Of())), nil, func(c *move.Call) error {
		c.State.DeleteID(suitx.Address(c.Args[0][:32]))
		return nil
	})
	m.Func("hot", nil, move.Returns(move.Val(hot.Of())), u64)
	m.Func("cool", move.Params(move.Val(hot.Of())), nil, nothing)
	m.Func("twin", nil, move.Returns(move.Val(twin.Of())), u64)
	m.Func("look", move.Params(move.Imm(twin.Of())), nil, nothing)
	m.Func("take", move.Params(move.Val(twin.Of())), nil, nothing)
	m.Func("entry", nil, nil, nothing).Visibility = move.Private
	m.FindFunc("entry").Entry = true
	m.Func("friend", nil, nil, nothing).Visibility = move.Friend
	m.Func("dear", nil, nil, nothing).Costs(3000)
	m.Func("broken", nil, move.Returns(move.Val(move.U64)), nothing)
	m.Func("faulty", nil, nil, func(c *move.Call) error { c.Fail(errors.New("rot")); return nil })
	m.Func("dearer", nil, nil, nothing).Costs(5000)
	m.Func("large", move.Params(ctx), nil, func(c *move.Call) error {
		id := c.State.NewID()
		c.State.Transfer(move.Object{Type: cell.Tag(), Contents: append(id[:], make([]byte, 200<<10)...)}, suitx.Owner{})
		return nil
	})
	m.Func("big", move.Params(ctx), nil, func(c *move.Call) error {
		id := c.State.NewID()
		c.State.Transfer(move.Object{Type: cell.Tag(), Contents: append(id[:], make([]byte, 250<<10)...)}, suitx.Owner{})
		return nil
	})
	return move.NewPackages(append(world.Packages.All(), p)...)
}

// store is objects in memory.
type store map[suitx.Address]*suitx.Object

func (s store) Object(id suitx.Address) (*suitx.Object, error) { return s[id], nil }

func gasCoin(balance uint64) *suitx.Object {
	return &suitx.Object{Owner: suitx.Owner{Address: suitx.Address{1}}, Move: &suitx.MoveObject{
		Type: suitx.CoinOf(suitx.SUI()), HasPublicTransfer: true, Version: 4, Contents: coinBytes(suitx.Address{9}, balance)}}
}

// run executes b's commands with a budget.
func run(t *testing.T, b *suitx.Builder, budget uint64) (*Outcome, error) {
	t.Helper()
	data, err := b.Build(suitx.Address{1})
	if err != nil {
		t.Fatal(err)
	}
	data.Gas = suitx.GasData{Owner: data.Sender, Price: 1000, Budget: budget}
	return Run(Env{Packages: testWorld(), Objects: store{}},
		Transaction{Data: data, Digest: data.Digest(), Inputs: make([]*suitx.Object, len(data.Inputs)), Gas: []*suitx.Object{gasCoin(1e12)}})
}

func do(b *suitx.Builder, function string, args ...suitx.Argument) suitx.Argument {
	return b.Call(testPackage, "t", function, args...)
}

func TestBorrowsAndAbilities(t *testing.T) {
	problem := func(arg uint16, p suitx.ArgumentProblem, command uint64) *suitx.ExecutionFailure {
		return &suitx.ExecutionFailure{Kind: suitx.CommandArgumentError, Argument: arg, Problem: p, Command: &command}
	}
	at := func(kind suitx.FailureKind, command uint64) *suitx.ExecutionFailure {
		return &suitx.ExecutionFailure{Kind: kind, Command: &command}
	}
	unused := func(i, j uint16) *suitx.ExecutionFailure {
		return &suitx.ExecutionFailure{Kind: suitx.UnusedValueWithoutDrop, First: i, Second: j}
	}
	for _, c := range []struct {
		name string
		want *suitx.ExecutionFailure
		do   func(b *suitx.Builder)
	}{
		{"two cells by &mut", nil, func(b *suitx.Builder) {
			x, y := do(b, "new"), do(b, "new")
			do(b, "two", x, y)
			b.Transfer(suitx.Address{}, x, y)
		}},
		{"one cell twice by &mut", problem(0, suitx.InvalidReferenceArgument, 1), func(b *suitx.Builder) {
			x := do(b, "new")
			do(b, "two", x, x)
			b.Transfer(suitx.Address{}, x)
		}},
		{"one cell by & and &mut", problem(1, suitx.InvalidReferenceArgument, 1), func(b *suitx.Builder) {
			x := do(b, "new")
			do(b, "mixed", x, x)
			b.Transfer(suitx.Address{}, x)
		}},
		{"one cell twice by &", nil, func(b *suitx.Builder) {
			x := do(b, "new")
			do(b, "reads", x, x)
			b.Transfer(suitx.Address{}, x)
		}},
		{"one cell by value and by &", problem(1, suitx.ArgumentWithoutValue, 1), func(b *suitx.Builder) {
			x := do(b, "new")
			do(b, "both", x, x)
		}},
		{"hot potato left over", unused(0, 0), func(b *suitx.Builder) { do(b, "hot") }},
		{"hot potato taken", nil, func(b *suitx.Builder) { do(b, "cool", do(b, "hot")) }},
		{"hot potato transferred", problem(0, suitx.InvalidTransferObjectAsArg, 1), func(b *suitx.Builder) {
			b.Transfer(suitx.Address{}, do(b, "hot"))
		}},
		{"copied without drop, last only looked at", unused(0, 0), func(b *suitx.Builder) {
			x := do(b, "twin")
			do(b, "take", x)
			do(b, "look", x)
		}},
		{"copied without drop, last taken", nil, func(b *suitx.Builder) {
			x := do(b, "twin")
			do(b, "take", x)
			do(b, "look", x)
			do(b, "take", x)
		}},
		{"entry function", nil, func(b *suitx.Builder) { do(b, "entry") }},
		{"friend's function", at(suitx.NonEntryFunctionInvoked, 0), func(b *suitx.Builder) { do(b, "friend") }},
		{"object too big", &suitx.ExecutionFailure{Kind: suitx.MoveObjectTooBig, Size: 250<<10 + 32, Limit: 250 << 10},
			func(b *suitx.Builder) { do(b, "big") }},
		{"over the budget", at(suitx.InsufficientGas, 1), func(b *suitx.Builder) {
			do(b, "entry")
			do(b, "dear")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b suitx.Builder
			c.do(&b)
			out, err := run(t, &b, 4_000_000_000)
			if c.name == "over the budget" {
				out, err = run(t, &b, 3_000_000)
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := out.Effects.Status.Failure; !sameFailure(got, c.want) {
				t.Errorf("ended %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestLimits has programs that are small and would take much.
func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		want suitx.FailureKind
		do   func(b *suitx.Builder)
	}{
		"vectors of vectors": {suitx.MovePrimitiveRuntimeError, func(b *suitx.Builder) {
			typ := suitx.VectorOf(suitx.TypeTag{Kind: suitx.TypeU8})
			v := b.Bytes(make([]byte, 1000))
			for range 5 {
				elem := typ
				all := make([]suitx.Argument, 500)
				for i := range all {
					all[i] = v
				}
				v = b.Command(&suitx.MakeMoveVec{Type: &elem, Elements: all})
				typ = suitx.VectorOf(elem)
			}
		}},
		"new objects": {suitx.MovePrimitiveRuntimeError, func(b *suitx.Builder) {
			amount := b.U64(1)
			for range 5 {
				c := &suitx.SplitCoins{Coin: suitx.GasCoin}
				for range 500 {
					c.Amounts = append(c.Amounts, amount)
				}
				r := b.Command(c)
				for i := range uint16(500) {
					b.Transfer(suitx.Address{}, r.Result(i))
				}
			}
		}},
		"bytes written": {suitx.WrittenObjectsTooLarge, func(b *suitx.Builder) {
			for range 30 {
				do(b, "large")
			}
		}},
		"computation": {suitx.InsufficientGas, func(b *suitx.Builder) {
			for range 1024 {
				do(b, "dearer")
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var b suitx.Builder
			c.do(&b)
			out, err := run(t, &b, 50_000_000_000)
			if err != nil {
				t.Fatal(err)
			}
			if f := out.Effects.Status.Failure; f == nil || f.Kind != c.want {
				t.Errorf("ended %+v", f)
			}
		})
	}
}

func sameFailure(a, b *suitx.ExecutionFailure) bool {
	x := suitx.Effects{Status: suitx.ExecutionStatus{Failure: a}}
	y := suitx.Effects{Status: suitx.ExecutionStatus{Failure: b}}
	return string(x.Marshal()) == string(y.Marshal())
}

func TestWrappedInNothingOrDeletedAtOnce(t *testing.T) {
	var b suitx.Builder
	do(&b, "swallow", do(&b, "new"))
	do(&b, "drop", do(&b, "new"))
	out, err := run(t, &b, 4_000_000_000)
	if err != nil {
		t.Fatal(err)
	}
	swallowed := suitx.DerivedObjectID(out.Effects.TransactionDigest, 0)
	if n := len(out.Effects.ChangedObjects); n != 2 || len(out.Written) != 1 || len(out.Removed) != 0 {
		t.Fatalf("%d objects changed, %d written, %d removed", n, len(out.Written), len(out.Removed))
	}
	for _, c := range out.Effects.ChangedObjects {
		if c.ID == swallowed && (c.IDOperation != suitx.IDCreated || c.Output.Kind != suitx.OutputNotExist || c.Input != nil) {
			t.Errorf("created and wrapped: %+v", c)
		}
	}
}

// TestDefectsAreNoOutcomes lets native code break its promises: the
// transaction must neither succeed nor fail, for nothing true can be said of it.
func TestDefectsAreNoOutcomes(t *testing.T) {
	for _, f := range []string{"broken", "faulty"} {
		var b suitx.Builder
		do(&b, f)
		if out, err := run(t, &b, 4_000_000_000); err == nil {
			t.Errorf("%s had the outcome %+v", f, out.Effects.Status)
		}
	}
}

func TestGasOfUnits(t *testing.T) {
	for _, c := range []struct{ units, budget, want uint64 }{
		{0, 1e9, 1_000_000}, {999, 1e9, 1_000_000}, {1000, 1e9, 1_000_000}, {1001, 1e9, 2_000_000},
		{0, 1_000_000, 1_000_000}, {5000, 2_000_000, 2_000_000},
	} {
		m := meter{price: 1000, budget: c.budget, units: c.units}
		if got := m.computation(); got != c.want {
			t.Errorf("%d units of %d cost %d, want %d", c.units, c.budget, got, c.want)
		}
	}
	for old, want := range map[uint64]uint64{0: 0, 988_000: 978_120, 1: 1, 49: 49, 50: 50, 51: 50, 1<<63 - 1: 9131138316486228049} {
		if got := (storage{old: old}).rebate(); got != want {
			t.Errorf("of %d comes back %d, want %d", old, got, want)
		}
	}
}
