package sui

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/rpc/rpctest"
)

func TestCommitteeIsThatOfGenesis(t *testing.T) {
	w := newWorld(t)
	com, err := w.client.Committee(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g := rpctest.Genesis(t)
	if com.Epoch != 1 || com.NShards != g.NShards || com.StoragePrice != g.StoragePrice || com.WritePrice != g.WritePrice ||
		com.EpochDuration != g.EpochDuration || !com.EpochStart.Equal(g.Start) {
		t.Errorf("got %+v", com)
	}
	if len(com.Members) != len(g.Nodes) {
		t.Fatalf("%d members, wanted %d", len(com.Members), len(g.Nodes))
	}
	for i, m := range com.Members {
		n := g.Nodes[i]
		var shards []int
		for _, s := range n.Shards {
			shards = append(shards, int(s))
		}
		if m.Index != i || m.ID != suitx.Address(api.EmbeddedPool(i)) || m.Name != n.Name || m.Address != n.Address ||
			m.PublicKey != n.PublicKey || !bytes.Equal(m.NetworkKey, n.NetworkKey) || !slices.Equal(m.Shards, shards) {
			t.Errorf("member %d is %+v", i, m)
		}
	}
}

func TestStakingStateTellsWhenTheEpochBegan(t *testing.T) {
	day := uint64(24 * time.Hour / time.Millisecond)
	for _, test := range []struct {
		s    stakingState
		want int64
	}{
		{stakingState{duration: day, firstStart: 1000, epoch: 0}, 1000},
		{stakingState{duration: day, firstStart: 1000, epoch: 1}, 1000},
		{stakingState{duration: day, firstStart: 1000, epoch: 3}, 1000 + 2*int64(day)},
		{stakingState{duration: day, firstStart: 1000, epoch: 3, changed: 77}, 77},
	} {
		if got := test.s.start().UnixMilli(); got != test.want {
			t.Errorf("%+v: %d, wanted %d", test.s, got, test.want)
		}
	}
}

func TestCheckShards(t *testing.T) {
	for name, shards := range map[string][][]int{
		"missing": {{0, 1}, {2}}, "twice": {{0, 1}, {1, 2, 3}}, "beyond": {{0, 1}, {2, 4}},
	} {
		com := &api.Committee{NShards: 4}
		for _, s := range shards {
			com.Members = append(com.Members, api.Member{Shards: s})
		}
		if checkShards(com) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
