package vm

import (
	"encoding/binary"
	"testing"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// receivers adds a module whose box takes what is sent to it.
func receivers(w *move.Packages) *move.Packages {
	p := &move.Package{ID: suitx.Address{31: 0x78}}
	m := p.Module("r")
	two := suitx.FrameworkAddress(2)
	uid := w.Struct(two, "object", "UID").Of()
	receiving := w.Struct(two, "transfer", "Receiving")
	box := m.Struct("Box", move.Key, move.Field{Name: "id", Type: uid})
	m.Func("take", move.Params(move.Mut(box.Of()), move.Val(receiving.Of(move.T(0)))), move.Returns(move.Val(move.T(0))),
		w.Function(two, "transfer", "public_receive").Run).Generic(move.Key | move.Store)
	m.Func("look", move.Params(move.Imm(receiving.Of(move.T(0)))), nil, func(*move.Call) error { return nil }).Generic(move.Key)
	return move.NewPackages(append(w.All(), p)...)
}

// TestReceive takes a coin that was sent to a box.
func TestReceive(t *testing.T) {
	box := &suitx.Object{Owner: suitx.Owner{Address: suitx.Address{1}}, PreviousTransaction: suitx.Digest{1}, Move: &suitx.MoveObject{
		Type: suitx.StructTag{Address: suitx.Address{31: 0x78}, Module: "r", Name: "Box"}, Version: 3, Contents: append(make([]byte, 31), 5)}}
	sent := gasCoin(77)
	sent.Move.Contents = coinBytes(suitx.Address{8}, 77)
	sent.Move.Version, sent.Owner.Address, sent.PreviousTransaction = 11, box.ID(), suitx.Digest{2}
	elsewhere := gasCoin(1)
	elsewhere.Move.Contents, elsewhere.Owner.Address = coinBytes(suitx.Address{6}, 1), suitx.Address{66}
	sui := []suitx.TypeTag{suitx.CoinOf(suitx.SUI()).Tag()}
	call := func(b *suitx.Builder, function string, types []suitx.TypeTag, args ...suitx.Argument) suitx.Argument {
		return b.Command(&suitx.MoveCall{Package: suitx.Address{31: 0x78}, Module: "r", Function: function, TypeArgs: types, Args: args})
	}
	for _, c := range []struct {
		name string
		want string
		do   func(b *suitx.Builder)
	}{
		{"received", "", func(b *suitx.Builder) {
			b.Transfer(suitx.Address{1}, call(b, "take", sui, b.Object(box.Ref()), b.Receiving(sent.Ref())))
		}},
		{"looked at, then received", "", func(b *suitx.Builder) {
			call(b, "look", sui, b.Receiving(sent.Ref()))
			b.Transfer(suitx.Address{1}, call(b, "take", sui, b.Object(box.Ref()), b.Receiving(sent.Ref())))
		}},
		{"only looked at", "", func(b *suitx.Builder) { call(b, "look", sui, b.Receiving(sent.Ref())) }},
		{"sent to another", "abort receive_impl 3", func(b *suitx.Builder) {
			b.Transfer(suitx.Address{1}, call(b, "take", sui, b.Object(box.Ref()), b.Receiving(elsewhere.Ref())))
		}},
		{"of another type", "abort receive_impl 2", func(b *suitx.Builder) {
			other := []suitx.TypeTag{suitx.CoinOf(suitx.CoinOf(suitx.SUI()).Tag()).Tag()}
			b.Transfer(suitx.Address{1}, call(b, "take", other, b.Object(box.Ref()), b.Receiving(sent.Ref())))
		}},
		{"of two types", "problem 0", func(b *suitx.Builder) {
			call(b, "look", []suitx.TypeTag{suitx.CoinOf(suitx.CoinOf(suitx.SUI()).Tag()).Tag()}, b.Receiving(sent.Ref()))
			b.Transfer(suitx.Address{1}, call(b, "take", sui, b.Object(box.Ref()), b.Receiving(sent.Ref())))
		}},
		{"twice", "problem 15", func(b *suitx.Builder) {
			for range 2 {
				b.Transfer(suitx.Address{1}, call(b, "take", sui, b.Object(box.Ref()), b.Receiving(sent.Ref())))
			}
		}},
		{"transferred as it is", "problem 13", func(b *suitx.Builder) { b.Transfer(suitx.Address{1}, b.Receiving(sent.Ref())) }},
		{"split", "problem 0", func(b *suitx.Builder) { b.Split(b.Receiving(sent.Ref()), 1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b suitx.Builder
			c.do(&b)
			out := runWith(t, &b, box, sent, elsewhere)
			checkReceived(t, out, sent, c.want, c.name)
		})
	}
}

// runWith executes commands that use some of these objects.
func runWith(t *testing.T, b *suitx.Builder, objects ...*suitx.Object) *Outcome {
	t.Helper()
	data, err := b.Build(suitx.Address{1})
	if err != nil {
		t.Fatal(err)
	}
	data.Gas = suitx.GasData{Owner: data.Sender, Price: 1000, Budget: 1e10}
	tx := Transaction{Data: data, Digest: data.Digest(), Gas: []*suitx.Object{gasCoin(1e12)}}
	for _, in := range data.Inputs {
		var used *suitx.Object
		for _, o := range objects {
			if in.Kind == suitx.InputObject && in.Object.Ref.ID == o.ID() {
				used = o
			}
		}
		tx.Inputs = append(tx.Inputs, used)
	}
	out, err := Run(Env{Packages: receivers(testWorld()), Objects: store{}}, tx)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func checkReceived(t *testing.T, out *Outcome, sent *suitx.Object, want, name string) {
	t.Helper()
	got := ""
	if f := out.Effects.Status.Failure; f != nil && f.Kind == suitx.MoveAbort {
		got = "abort " + *f.Location.FunctionName + " " + string(rune('0'+f.AbortCode))
	} else if f != nil {
		got = "problem " + map[suitx.ArgumentProblem]string{0: "0", 13: "13", 15: "15"}[f.Problem]
	}
	if got != want {
		t.Fatalf("ended %q, want %q", got, want)
	}
	var now *suitx.Object
	for _, o := range out.Written {
		if o.ID() == sent.ID() {
			now = o
		}
	}
	taken := want == "" && name != "only looked at"
	if taken != (now != nil) {
		t.Fatalf("the coin became %+v", now)
	}
	depends := false
	for _, d := range out.Effects.Dependencies {
		depends = depends || d == sent.PreviousTransaction
	}
	if depends != taken {
		t.Errorf("depends on who sent it: %v", depends)
	}
	if !taken {
		return
	}
	if now.Owner.Address != (suitx.Address{1}) || now.Version() != 12 || binary.LittleEndian.Uint64(now.Move.Contents[32:]) != 77 {
		t.Errorf("received %+v at version %d", now.Owner, now.Version())
	}
	for _, c := range out.Effects.ChangedObjects {
		if c.ID == sent.ID() && (c.Input == nil || c.Input.Owner != sent.Owner || c.IDOperation != suitx.IDNone) {
			t.Errorf("effects say %+v", c)
		}
	}
}
