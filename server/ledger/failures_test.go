package ledger

import (
	"testing"

	"floe/codec/suitx"
)

// Problems of arguments, as failureText writes them.
const (
	typeMismatch   = "problem 0"
	badBytes       = "problem 1"
	notPure        = "problem 2"
	outOfBounds    = "problem 4"
	secondBounds   = "problem 5"
	resultArity    = "problem 6"
	gasByValue     = "problem 7"
	objectByValue  = "problem 9"
	objectByMutRef = "problem 10"
	notTransfer    = "problem 13"
	notObject      = "problem 14"
	withoutValue   = "problem 15"
	borrowed       = "problem 16"
)

// TestProgramsAreCheckedAsOnSui has a program for everything that the executor
// must refuse: none of it may reach the code of a function.
func TestProgramsAreCheckedAsOnSui(t *testing.T) {
	bob := newAccount("bob").Address
	res := func(command, i uint16) suitx.Argument {
		return suitx.Argument{Kind: suitx.ArgNestedResult, Index: command, Nested: i}
	}
	runScripts(t, []script{
		{"value used after it moved", "argument 0 " + withoutValue + " at 2", func(n *network, b *suitx.Builder, a account) {
			c := b.Split(suitx.GasCoin, 1)
			b.Transfer(bob, c)
			b.Transfer(bob, c)
		}},
		{"object used after it moved", "argument 0 " + withoutValue + " at 1", func(n *network, b *suitx.Builder, a account) {
			c := n.wal(b, a)
			b.Transfer(bob, c)
			b.Transfer(bob, c)
		}},
		{"one value twice in a command", "argument 1 " + withoutValue + " at 1", func(n *network, b *suitx.Builder, a account) {
			c := b.Split(suitx.GasCoin, 1)
			b.Transfer(bob, c, c)
		}},
		{"coin merged into itself", "argument 1 " + borrowed + " at 1", func(n *network, b *suitx.Builder, a account) {
			c := b.Split(suitx.GasCoin, 1)
			b.Command(&suitx.MergeCoins{Into: c, Sources: []suitx.Argument{c}})
		}},
		{"coin joined with itself", "argument 1 " + borrowed + " at 1", func(n *network, b *suitx.Builder, a account) {
			c := b.Split(suitx.GasCoin, 1)
			sui(b, "coin", "join", c, c)
		}},
		{"result left over without drop", "unused 0.1", func(n *network, b *suitx.Builder, a account) {
			b.Command(&suitx.SplitCoins{Coin: suitx.GasCoin, Amounts: []suitx.Argument{b.U64(1), b.U64(2)}})
			b.Transfer(bob, res(0, 0))
		}},
		{"vector of objects left over", "unused 1.0", func(n *network, b *suitx.Builder, a account) {
			b.Command(&suitx.MakeMoveVec{Elements: []suitx.Argument{b.Split(suitx.GasCoin, 1)}})
		}},
		{"input out of bounds", "argument 0 " + outOfBounds + " at 0", func(n *network, b *suitx.Builder, a account) {
			b.Transfer(bob, suitx.Argument{Kind: suitx.ArgInput, Index: 9})
		}},
		{"result of a later command", "argument 0 " + outOfBounds + " at 0", func(n *network, b *suitx.Builder, a account) {
			b.Transfer(bob, res(1, 0))
			b.Split(suitx.GasCoin, 1)
		}},
		{"result of itself", "argument 0 " + outOfBounds + " at 0", func(n *network, b *suitx.Builder, a account) {
			b.Transfer(bob, res(0, 0))
		}},
		{"nested result out of bounds", "argument 0 " + secondBounds + " at 1", func(n *network, b *suitx.Builder, a account) {
			b.Split(suitx.GasCoin, 1)
			b.Transfer(bob, res(0, 1))
		}},
		{"one of several results unnamed", "argument 0 " + resultArity + " at 1", func(n *network, b *suitx.Builder, a account) {
			b.Command(&suitx.SplitCoins{Coin: suitx.GasCoin, Amounts: []suitx.Argument{b.U64(1), b.U64(2)}})
			b.Transfer(bob, suitx.Argument{Kind: suitx.ArgResult, Index: 0})
		}},
		{"no result named", "argument 0 " + resultArity + " at 1", func(n *network, b *suitx.Builder, a account) {
			b.Transfer(bob, b.Object(n.coin(a, n.world.WAL()).Ref))
			b.Transfer(bob, suitx.Argument{Kind: suitx.ArgResult, Index: 0})
		}},
		{"gas coin by value", "argument 1 " + gasByValue + " at 1", func(n *network, b *suitx.Builder, a account) {
			c := b.Split(suitx.GasCoin, 1)
			sui(b, "coin", "join", c, suitx.GasCoin)
			b.Transfer(bob, c)
		}},
		{"gas coin in a vector", "argument 0 " + gasByValue + " at 0", func(n *network, b *suitx.Builder, a account) {
			sui(b, "pay", "join_vec_and_transfer",
				b.Command(&suitx.MakeMoveVec{Elements: []suitx.Argument{suitx.GasCoin}}), b.Address(bob))
		}},
		{"read-only shared object by &mut", "argument 0 " + objectByMutRef + " at 0", func(n *network, b *suitx.Builder, a account) {
			s := b.Call(n.ids.WalrusPackage, "system", "reserve_space", n.system(b, false), b.U64(1), b.U32(1), n.wal(b, a))
			b.Transfer(bob, s)
		}},
		{"coin of another type", "argument 3 " + typeMismatch + " at 0", func(n *network, b *suitx.Builder, a account) {
			s := b.Call(n.ids.WalrusPackage, "system", "reserve_space", n.system(b, true), b.U64(1), b.U32(1), suitx.GasCoin)
			b.Transfer(bob, s)
		}},
		{"coins of two types merged", "argument 1 " + typeMismatch + " at 0", func(n *network, b *suitx.Builder, a account) {
			b.Command(&suitx.MergeCoins{Into: suitx.GasCoin, Sources: []suitx.Argument{n.wal(b, a)}})
		}},
		{"not a coin split", "argument 0 " + typeMismatch + " at 0", func(n *network, b *suitx.Builder, a account) {
			b.Split(n.system(b, true), 1)
		}},
		{"pure bytes split", "argument 0 " + typeMismatch + " at 0", func(n *network, b *suitx.Builder, a account) {
			b.Split(b.U64(1), 1)
		}},
		{"pure bytes as a coin", "argument 0 " + notPure + " at 0", func(n *network, b *suitx.Builder, a account) {
			sui(b, "coin", "destroy_zero", b.Pure(make([]byte, 40)))
		}},
		{"pure bytes too short", "argument 1 " + badBytes + " at 0", func(n *network, b *suitx.Builder, a account) {
			sui(b, "coin", "split", suitx.GasCoin, b.U32(1))
		}},
		{"pure bytes too long", "argument 0 " + badBytes + " at 0", func(n *network, b *suitx.Builder, a account) {
			call(b, "object", "id_from_address", b.Pure(make([]byte, 33)))
		}},
		{"bool of 2", "argument 6 " + badBytes + " at 1", func(n *network, b *suitx.Builder, a account) {
			w, wal := n.ids.WalrusPackage, n.wal(b, a)
			s := b.Call(w, "system", "reserve_space", n.system(b, true), b.U64(1), b.U32(1), wal)
			z := b.U256([32]byte{})
			b.Transfer(bob, b.Call(w, "system", "register_blob", n.system(b, true), s, z, z, b.U64(1), b.U8(1), b.U8(2), wal))
		}},
		{"string that isn't UTF-8", "argument 1 " + badBytes + " at 1", func(n *network, b *suitx.Builder, a account) {
			md := b.Call(n.ids.WalrusPackage, "metadata", "new")
			b.Call(n.ids.WalrusPackage, "metadata", "insert_or_update", md, b.Pure([]byte{1, 0xff}), b.Text("v"))
		}},
		{"number used as two types", "argument 2 " + badBytes + " at 0", func(n *network, b *suitx.Builder, a account) {
			eight := b.U64(1)
			s := b.Call(n.ids.WalrusPackage, "system", "reserve_space", n.system(b, true), eight, eight, n.wal(b, a))
			b.Transfer(bob, s)
		}},
		{"object without store transferred", "argument 0 " + notTransfer + " at 0", func(n *network, b *suitx.Builder, a account) {
			b.Transfer(bob, n.system(b, true))
		}},
		{"number transferred", "argument 0 " + notTransfer + " at 0", func(n *network, b *suitx.Builder, a account) {
			b.Transfer(bob, b.U64(1))
		}},
		{"vector of numbers without type", "argument 0 " + notObject + " at 0", func(n *network, b *suitx.Builder, a account) {
			b.Command(&suitx.MakeMoveVec{Elements: []suitx.Argument{b.U64(1)}})
		}},
		{"vector of two types", "argument 1 " + typeMismatch + " at 1", func(n *network, b *suitx.Builder, a account) {
			b.Command(&suitx.MakeMoveVec{Elements: []suitx.Argument{b.Split(suitx.GasCoin, 1), n.wal(b, a)}})
		}},
		{"vector of no type", "type argument 0 problem 0 at 0", func(n *network, b *suitx.Builder, a account) {
			typ := suitx.StructTag{Address: framework(), Module: "coin", Name: "Nothing"}.Tag()
			b.Command(&suitx.MakeMoveVec{Type: &typ})
		}},
		{"too few arguments", "failure 16 at 0", func(n *network, b *suitx.Builder, a account) {
			sui(b, "coin", "split", suitx.GasCoin)
		}},
		{"too few type arguments", "failure 17 at 0", func(n *network, b *suitx.Builder, a account) {
			call(b, "coin", "value", suitx.GasCoin)
		}},
		{"type argument without store", "type argument 0 problem 1 at 0", func(n *network, b *suitx.Builder, a account) {
			b.Command(&suitx.MoveCall{Package: framework(), Module: "transfer", Function: "public_transfer",
				TypeArgs: []suitx.TypeTag{n.world.Packages.Struct(n.ids.WalrusPackage, "system", "System").Tag().Tag()},
				Args:     []suitx.Argument{n.system(b, true), b.Address(bob)}})
		}},
		{"type argument that isn't", "type argument 0 problem 0 at 0", func(n *network, b *suitx.Builder, a account) {
			b.Command(&suitx.MoveCall{Package: framework(), Module: "coin", Function: "zero",
				TypeArgs: []suitx.TypeTag{suitx.StructTag{Address: framework(), Module: "sui", Name: "NOTHING"}.Tag()}})
		}},
		{"private function", "failure 18 at 0", func(n *network, b *suitx.Builder, a account) {
			b.Call(n.ids.FloePackage, "parcel", "check")
		}},
		{"unknown function", "failure 15 at 0", func(n *network, b *suitx.Builder, a account) {
			b.Call(n.ids.FloePackage, "parcel", "steal")
		}},
		{"reference returned", "failure 22 at 0", func(n *network, b *suitx.Builder, a account) {
			sui(b, "coin", "balance", suitx.GasCoin)
		}},
		{"type errors come before aborts", "unused 2.0", func(n *network, b *suitx.Builder, a account) {
			sui(b, "coin", "destroy_zero", b.Split(suitx.GasCoin, 1))
			b.Split(suitx.GasCoin, 1)
		}},
	})
}

