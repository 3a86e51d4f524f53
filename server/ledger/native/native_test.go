package native

import (
	"fmt"
	"math"
	"testing"

	"floe/codec"
	"floe/codec/bcs"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/move"
)

func testGenesis(t *testing.T) Genesis {
	t.Helper()
	g := Genesis{NShards: 13, EpochDurationMS: 1000, StartMS: 5, StoragePrice: 100_000, WritePrice: 20_000,
		Treasury: suitx.Address{7}, TreasuryCoins: 3}
	for i := range 5 {
		k, err := bls.KeyFromSeed(append(make([]byte, 31), byte(i)))
		if err != nil {
			t.Fatal(err)
		}
		n := Node{Name: fmt.Sprint("Node ", i), Address: fmt.Sprintf("127.0.0.1:1/node/%d", i), Key: k.Public(), NetworkKey: make([]byte, 33)}
		for s := uint16(i); s < 13; s += 5 {
			n.Shards = append(n.Shards, s)
		}
		g.Nodes = append(g.Nodes, n)
	}
	return g
}

func testObjects(t *testing.T) (*World, []Owned) {
	t.Helper()
	ids, _ := api.Networks(api.Local)
	w := New(ids)
	objects, err := w.Objects(testGenesis(t))
	if err != nil {
		t.Fatal(err)
	}
	return w, objects
}

