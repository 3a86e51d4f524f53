package ledger

import (
	"context"
	"errors"
	"testing"

	"floe/codec/suitx"
	"floe/server/ledger/native"
)

// TestRefusals changes one thing of a good transaction; nothing of what it does may happen.
func TestRefusals(t *testing.T) {
	n := newNetwork(t)
	alice, mallory := n.rich("alice"), n.rich("mallory")
	_, child := treasuryField(n)
	stale := n.coin(alice, n.world.WAL()).Ref
	var b suitx.Builder
	b.Transfer(alice.Address, b.Split(b.Object(stale), 5))
	n.ok(n.send(&b, alice))
	current := n.coin(alice, n.world.WAL()).Ref

	receive := func(d *suitx.TransactionData, ref suitx.ObjectRef) {
		d.Inputs = append(d.Inputs, suitx.Input{Kind: suitx.InputObject, Object: suitx.ObjectArg{Kind: suitx.Receiving, Ref: ref}})
	}
	object := func(ref suitx.ObjectRef) func(*suitx.TransactionData) {
		return func(d *suitx.TransactionData) {
			d.Inputs = append(d.Inputs, suitx.Input{Kind: suitx.InputObject, Object: suitx.ObjectArg{Ref: ref}})
		}
	}
	shared := func(id suitx.Address, version uint64, mutable bool) func(*suitx.TransactionData) {
		return func(d *suitx.TransactionData) {
			d.Inputs = append(d.Inputs, suitx.Input{Kind: suitx.InputObject, Object: suitx.ObjectArg{
				Kind: suitx.Shared, Ref: suitx.ObjectRef{ID: id, Version: version}, Mutable: mutable}})
		}
	}
	epoch, early := uint64(0), uint64(1)
	for _, c := range []struct {
		name  string
		kind  error
		sui   string
		spoil func(*suitx.TransactionData)
	}{
		{"stale version", ErrObjectConflict, "ObjectVersionUnavailableForConsumption", object(stale)},
		{"version of the future", ErrObjectNotFound, "ObjectNotFound",
			object(suitx.ObjectRef{ID: current.ID, Version: current.Version + 1, Digest: current.Digest})},
		{"wrong digest", ErrInvalidTransaction, "InvalidObjectDigest",
			object(suitx.ObjectRef{ID: current.ID, Version: current.Version})},
		{"unknown object", ErrObjectNotFound, "ObjectNotFound", object(suitx.ObjectRef{ID: suitx.Address{1}, Version: 1})},
		{"somebody else's object", ErrInvalidTransaction, "IncorrectUserSignature", object(n.coin(mallory, suitx.SUI()).Ref)},
		{"child object", ErrInvalidTransaction, "InvalidChildObjectArgument", object(child.Ref())},
		{"shared object as owned", ErrInvalidTransaction, "NotOwnedObjectError", object(must(n.Object(n.ids.System, 0)).Ref())},
		{"package as object", ErrInvalidTransaction, "MovePackageAsObject", object(must(n.Object(n.ids.FloePackage, 0)).Ref())},
		{"owned object as shared", ErrInvalidTransaction, "NotSharedObjectError", shared(current.ID, 1, true)},
		{"unknown shared object", ErrObjectNotFound, "ObjectNotFound", shared(suitx.Address{1}, 1, true)},
		{"shared at another version", ErrInvalidTransaction, "SharedObjectStartingVersionMismatch", shared(n.ids.System, 2, false)},
		{"mutable clock", ErrInvalidTransaction, "ImmutableParameterExpectedError", shared(native.ClockID(), 1, true)},
		{"one object twice", ErrInvalidTransaction, "MutableObjectUsedMoreThanOnce", func(d *suitx.TransactionData) {
			object(current)(d)
			object(current)(d)
		}},
		{"gas coin as input", ErrInvalidTransaction, "MutableObjectUsedMoreThanOnce", func(d *suitx.TransactionData) {
			object(d.Gas.Payment[0])(d)
		}},
		{"gas coin twice", ErrInvalidTransaction, "MutableObjectUsedMoreThanOnce", func(d *suitx.TransactionData) {
			d.Gas.Payment = append(d.Gas.Payment, d.Gas.Payment[0])
		}},
		{"no gas", ErrInvalidTransaction, "MissingGasPayment", func(d *suitx.TransactionData) { d.Gas.Payment = nil }},
		{"WAL as gas", ErrInvalidTransaction, "InvalidGasObject", func(d *suitx.TransactionData) { d.Gas.Payment[0] = current }},
		{"shared object as gas", ErrInvalidTransaction, "GasObjectNotOwnedObject", func(d *suitx.TransactionData) {
			d.Gas.Payment[0] = must(n.Object(n.ids.System, 0)).Ref()
		}},
		{"somebody else's gas", ErrInvalidTransaction, "IncorrectUserSignature", func(d *suitx.TransactionData) {
			d.Gas.Payment[0] = n.coin(mallory, suitx.SUI()).Ref
		}},
		{"price too low", ErrInvalidTransaction, "GasPriceUnderRGP", func(d *suitx.TransactionData) { d.Gas.Price = 999 }},
		{"price too high", ErrInvalidTransaction, "GasPriceTooHigh", func(d *suitx.TransactionData) { d.Gas.Price = 100_000 }},
		{"budget too low", ErrInvalidTransaction, "GasBudgetTooLow", func(d *suitx.TransactionData) { d.Gas.Budget = 999_999 }},
		{"budget too high", ErrInvalidTransaction, "GasBudgetTooHigh", func(d *suitx.TransactionData) { d.Gas.Budget = 50_000_000_001 }},
		{"budget over the balance", ErrInvalidTransaction, "GasBalanceTooLow", func(d *suitx.TransactionData) {
			d.Gas.Payment[0] = n.smallCoin(alice, 1_500_000)
			d.Gas.Budget = 2_000_000
		}},
		{"expired", ErrInvalidTransaction, "TransactionExpired", func(d *suitx.TransactionData) {
			d.Expiration = suitx.Expiration{Kind: suitx.ExpirationValidDuring, Chain: n.ChainID(), MinEpoch: &early, MaxEpoch: &early}
		}},
		{"another chain", ErrInvalidTransaction, "InvalidChainId", func(d *suitx.TransactionData) {
			d.Expiration = suitx.Expiration{Kind: suitx.ExpirationValidDuring, MinEpoch: &epoch, MaxEpoch: &epoch}
		}},
		{"pure input too large", ErrInvalidTransaction, "SizeLimitExceeded", func(d *suitx.TransactionData) {
			d.Inputs = append(d.Inputs, suitx.Input{Pure: make([]byte, 16<<10+1)})
		}},
		{"transaction too large", ErrInvalidTransaction, "SizeLimitExceeded", func(d *suitx.TransactionData) {
			for range 8 {
				d.Inputs = append(d.Inputs, suitx.Input{Pure: make([]byte, 16<<10)})
			}
		}},
		{"too many inputs", ErrInvalidTransaction, "SizeLimitExceeded", func(d *suitx.TransactionData) {
			d.Inputs = make([]suitx.Input, 2048)
		}},
		{"too many commands", ErrInvalidTransaction, "SizeLimitExceeded", func(d *suitx.TransactionData) {
			for range 1025 {
				d.Commands = append(d.Commands, d.Commands[0])
			}
		}},
		{"too many arguments", ErrInvalidTransaction, "SizeLimitExceeded", func(d *suitx.TransactionData) {
			d.Commands = append(d.Commands, &suitx.SplitCoins{Coin: suitx.GasCoin, Amounts: make([]suitx.Argument, 513)})
		}},
		{"types of types", ErrInvalidTransaction, "SizeLimitExceeded", func(d *suitx.TransactionData) {
			typ := suitx.SUI()
			for range 13 {
				typ = suitx.VectorOf(typ)
			}
			d.Commands = append(d.Commands, &suitx.MoveCall{Package: framework(), Module: "coin", Function: "zero",
				TypeArgs: []suitx.TypeTag{typ, suitx.SUI(), suitx.SUI()}})
		}},
		{"nothing to transfer", ErrInvalidTransaction, "EmptyCommandInput", func(d *suitx.TransactionData) {
			d.Commands = append(d.Commands, &suitx.TransferObjects{})
		}},
		{"vector of nothing without type", ErrInvalidTransaction, "EmptyCommandInput", func(d *suitx.TransactionData) {
			d.Commands = append(d.Commands, &suitx.MakeMoveVec{})
		}},
		{"unknown package", ErrInvalidTransaction, "DependentPackageNotFound", func(d *suitx.TransactionData) {
			d.Commands = append(d.Commands, &suitx.MoveCall{Package: suitx.Address{9}, Module: "m", Function: "f"})
		}},
		{"package that is elsewhere", ErrUnsupported, "Unsupported", func(d *suitx.TransactionData) {
			d.Commands = append(d.Commands, &suitx.MoveCall{Package: suitx.FrameworkAddress(3), Module: "sui_system", Function: "request_add_stake"})
		}},
		{"function that isn't here", ErrUnsupported, "Unsupported", func(d *suitx.TransactionData) {
			d.Commands = append(d.Commands, &suitx.MoveCall{Package: n.ids.WalrusPackage, Module: "system", Function: "create_storage_pool"})
		}},
		{"function that is only declared", ErrUnsupported, "Unsupported", func(d *suitx.TransactionData) {
			d.Commands = append(d.Commands, &suitx.MoveCall{Package: n.ids.WalrusPackage, Module: "staking", Function: "stake_with_pool"})
		}},
		{"bytecode without a twin", ErrUnsupported, "Unsupported", func(d *suitx.TransactionData) {
			p := n.floePackage()
			p.Modules[0][len(p.Modules[0])-20] ^= 1
			d.Commands = append(d.Commands, p)
		}},
		{"dependencies without a twin", ErrUnsupported, "Unsupported", func(d *suitx.TransactionData) {
			p := n.floePackage()
			p.Dependencies = p.Dependencies[1:]
			d.Commands = append(d.Commands, p)
		}},
		{"no modules", ErrInvalidTransaction, "EmptyCommandInput", func(d *suitx.TransactionData) {
			d.Commands = append(d.Commands, &suitx.Publish{})
		}},
		{"too many modules", ErrInvalidTransaction, "SizeLimitExceeded", func(d *suitx.TransactionData) {
			d.Commands = append(d.Commands, &suitx.Publish{Modules: make([][]byte, 64)})
		}},
		{"too many packages", ErrInvalidTransaction, "MaxPublishCountExceeded", func(d *suitx.TransactionData) {
			for range 6 {
				d.Commands = append(d.Commands, n.floePackage())
			}
		}},
		{"dependency that isn't there", ErrInvalidTransaction, "DependentPackageNotFound", func(d *suitx.TransactionData) {
			d.Commands = append(d.Commands, &suitx.Upgrade{Modules: n.floePackage().Modules,
				Dependencies: n.floePackage().Dependencies, Package: suitx.Address{9}})
		}},
		{"receiving what is shared", ErrInvalidTransaction, "NotOwnedObjectError", func(d *suitx.TransactionData) {
			receive(d, must(n.Object(n.ids.System, 0)).Ref())
		}},
		{"receiving an input", ErrInvalidTransaction, "DuplicateObjectRefInput", func(d *suitx.TransactionData) {
			object(current)(d)
			receive(d, current)
		}},
		{"receiving a former version", ErrObjectConflict, "ObjectVersionUnavailableForConsumption", func(d *suitx.TransactionData) {
			receive(d, stale)
		}},
		{"withdrawal", ErrUnsupported, "Unsupported", func(d *suitx.TransactionData) {
			d.Inputs = append(d.Inputs, suitx.Input{Kind: suitx.InputFundsWithdrawal, Withdrawal: suitx.FundsWithdrawal{CoinType: suitx.SUI()}})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b suitx.Builder
			b.Transfer(mallory.Address, b.Split(suitx.GasCoin, 1))
			data := n.build(&b, alice)
			c.spoil(data)
			before := must(n.LatestCheckpoint()).Sequence
			_, err := n.try(data, alice)
			if !refused(err, c.kind, c.sui) {
				t.Fatalf("refused with %v", err)
			}
			if _, err := n.Transaction(data.Digest()); !errors.Is(err, ErrNotFound) {
				t.Errorf("a refused transaction is there: %v", err)
			}
			if after := must(n.LatestCheckpoint()).Sequence; after > before+1 { // a clock may have ticked
				t.Errorf("%d checkpoints came of a refused transaction", after-before)
			}
		})
	}
}

