package ledger

import (
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/server/ledger/native"
)

// tickNow lets the ledger notice that time passed.
func (n *network) tickNow() {
	n.t.Helper()
	n.ticks <- n.time()
	n.ticks <- n.time() // taken when the first is done
}

func TestEpochsChangeByTheClock(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	chain := n.ChainID()
	n.pass(testEpoch - time.Millisecond)
	n.tickNow()
	if e := must(n.CurrentEpoch()); e.Epoch != 0 || e.End != nil || e.LastCheckpoint != nil {
		t.Fatalf("before its end: %+v", e)
	}
	n.pass(time.Millisecond)
	n.tickNow()
	e := must(n.CurrentEpoch())
	if e.Epoch != 1 || !e.Start.Equal(n.cfg.Genesis.Start.Add(testEpoch)) {
		t.Fatalf("at its end: %+v", e)
	}
	old := must(n.Epoch(0))
	if old.End == nil || !old.End.Equal(e.Start) || *old.LastCheckpoint+1 != e.FirstCheckpoint {
		t.Errorf("epoch 0 is %+v, epoch 1 %+v", old, e)
	}
	last := must(n.Checkpoint(*old.LastCheckpoint))
	if !last.EndOfEpoch || last.Epoch != 0 || len(last.Transactions) != 1 {
		t.Errorf("the last checkpoint of epoch 0 is %+v", last)
	}
	change := must(n.Transaction(must(n.Checkpoint(e.FirstCheckpoint)).Transactions[0]))
	var names []string
	for _, ev := range change.Events {
		names = append(names, ev.Type.Name)
	}
	want := []string{"EpochParametersSelected", "EpochChangeStart", "EpochChangeDone", "PricesUpdated"}
	if len(names) != 4 || names[0] != want[0] || names[1] != want[1] || names[2] != want[2] || names[3] != want[3] {
		t.Errorf("events %v", names)
	}
	if n.ChainID() != chain {
		t.Error("the chain's ID changed")
	}
	n.pass(10 * testEpoch) // slept over
	var b suitx.Builder
	call(&b, "clock", "timestamp_ms", b.Shared(native.ClockID(), 1, false))
	n.walrus(&b, "system", "epoch", n.system(&b, false))
	x := n.ok(n.sign(n.build(&b, alice), alice))
	if x.Effects.ExecutedEpoch != 11 || must(n.CurrentEpoch()).Epoch != 11 {
		t.Errorf("executed in epoch %d", x.Effects.ExecutedEpoch)
	}
	for i := uint64(0); i <= 11; i++ {
		if e := must(n.Epoch(i)); !e.Start.Equal(n.cfg.Genesis.Start.Add(time.Duration(i) * testEpoch)) {
			t.Errorf("epoch %d began at %s", i, e.Start)
		}
	}
}

func TestAnyoneMayEndTheVote(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	n.pass(testEpoch / 2)
	for _, want := range []string{"", "abort staking_inner::voting_end 0 at 0"} {
		var b suitx.Builder
		n.walrus(&b, "staking", "voting_end", b.Shared(n.ids.Staking, 1, true), b.Shared(native.ClockID(), 1, false))
		if got := statusText(n.send(&b, alice)); got != want {
			t.Errorf("ended %q, want %q", got, want)
		}
	}
	n.pass(2 * testEpoch)
	n.tickNow()
	if e := must(n.CurrentEpoch()); e.Epoch != 2 {
		t.Errorf("it is epoch %d", e.Epoch)
	}
}

func TestClockTicksForThoseWhoReadIt(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	n.pass(90 * time.Second)
	var b suitx.Builder
	call(&b, "clock", "timestamp_ms", b.Shared(native.ClockID(), 1, false))
	e := n.ok(n.send(&b, alice))
	o := must(n.Object(native.ClockID(), 0))
	if got := readAs(o, &native.Clock{}); got.TimestampMS != uint64(n.time().UnixMilli()) {
		t.Errorf("the clock shows %d", got.TimestampMS)
	}
	if len(e.Effects.UnchangedObjects) != 1 || e.Effects.UnchangedObjects[0].Version != o.Version() {
		t.Errorf("the transaction read %+v", e.Effects.UnchangedObjects)
	}
	tick := must(n.Transaction(o.PreviousTransaction))
	if tick.Effects.GasUsed != (suitx.GasCost{}) || tick.Effects.GasObjectIndex != nil || tick.Checkpoint != e.Checkpoint {
		t.Errorf("the tick is %+v", tick.Effects)
	}
	if _, err := suitx.UnmarshalTransactionData(tick.Transaction); err == nil {
		t.Error("a tick reads as a transaction of somebody's")
	}
	if suitx.TransactionDigest(tick.Transaction) != tick.Digest {
		t.Error("the tick's digest is another")
	}
}

func TestExpiredBlobs(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	v, ref := n.certified(alice, someBlob(1, 10), 1)
	_, late := n.registered(alice, someBlob(2, 10), 1, true)
	n.pass(testEpoch)
	n.tickNow()
	for _, c := range []struct {
		want string
		do   func(b *suitx.Builder)
	}{
		{"abort blob::delete 2 at 0", func(b *suitx.Builder) {
			b.Transfer(alice.Address, n.walrus(b, "system", "delete_blob", n.system(b, false), b.Object(ref)))
		}},
		{"abort blob::assert_certified_not_expired 2 at 0", func(b *suitx.Builder) {
			n.walrus(b, "system", "extend_blob", n.system(b, true), b.Object(must(n.Object(v.ID, 0)).Ref()), b.U32(1), n.wal(b, alice))
		}},
		{"", func(b *suitx.Builder) { n.walrus(b, "blob", "burn", b.Object(late)) }},
	} {
		var b suitx.Builder
		c.do(&b)
		if got := statusText(n.send(&b, alice)); got != c.want {
			t.Errorf("ended %q, want %q", got, c.want)
		}
	}
}

// TestRewards follows what is paid for storage to the pools: three of a hundred
// are burnt, nodes keep their commission, the rest is the stakers'.
func TestRewards(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	blob := someBlob(1, 2<<20)
	supply := n.walSupply()
	n.registered(alice, blob, 2, true)
	due := blob.units() * (100_000 + 20_000)
	n.pass(testEpoch)
	n.tickNow()
	burnt := due * 3 / 100
	if got := supply - n.walSupply(); got != burnt {
		t.Errorf("%d FROST burnt, want %d", got, burnt)
	}
	var paid uint64
	for i := range testNodes {
		rewards, earned := n.poolBalances(i)
		weight := uint64(len(n.cfg.Genesis.Nodes[i].Shards))
		reward := (due - burnt) * weight / testShards
		if earned != reward*6000/10_000 || rewards+earned != reward {
			t.Errorf("node %d of %d shards has %d and %d of %d", i, weight, rewards, earned, reward)
		}
		paid += reward
	}
	current := n.accounts()
	if rest := due - burnt - paid; current.rewards != rest+blob.units()*100_000 || current.used != blob.encoded {
		t.Errorf("epoch 2 has %d FROST for %d bytes, %d were left over", current.rewards, current.used, rest)
	}
	n.pass(2 * testEpoch)
	n.tickNow()
	if after := n.accounts(); after.used != 0 {
		t.Errorf("after its end the blob takes %d", after.used)
	}
}
