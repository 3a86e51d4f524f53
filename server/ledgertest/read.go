package ledgertest

import (
	"encoding/binary"
	"errors"
	"slices"

	"floe/codec/suitx"
	"floe/server"
)

// balance reads 0x2::coin::Coin { id 32, balance u64 }.
func balance(w *world, o *suitx.Object) uint64 {
	w.Helper()
	if o.Move == nil || len(o.Move.Contents) != 40 {
		w.Fatalf("object %s is no coin", o.ID())
	}
	return binary.LittleEndian.Uint64(o.Move.Contents[32:])
}

func present(w *world) {
	again, err := w.Chain.Now(w.Context())
	if err != nil || w.now.ChainID == "" || w.now.GasPrice == 0 || again != w.now {
		w.Errorf("now is %+v, then %+v, %v", w.now, again, err)
	}
}

func committee(w *world) {
	c, err := w.Chain.Committee(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	if c.Epoch == 0 || c.EpochDuration <= 0 || c.EpochStart.IsZero() || c.StoragePrice == 0 || c.WritePrice == 0 {
		w.Errorf("committee %+v", c)
	}
	var shards []int
	ids := map[suitx.Address]bool{}
	for i, m := range c.Members {
		if m.Index != i || m.ID.IsZero() || ids[m.ID] || m.Address == "" {
			w.Errorf("member %d: %+v", i, m)
		}
		ids[m.ID] = true
		shards = append(shards, m.Shards...)
	}
	slices.Sort(shards)
	for i, s := range shards {
		if s != i || len(shards) != c.NShards {
			w.Fatalf("%d shards are held: %v", c.NShards, shards)
		}
	}
}

// Objects come in the order asked, whatever is among them.
func objects(w *world) {
	p := w.rich()
	coin := w.gas(p)
	ids := []suitx.Address{{1}, coin.ID(), w.IDs.System, {2}, coin.ID()}
	got, err := w.Ledger.Objects(w.Context(), ids...)
	if err != nil || len(got) != len(ids) {
		w.Fatalf("%d objects, %v", len(got), err)
	}
	for i, o := range got {
		exists := i != 0 && i != 3
		if exists != (o != nil) || exists && o.ID() != ids[i] {
			w.Errorf("object %d is %v", i, o)
		}
	}
	if got[1].Ref() != coin.Ref() || got[1].Owner != (suitx.Owner{Kind: suitx.AddressOwner, Address: p.address}) {
		w.Errorf("the coin is %+v", got[1])
	}
	if got[2].Owner.Kind != suitx.SharedOwner || !got[2].Move.Type.Is(w.IDs.WalrusPackage, "system", "System") {
		w.Errorf("the System object is %+v", got[2])
	}
	if none, err := w.Ledger.Objects(w.Context()); err != nil || len(none) != 0 {
		w.Errorf("nothing asked: %v, %v", none, err)
	}
}

// Owned lists all of one type and owner, and nothing else.
func owned(w *world) {
	p, friend := w.rich(), w.person()
	if got := w.coins(friend.address, suitx.SUI()); len(got) != 0 {
		w.Errorf("a stranger owns %d coins", len(got))
	}
	for _, kind := range []suitx.TypeTag{suitx.SUI(), w.wal()} {
		for _, o := range w.coins(p.address, kind) {
			if !o.Move.Type.Equal(suitx.CoinOf(kind)) || o.Owner.Address != p.address {
				w.Errorf("among the coins is %+v", o)
			}
		}
	}
	const many = 300
	b := &suitx.Builder{}
	split := &suitx.SplitCoins{Coin: suitx.GasCoin}
	for range many {
		split.Amounts = append(split.Amounts, b.U64(1))
	}
	coins := b.Command(split)
	var args []suitx.Argument
	for i := range many {
		args = append(args, coins.Result(uint16(i)))
	}
	b.Transfer(friend.address, args...)
	w.run(p, b)
	got := w.coins(friend.address, suitx.SUI())
	ids := map[suitx.Address]bool{}
	for _, o := range got {
		ids[o.ID()] = true
	}
	if len(got) != many || len(ids) != many {
		w.Errorf("%d coins, %d of them different, want %d", len(got), len(ids), many)
	}
}

func notFound(w *world) {
	if r, err := w.Ledger.Transaction(w.Context(), suitx.Digest{9}); !errors.Is(err, server.ErrNotFound) {
		w.Errorf("unknown transaction: %v, %v", r, err)
	}
	if p, err := w.Chain.Parcel(w.Context(), suitx.Address{9}); !errors.Is(err, server.ErrNotFound) {
		w.Errorf("unknown parcel: %v, %v", p, err)
	}
}