func TestPureInputsMayBeUsedAsSeveralTypes(t *testing.T) {
	runScripts(t, []script{
		{"address and ID", "", func(n *network, b *suitx.Builder, a account) {
			both := b.Address(a.Address)
			call(b, "object", "id_from_address", both)
			call(b, "object", "id_to_address", both)
			b.Command(&suitx.TransferObjects{Objects: []suitx.Argument{b.Split(suitx.GasCoin, 1)}, To: both})
		}},
		{"copies", "", func(n *network, b *suitx.Builder, a account) {
			v := sui(b, "coin", "value", suitx.GasCoin)
			opt := b.Command(&suitx.MoveCall{Package: suitx.FrameworkAddress(1), Module: "option", Function: "some",
				TypeArgs: []suitx.TypeTag{{Kind: suitx.TypeU64}}, Args: []suitx.Argument{v}})
			for _, f := range []string{"is_some", "is_none", "destroy_some"} {
				b.Command(&suitx.MoveCall{Package: suitx.FrameworkAddress(1), Module: "option", Function: f,
					TypeArgs: []suitx.TypeTag{{Kind: suitx.TypeU64}}, Args: []suitx.Argument{opt}})
			}
		}},
	})
}

func TestSharedObjectsStayShared(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	_, ref := n.registered(a, someBlob(1, 100), 1, true)
	var b suitx.Builder
	b.Call(n.ids.WalrusPackage, "shared_blob", "new", b.Object(ref))
	e := n.ok(n.send(&b, a))
	shared := created(e, "shared_blob", "SharedBlob")[0]
	if shared.Owner != (suitx.Owner{Kind: suitx.SharedOwner, Version: e.Effects.LamportVersion}) {
		t.Fatalf("shared blob belongs to %+v", shared.Owner)
	}
	b = suitx.Builder{}
	b.Transfer(a.Address, b.Shared(shared.ID(), shared.Owner.Version, true))
	if got := statusText(n.send(&b, a)); got != "failure 31" {
		t.Errorf("transferring a shared object ended %q", got)
	}
	b = suitx.Builder{}
	b.Transfer(a.Address, b.Shared(shared.ID(), shared.Owner.Version, false))
	if got := statusText(n.send(&b, a)); got != "argument 0 "+objectByValue+" at 0" {
		t.Errorf("taking a read-only object ended %q", got)
	}
	b = suitx.Builder{}
	b.Command(&suitx.MoveCall{Package: framework(), Module: "transfer", Function: "public_share_object",
		TypeArgs: []suitx.TypeTag{suitx.CoinOf(n.world.WAL()).Tag()}, Args: []suitx.Argument{n.wal(&b, a)}})
	if got := statusText(n.send(&b, a)); got != "abort transfer::share_object_impl 0" {
		t.Errorf("sharing an object that existed before ended %q", got)
	}
}
