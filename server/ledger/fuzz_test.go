package ledger

import (
	"context"
	"errors"
	"testing"

	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// fuzzNetwork is a network with an account that owns one of everything.
func fuzzNetwork(f *testing.F) (*network, account, [][]byte) {
	n := newNetwork(f)
	a := n.rich("alice")
	blob := someBlob(1, 5000)
	var seeds [][]byte
	keep := func(b *suitx.Builder) *Executed {
		data := n.build(b, a)
		seeds = append(seeds, data.Marshal())
		return n.ok(n.sign(data, a))
	}
	var b suitx.Builder
	wal := n.wal(&b, a)
	b.Transfer(a.Address, n.register(&b, wal, blob, 2, true), n.register(&b, wal, blob, 2, false), n.reserve(&b, wal, 100, 3))
	e := keep(&b)
	for _, o := range created(e, "blob", "Blob") {
		if c := o.Move.Contents; c[len(c)-1] == 1 {
			b = suitx.Builder{}
			n.certify(&b, b.Object(o.Ref()), n.certificate(bls.Confirmation{Epoch: 1, BlobID: blob.id, Deletable: true, ObjectID: o.ID()}, 0, 1, 2))
			n.walrus(&b, "blob", "insert_or_update_metadata_pair", b.Object(o.Ref()), b.Text("k"), b.Text("v"))
			keep(&b)
		}
	}
	b = suitx.Builder{}
	p := n.parcel(&b, "create", statementArg(&b, statement(0, map[byte]string{1: "one"})))
	n.parcel(&b, "put_grant", p, slotArg(&b, 1), b.Bytes([]byte("one")))
	n.parcel(&b, "keep", p)
	keep(&b)
	b = suitx.Builder{}
	b.Transfer(a.Address, b.Split(suitx.GasCoin, 5), b.Split(n.wal(&b, a), 6))
	sui(&b, "pay", "join_vec_and_transfer", b.Command(&suitx.MakeMoveVec{Elements: []suitx.Argument{b.Split(suitx.GasCoin, 1)}}), b.Address(a.Address))
	keep(&b)
	return n, a, seeds
}

// checkOutcome demands what holds of every transaction, whatever it did.
func (n *network) checkOutcome(t *testing.T, e *Executed) {
	t.Helper()
	raw := e.Effects.Marshal()
	if again, err := suitx.UnmarshalEffects(raw); err != nil || string(again.Marshal()) != string(raw) {
		t.Errorf("effects don't read back: %v", err)
	}
	changed := make(map[suitx.Address]bool)
	for _, c := range e.Effects.ChangedObjects {
		changed[c.ID] = true
	}
	g := e.Effects.GasUsed
	balance := -int64(g.Computation + g.NonRefundable)
	wal := int64(0)
	for _, o := range e.Inputs {
		if changed[o.ID()] {
			x, y := n.worth(o)
			balance, wal = balance+int64(x), wal+int64(y)
		}
	}
	for _, o := range e.Outputs {
		x, y := n.worth(o)
		balance, wal = balance-int64(x), wal-int64(y)
		if o.Package != nil {
			if _, err := o.Package.Digest(); err != nil || o.PreviousTransaction != e.Digest {
				t.Errorf("package %s of %s: %v", o.ID(), o.PreviousTransaction, err)
			}
			continue
		}
		if err := n.Packages().Check(o.Move.Type.Tag(), o.Move.Contents); err != nil {
			t.Errorf("%s isn't what its type says: %v", o.Move.Type, err)
		}
		if o.Version() != e.Effects.LamportVersion || o.PreviousTransaction != e.Digest {
			t.Errorf("%s is version %d of %s", o.ID(), o.Version(), o.PreviousTransaction)
		}
	}
	if balance != 0 {
		t.Errorf("%d MIST were lost", balance)
	}
	if wal != n.burnt(e) {
		t.Errorf("%d FROST were lost, %d burnt", wal, n.burnt(e))
	}
}

// burnt is by how much WAL's supply fell.
func (n *network) burnt(e *Executed) (sum int64) {
	supply := func(all []*suitx.Object, sign int64) {
		for _, o := range all {
			if o.Move != nil && o.Move.Type.Name == "TreasuryCap" {
				sum += sign * int64(le64(o.Move.Contents[32:]))
			}
		}
	}
	supply(e.Inputs, 1)
	supply(e.Outputs, -1)
	return sum
}

func le64(b []byte) (v uint64) {
	for i := range 8 {
		v |= uint64(b[i]) << (8 * i)
	}
	return v
}

// FuzzExecuteNeverPanics feeds bytes as transactions: they are refused or have
// an outcome that adds up, and the same bytes have the same one.
func FuzzExecuteNeverPanics(f *testing.F) {
	n, _, seeds := fuzzNetwork(f)
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, tx []byte) {
		_, err := n.Execute(context.Background(), tx, [][]byte{make([]byte, 97)})
		var r *Refusal
		if !errors.As(err, &r) {
			t.Fatalf("without a signature it gave %v", err)
		}
		data, refusal := parse(tx)
		if refusal != nil {
			return
		}
		for _, skip := range []bool{false, true} {
			n.simulateTwice(t, data, SimulateOptions{SkipChecks: skip})
		}
	})
}

func (n *network) simulateTwice(t *testing.T, data *suitx.TransactionData, opts SimulateOptions) {
	t.Helper()
	e, err := n.Simulate(context.Background(), data, opts)
	var r *Refusal
	if errors.As(err, &r) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if !opts.SkipChecks {
		n.checkOutcome(t, e)
	}
	if again, err := n.Simulate(context.Background(), data, opts); err != nil || string(again.Effects.Marshal()) != string(e.Effects.Marshal()) {
		t.Errorf("a second time it went another way: %v", err)
	}
}

// FuzzProgramsKeepWhatThereIs makes programs of random calls with arguments
// that often fit, so that they get further than random bytes do.
func FuzzProgramsKeepWhatThereIs(f *testing.F) {
	n, a, _ := fuzzNetwork(f)
	published, _, _ := n.published(a)
	var functions []*move.Function
	for _, p := range n.Packages().All() {
		for _, m := range p.Modules {
			functions = append(functions, m.Functions...)
		}
	}
	owned, _, err := n.Owned(a.Address, nil, nil, 100)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{1, 2, 3})
	f.Add([]byte("a longer seed, of which some calls come"))
	for i := range byte(40) {
		f.Add([]byte{i, 7 * i, 3, i + 1, 9, 11, i, i, 200, 4, 31, i, 77, 8, 2, i, 5, 60, 13, i})
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		g := &generator{n: n, a: a, in: in, functions: functions, owned: owned, published: published}
		data := g.program()
		if checkLimits(data) != nil {
			return
		}
		e, err := n.Simulate(context.Background(), data, SimulateOptions{})
		var r *Refusal
		if errors.As(err, &r) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		n.checkOutcome(t, e)
	})
}