// treasuryField returns WAL's treasury and the dynamic field it owns.
func treasuryField(n *network) (owner, field *suitx.Object) {
	n.t.Helper()
	owner = must(n.Object(n.world.TreasuryID(), 0))
	page, _, err := n.DynamicFields(owner.ID(), nil, 10)
	if err != nil || len(page) != 1 {
		n.t.Fatalf("treasury has %d fields: %v", len(page), err)
	}
	return owner, page[0]
}

// smallCoin gives a a coin of its own SUI.
func (n *network) smallCoin(a account, amount uint64) suitx.ObjectRef {
	n.t.Helper()
	var b suitx.Builder
	b.Transfer(a.Address, b.Split(suitx.GasCoin, amount))
	return created(n.ok(n.send(&b, a)), "coin", "Coin")[0].Ref()
}

func TestExpirationAtAnEpoch(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	for _, late := range []bool{false, true} {
		if late {
			n.pass(testEpoch)
		}
		var b suitx.Builder
		b.Transfer(a.Address, b.Split(suitx.GasCoin, 1))
		data := n.build(&b, a)
		data.Expiration = suitx.Expiration{Kind: suitx.ExpirationEpoch, Epoch: 0}
		_, err := n.try(data, a)
		if late && !refused(err, ErrInvalidTransaction, "TransactionExpired") || !late && err != nil {
			t.Errorf("late %v: %v", late, err)
		}
	}
}

func TestCancelledCallersGetTheirContextsError(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	var b suitx.Builder
	b.Transfer(a.Address, b.Split(suitx.GasCoin, 1))
	tx := n.build(&b, a).Marshal()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := n.Execute(ctx, tx, [][]byte{suitx.SignTransaction(a.key, tx)}); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("gave %v", err)
	}
	n.Close()
	if _, err := n.Execute(context.Background(), tx, [][]byte{suitx.SignTransaction(a.key, tx)}); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed ledger gave %v", err)
	}
}