func TestFirstObjects(t *testing.T) {
	w, objects := testObjects(t)
	seen := make(map[suitx.Address]bool)
	var sui uint64
	for _, o := range objects {
		id := suitx.Address(o.Contents[:32])
		if seen[id] {
			t.Errorf("two objects are %s", id)
		}
		seen[id] = true
		if o.Type.Equal(suitx.CoinOf(suitx.SUI())) {
			var c Coin
			c.Read(bcs.NewReader(o.Contents))
			sui += c.Balance
		}
		if o.Owner.Kind == suitx.ObjectOwner && o.Owner.Address.IsZero() {
			t.Errorf("%s is nobody's child", id)
		}
	}
	if sui != SUISupply {
		t.Errorf("there are %d MIST", sui)
	}
	for _, id := range []suitx.Address{w.IDs.System, w.IDs.Staking, ClockID(), w.TreasuryID(), api.EmbeddedPool(4),
		w.TreasuryCoin(w.WAL(), 2), suitx.DynamicFieldID(w.IDs.System, move.U64Key(3).Type, move.U64Key(3).BCS)} {
		if !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
}

// TestEverySignatureIsSound says what no function may get wrong.
func TestEverySignatureIsSound(t *testing.T) {
	w, _ := testObjects(t)
	for _, p := range w.Packages.All() {
		for _, m := range p.Modules {
			for i, f := range m.Functions {
				if int(f.Index) != i || f.Module != m || m.FindFunc(f.Name) != f {
					t.Errorf("%s::%s has index %d, stands at %d", m.Name, f.Name, f.Index, i)
				}
				for j, param := range f.Params {
					if move.IsTxContext(param) && j != len(f.Params)-1 {
						t.Errorf("%s::%s takes a context before its last parameter", m.Name, f.Name)
					}
				}
				args := make([]suitx.TypeTag, len(f.TypeParams))
				for i, want := range f.TypeParams {
					switch {
					case want == 0:
						args[i] = suitx.SUI()
					case want.Has(move.Copy):
						args[i] = suitx.TypeTag{Kind: suitx.TypeU64}
					default:
						args[i] = suitx.CoinOf(suitx.SUI()).Tag()
					}
				}
				for _, param := range append(append([]move.Param{}, f.Params...), f.Returns...) {
					if _, err := w.Packages.Abilities(param.Type.Tag(args)); err != nil {
						t.Errorf("%s::%s: %s: %v", m.Name, f.Name, param, err)
					}
				}
			}
		}
	}
}

// TestEncodedLengthIsTheCodecs compares with what the encoder really makes.
func TestEncodedLengthIsTheCodecs(t *testing.T) {
	w, _ := testObjects(t)
	for _, n := range []int{4, 7, 10, 13, 100, 104, 1000, 1001} {
		p, err := codec.NewParams(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []uint64{0, 1, 2, 1000, 65_535, 1 << 20, p.MaxBlobSize() - 1, p.MaxBlobSize()} {
			if size > p.MaxBlobSize() {
				continue
			}
			want, err := p.EncodedSize(size)
			got, abort := w.walrus.encodedLength(size, rs2, uint16(n))
			if err != nil || abort != nil || got != want {
				t.Errorf("%d bytes on %d shards take %d, the codec says %d (%v, %v)", size, n, got, want, abort, err)
			}
		}
		if _, err := w.walrus.encodedLength(p.MaxBlobSize()*2, rs2, uint16(n)); err == nil {
			t.Errorf("twice the largest blob fits %d shards", n)
		}
	}
}

func TestQuorumVotes(t *testing.T) {
	spread := func(weights ...uint64) (all []vote) {
		for i, w := range weights {
			all = append(all, vote{uint64(i + 1), w})
		}
		return all
	}
	for name, c := range map[string]struct{ got, want uint64 }{ // Walrus' own tests
		"above":          {quorumAbove(spread(5, 5, 4, 6, 3, 7, 2, 8, 1, 9), 50), 4},
		"below":          {quorumBelow(spread(5, 5, 4, 6, 3, 7, 4, 6, 1, 9), 50), 7},
		"above, all one": {quorumAbove([]vote{{1, 50}}, 50), 1},
		"below, all one": {quorumBelow([]vote{{1, 50}}, 50), 1},
		"above, 17 ones": {quorumAbove([]vote{{1, 17}, {1, 1}, {1, 1}, {3, 7}, {3, 7}, {2, 17}}, 50), 1},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", name, c.got, c.want)
		}
	}
}

func TestRing(t *testing.T) {
	v := newRing(3)
	for epoch := uint32(1); epoch < 10; epoch++ {
		for ahead := range uint32(3) {
			if got := v.Entries[(v.Current+ahead)%3].Epoch; got != epoch+ahead {
				t.Fatalf("in epoch %d, %d ahead is epoch %d", epoch, ahead, got)
			}
		}
		v.Entries[v.Current].Rewards = uint64(epoch)
		if a := v.pop(); a.Epoch != epoch || a.Rewards != uint64(epoch) {
			t.Fatalf("popped %+v in epoch %d", a, epoch)
		}
	}
}

func TestRates(t *testing.T) {
	for _, c := range []struct {
		rate       rate
		in         uint64
		wal, share uint64
	}{
		{newRate(0, 0), 5, 5, 5}, {newRate(10, 0), 5, 5, 5}, {newRate(10, 5), 5, 10, 2},
		{newRate(math.MaxUint64, math.MaxUint64-1), 1 << 63, 1 << 63, 1<<63 - 1},
	} {
		if c.rate.wal(c.in) != c.wal || c.rate.shares(c.in) != c.share {
			t.Errorf("%+v makes %d WAL and %d shares of %d", c.rate, c.rate.wal(c.in), c.rate.shares(c.in), c.in)
		}
	}
	if shareOf(math.MaxUint64, 13, 3) != math.MaxUint64 || shareOf(100, 13, 2) != 650 || shareOf(1, 13, 0) != math.MaxUint64 {
		t.Error("shares of capacity are wrong")
	}
}

func TestPending(t *testing.T) {
	v := pending{{1, 10}, {3, 30}, {2, 20}}
	if got := v.flush(2); got != 30 || len(v) != 1 || v[0].Epoch != 3 {
		t.Errorf("flushed %d, left %v", got, v)
	}
	if rate, due := v.take(3); !due || rate != 30 || len(v) != 0 {
		t.Errorf("took %d, %v, left %v", rate, due, v)
	}
	if _, due := v.take(3); due {
		t.Error("took what was taken")
	}
}
