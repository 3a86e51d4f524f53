package server

import (
	"testing"

	"floe/codec/suitx"
	"floe/server/api"
)

// life is a transaction with every command that the sponsor pays for.
func life(sender, sponsor suitx.Address) (*suitx.Builder, func() *suitx.TransactionData) {
	b := &suitx.Builder{}
	system := b.Shared(testIDs.System, 5, false)
	blob := b.Object(suitx.ObjectRef{ID: suitx.Address{1}})
	b.Call(testIDs.WalrusPackage, "system", "certify_blob", system, blob, b.Bytes(nil), b.Bytes(nil), b.Bytes(nil))
	p := b.Call(testIDs.FloePackage, "parcel", "create", b.Bytes(nil))
	b.Call(testIDs.FloePackage, "parcel", "put_grant", p, b.Bytes(nil), b.Bytes(nil))
	b.Call(testIDs.FloePackage, "parcel", "take_grant", p, b.Bytes(nil))
	b.Call(testIDs.FloePackage, "parcel", "change", p, b.Bytes(nil))
	b.Call(testIDs.FloePackage, "parcel", "keep", p)
	b.Call(testIDs.FloePackage, "parcel", "delete", p)
	storage := b.Call(testIDs.WalrusPackage, "system", "delete_blob", system, blob)
	b.Transfer(sender, storage)
	return b, func() *suitx.TransactionData {
		t, err := b.Build(sender)
		if err != nil {
			panic(err)
		}
		t.Gas.Owner = sponsor
		return t
	}
}

func TestAllowList(t *testing.T) {
	alice, sponsor := suitx.Address{0xa}, suitx.Address{0x5}
	list := newAllowList(sponsor, testIDs, func() suitx.Address { return testIDs.WalrusPackage })
	if _, build := life(alice, sponsor); list.check(build()) != nil {
		t.Fatalf("a parcel's life isn't paid for: %v", list.check(build()))
	}
	floe, walrus := suitx.Address(testIDs.FloePackage), suitx.Address(testIDs.WalrusPackage)
	for name, change := range map[string]func(b *suitx.Builder, t *suitx.TransactionData){
		"the gas coin as argument": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Call(floe, "parcel", "keep", suitx.GasCoin)
		},
		"splitting the gas coin": func(b *suitx.Builder, _ *suitx.TransactionData) { b.Split(suitx.GasCoin, 1) },
		"transferring the gas coin": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Transfer(alice, suitx.GasCoin)
		},
		"merging the gas coin": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Command(&suitx.MergeCoins{Into: b.Object(suitx.ObjectRef{ID: suitx.Address{9}}), Sources: []suitx.Argument{suitx.GasCoin}})
		},
		"a vector of the gas coin": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Command(&suitx.MakeMoveVec{Elements: []suitx.Argument{suitx.GasCoin}})
		},
		"splitting a coin of her own": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Split(b.Object(suitx.ObjectRef{ID: suitx.Address{9}}), 1)
		},
		"another package":  func(b *suitx.Builder, _ *suitx.TransactionData) { b.Call(suitx.Address{7}, "parcel", "create") },
		"another module":   func(b *suitx.Builder, _ *suitx.TransactionData) { b.Call(floe, "other", "create") },
		"another function": func(b *suitx.Builder, _ *suitx.TransactionData) { b.Call(floe, "parcel", "other") },
		"buying storage":   func(b *suitx.Builder, _ *suitx.TransactionData) { b.Call(walrus, "system", "reserve_space") },
		"the framework":    func(b *suitx.Builder, _ *suitx.TransactionData) { b.Call(suitx.FrameworkAddress(2), "coin", "zero") },
		"type arguments": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Command(&suitx.MoveCall{Package: floe, Module: "parcel", Function: "create", TypeArgs: []suitx.TypeTag{suitx.SUI()}})
		},
		"publishing": func(b *suitx.Builder, _ *suitx.TransactionData) { b.Command(&suitx.Publish{}) },
		"upgrading":  func(b *suitx.Builder, _ *suitx.TransactionData) { b.Command(&suitx.Upgrade{}) },
		"the System object to change": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Shared(testIDs.System, 5, true)
		},
		"another shared object": func(b *suitx.Builder, _ *suitx.TransactionData) { b.Shared(testIDs.Staking, 5, false) },
		"receiving":             func(b *suitx.Builder, _ *suitx.TransactionData) { b.Receiving(suitx.ObjectRef{ID: suitx.Address{9}}) },
		"a transfer to another": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Transfer(suitx.Address{0xb}, suitx.Argument{Kind: suitx.ArgResult, Index: 7})
		},
		"a transfer of an input": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Transfer(alice, b.Object(suitx.ObjectRef{ID: suitx.Address{9}}))
		},
		"a transfer of a parcel": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Transfer(alice, suitx.Argument{Kind: suitx.ArgResult, Index: 1})
		},
		"a transfer from nowhere": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Transfer(alice, suitx.Argument{Kind: suitx.ArgResult, Index: 999})
		},
		"a transfer to nowhere": func(b *suitx.Builder, _ *suitx.TransactionData) {
			b.Command(&suitx.TransferObjects{To: suitx.Argument{Kind: suitx.ArgInput, Index: 999}})
		},
	} {
		b, build := life(alice, sponsor)
		change(b, nil)
		if list.check(build()) == nil {
			t.Errorf("%s is paid for", name)
		}
	}
	for name, change := range map[string]func(t *suitx.TransactionData){
		"the sponsor as sender": func(t *suitx.TransactionData) { t.Sender = sponsor },
		"nobody as sender":      func(t *suitx.TransactionData) { t.Sender = suitx.Address{} },
		"another as gas owner":  func(t *suitx.TransactionData) { t.Gas.Owner = alice },
		"no commands":           func(t *suitx.TransactionData) { t.Commands = nil },
		"drawing on the sponsor": func(t *suitx.TransactionData) {
			t.Inputs = append(t.Inputs, suitx.Input{Kind: suitx.InputFundsWithdrawal, Withdrawal: suitx.FundsWithdrawal{From: suitx.FromSponsor, CoinType: suitx.SUI()}})
		},
	} {
		_, build := life(alice, sponsor)
		tx := build()
		change(tx)
		if list.check(tx) == nil {
			t.Errorf("%s is paid for", name)
		}
	}
}

// What the allow-list takes is one encoding: nothing can hide in a second one.
func FuzzAllowListNeverPaysForTheGasCoin(f *testing.F) {
	alice, sponsor := suitx.Address{0xa}, suitx.Address{0x5}
	list := newAllowList(sponsor, testIDs, func() suitx.Address { return testIDs.WalrusPackage })
	_, build := life(alice, sponsor)
	f.Add(build().Marshal())
	f.Fuzz(func(t *testing.T, b []byte) {
		tx, err := suitx.UnmarshalTransactionData(b)
		if err != nil || len(b) > api.MaxTx || list.check(tx) != nil {
			return
		}
		for _, c := range tx.Commands {
			var args []suitx.Argument
			switch c := c.(type) {
			case *suitx.MoveCall:
				args = c.Args
				if c.Package != testIDs.FloePackage && c.Package != testIDs.WalrusPackage {
					t.Errorf("calls %s", c.Package)
				}
			case *suitx.TransferObjects:
				args = append(c.Objects, c.To)
			default:
				t.Errorf("pays for %T", c)
			}
			for _, a := range args {
				if a.Kind == suitx.ArgGasCoin {
					t.Error("uses the gas coin")
				}
			}
		}
	})
}
