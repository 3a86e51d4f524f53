package ledger

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"floe/codec/bcs"
	"floe/codec/suitx"
)

func TestOwned(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	for i := range 7 {
		n.smallCoin(alice, uint64(1000+i))
	}
	n.registered(alice, someBlob(1, 10), 1, true)
	coin := suitx.StructTag{Address: framework(), Module: "coin", Name: "Coin"}
	suiCoin, walCoin := suitx.CoinOf(suitx.SUI()), suitx.CoinOf(n.world.WAL())
	prefix := suitx.StructTag{Address: framework(), Module: "coin", Name: "Co"}
	blob := suitx.StructTag{Address: n.ids.WalrusPackage, Module: "blob", Name: "Blob"}
	for _, c := range []struct {
		filter *suitx.StructTag
		want   int
	}{{nil, 10}, {&coin, 9}, {&suiCoin, 8}, {&walCoin, 1}, {&prefix, 0}, {&blob, 1}} {
		for _, limit := range []int{1, 3, 100} {
			var ids []suitx.Address
			var after []byte
			for {
				page, next, err := n.Owned(alice.Address, c.filter, after, limit)
				if err != nil || len(page) > limit {
					t.Fatalf("page of %d, %v", len(page), err)
				}
				for _, o := range page {
					ids = append(ids, o.Ref.ID)
					if got := must(n.Object(o.Ref.ID, 0)); got.Ref() != o.Ref || !got.Move.Type.Equal(o.Type) {
						t.Errorf("%s is listed as %+v", o.Ref.ID, o)
					}
					if isCoin := o.Type.Name == "Coin"; isCoin != (o.Balance != nil) {
						t.Errorf("%s has balance %v", o.Type, o.Balance)
					}
				}
				if after = next; next == nil {
					break
				}
			}
			unique := slices.Clone(ids)
			slices.SortFunc(unique, func(a, b suitx.Address) int { return slices.Compare(a[:], b[:]) })
			if len(ids) != c.want || len(slices.Compact(unique)) != c.want {
				t.Errorf("filter %v by %d lists %d objects, want %d", c.filter, limit, len(ids), c.want)
			}
		}
	}
	if _, _, err := n.Owned(alice.Address, &walCoin, []byte("nonsense"), 1); err == nil {
		t.Error("a cursor of nothing was taken")
	}
	all := must(n.Balances(alice.Address))
	if len(all) != 2 {
		t.Fatalf("balances %+v", all)
	}
	for _, b := range all {
		if one := must(n.Balance(alice.Address, b.CoinType)); one.Total != b.Total || one.Coins != b.Coins {
			t.Errorf("%+v differs from %+v", one, b)
		}
	}
	if none := must(n.Balances(suitx.Address{1})); len(none) != 0 {
		t.Errorf("nobody has %v", none)
	}
}

func TestDynamicFieldsByPages(t *testing.T) {
	n := newNetwork(t)
	_, ref, _ := n.newParcel(n.rich("alice"))
	var ids []suitx.Address
	var after []byte
	for {
		page, next, err := n.DynamicFields(ref.ID, after, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page {
			ids = append(ids, o.ID())
		}
		if after = next; next == nil {
			break
		}
	}
	if len(ids) != 2 || ids[0] == ids[1] {
		t.Errorf("fields %v", ids)
	}
}

func TestObjectsOfEveryVersion(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	var versions []suitx.ObjectRef
	for range 4 {
		versions = append(versions, n.coin(alice, suitx.SUI()).Ref)
		var b suitx.Builder
		b.Transfer(alice.Address, b.Split(suitx.GasCoin, 1))
		e := n.ok(n.send(&b, alice))
		if e.Inputs[0].Ref() != versions[len(versions)-1] && e.Inputs[len(e.Inputs)-1].Ref() != versions[len(versions)-1] {
			t.Error("the transaction's input isn't among its inputs")
		}
	}
	for _, ref := range versions {
		o, err := n.Object(ref.ID, ref.Version)
		if err != nil || o.Ref() != ref {
			t.Errorf("version %d: %v", ref.Version, err)
		}
		made, err := n.Transaction(o.PreviousTransaction)
		if err != nil || output(made, ref.ID).Ref() != ref {
			t.Errorf("version %d wasn't made by %s: %v", ref.Version, o.PreviousTransaction, err)
		}
	}
	if _, err := n.Object(versions[0].ID, 1<<40); err != ErrNotFound {
		t.Errorf("a version to come gives %v", err)
	}
	if _, err := n.Transaction(suitx.Digest{}); err != ErrNotFound {
		t.Errorf("an unknown transaction gives %v", err)
	}
}

// TestCheckpointsAreChained recomputes every digest from the bytes.
func TestCheckpointsAreChained(t *testing.T) {
	n := newNetwork(t)
	n.rich("alice")
	n.pass(testEpoch)
	n.tickNow()
	n.rich("bob")
	var previous *Checkpoint
	var total uint64
	for sequence := range must(n.LatestCheckpoint()).Sequence + 1 {
		c := must(n.Checkpoint(sequence))
		if c.Digest != digest("CheckpointSummary", c.Summary) || c.ContentDigest != digest("CheckpointContents", c.Contents) {
			t.Fatalf("checkpoint %d: digests don't fit", sequence)
		}
		if same := must(n.CheckpointByDigest(c.Digest)); same.Sequence != sequence {
			t.Errorf("checkpoint %d is found as %d", sequence, same.Sequence)
		}
		if previous == nil && c.PreviousDigest != nil || previous != nil && *c.PreviousDigest != previous.Digest {
			t.Errorf("checkpoint %d follows %v", sequence, c.PreviousDigest)
		}
		if previous != nil && c.Time.Before(previous.Time) {
			t.Errorf("checkpoint %d is of %s", sequence, c.Time)
		}
		total += uint64(len(c.Transactions))
		if c.TotalTransactions != total || len(c.Transactions) == 0 {
			t.Errorf("checkpoint %d counts %d transactions, there are %d", sequence, c.TotalTransactions, total)
		}
		r := bcs.NewReader(c.Contents)
		r.Uleb()
		r.Uleb()
		for _, d := range c.Transactions {
			e := must(n.Transaction(d))
			if e.Checkpoint != sequence || suitx.TransactionDigest(e.Transaction) != d || readDigest(r) != d ||
				readDigest(r) != e.Effects.Digest() || e.Effects.TransactionDigest != d || !e.Time.Equal(c.Time) {
				t.Errorf("transaction %s doesn't fit checkpoint %d", d, sequence)
			}
		}
		previous = c
	}
	if _, err := n.Checkpoint(1 << 40); err != ErrNotFound {
		t.Errorf("a checkpoint to come gives %v", err)
	}
	if _, err := n.CheckpointByDigest(suitx.Digest{}); err != ErrNotFound {
		t.Errorf("an unknown checkpoint gives %v", err)
	}
}

func TestGenesisObjects(t *testing.T) {
	n := newNetwork(t)
	e := must(n.Transaction(must(n.Checkpoint(0)).Transactions[0]))
	if suitx.TransactionDigest(e.Transaction) != e.Digest || e.Effects.LamportVersion != 1 || len(e.Outputs) < 30 {
		t.Fatalf("genesis made %d objects", len(e.Outputs))
	}
	for _, o := range e.Outputs {
		if o.PreviousTransaction != e.Digest || o.Version() != 1 {
			t.Errorf("%s is of %s at %d", o.ID(), o.PreviousTransaction, o.Version())
		}
		if o.Move != nil {
			if err := n.Packages().Check(o.Move.Type.Tag(), o.Move.Contents); err != nil {
				t.Errorf("%s: %v", o.Move.Type, err)
			}
		}
	}
}

func TestSubscribe(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	last := must(n.LatestCheckpoint()).Sequence
	seen := make(chan uint64)
	ended := make(chan error, 1)
	go func() {
		for c, err := range n.Subscribe(ctx, 0) {
			if err != nil {
				ended <- err
				return
			}
			seen <- c.Sequence
		}
	}()
	for want := range last + 1 {
		if got := <-seen; got != want {
			t.Fatalf("caught up with %d, want %d", got, want)
		}
	}
	for i := range uint64(3) {
		n.smallCoin(alice, 5)
		if got := <-seen; got != last+1+i {
			t.Errorf("saw %d, want %d", got, last+1+i)
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	go func() {
		for _, err := range n.Subscribe(context.Background(), 1<<40) {
			ended <- err
		}
	}()
	time.Sleep(10 * time.Millisecond)
	n.Close()
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("closing ended it with %v", err)
	}
}

func TestDeclarations(t *testing.T) {
	n := newNetwork(t)
	f := must(n.Function(n.ids.WalrusPackage, "staking", "stake_with_pool"))
	if got := f.Params[1].Type.String(); got != "0x2::coin::Coin<"+n.ids16()+"::wal::WAL>" {
		t.Errorf("stake_with_pool takes %s", got)
	}
	if _, err := n.Function(n.ids.WalrusPackage, "staking", "nothing"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown function gives %v", err)
	}
	if _, err := n.Package(suitx.Address{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown package gives %v", err)
	}
	if p := must(n.Package(n.ids.FloePackage)); p.Find("parcel") == nil {
		t.Error("no module parcel")
	}
	if o := must(n.Object(n.ids.FloePackage, 0)); o.Package == nil || len(o.Package.TypeOrigins) != 6 {
		t.Errorf("the package as an object is %+v", o)
	}
}

func (n *network) ids16() string { return suitx.Address(n.ids.WALPackage).Short() }
