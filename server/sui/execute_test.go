package sui

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"testing"

	"floe/codec/suitx"
	"floe/server/ledger/rpc/rpctest"
)

func give(to suitx.Address, amount uint64) *suitx.Builder {
	b := &suitx.Builder{}
	b.Transfer(to, b.Split(suitx.GasCoin, amount))
	return b
}

func TestNow(t *testing.T) {
	w := newWorld(t)
	now, err := w.client.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if now.ChainID != w.ledger.ChainID().String() || now.GasPrice != w.ledger.ReferenceGasPrice() || now.Epoch != 0 {
		t.Errorf("got %+v", now)
	}
}

func TestExecuteThenRead(t *testing.T) {
	w := newWorld(t)
	friend := rpctest.NewAccount(2).Address
	tx, sigs := w.sender.Sign(t, w.ledger, give(friend, 5))
	would, err := w.client.Simulate(t.Context(), tx)
	if err != nil || !would.Effects.Status.Success() {
		t.Fatalf("simulated: %+v %v", would, err)
	}
	if coins, err := w.client.Coins(t.Context(), friend, suitx.SUI()); err != nil || len(coins) != 0 {
		t.Fatalf("a simulation gave coins: %v %v", coins, err)
	}
	done, err := w.client.Execute(t.Context(), tx, sigs)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(done.Raw, would.Raw) {
		t.Error("the effects aren't those that were foretold")
	}
	coins, err := w.client.Coins(t.Context(), friend, suitx.SUI())
	if err != nil || len(coins) != 1 || coins[0].Balance != 5 {
		t.Errorf("coins: %v %v", coins, err)
	}
	for name, ask := range map[string]func() (*Result, error){
		"again": func() (*Result, error) { return w.client.Execute(t.Context(), tx, sigs) },
		"found": func() (*Result, error) { return w.client.Transaction(t.Context(), done.Digest) },
	} {
		if r, err := ask(); err != nil || !bytes.Equal(r.Raw, done.Raw) || r.Digest != done.Digest {
			t.Errorf("%s: %+v %v", name, r, err)
		}
	}
	if _, err := w.client.Transaction(t.Context(), suitx.Digest{1}); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown transaction: %v", err)
	}
}

func TestObjects(t *testing.T) {
	w := newWorld(t)
	ids := []suitx.Address{{1}, w.ids.System, suitx.FrameworkAddress(6), {2}}
	for len(ids) < 2*batch {
		ids = append(ids, w.ids.Staking)
	}
	objects, err := w.client.Objects(t.Context(), ids...)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range objects {
		exists := i != 0 && i != 3
		if exists != (o != nil) || exists && o.ID() != ids[i] {
			t.Errorf("object %d is %v", i, o)
		}
	}
	if none, err := w.client.Objects(t.Context()); err != nil || len(none) != 0 {
		t.Errorf("none: %v %v", none, err)
	}
}

// More coins than a page holds.
func TestOwnedGoesThroughPages(t *testing.T) {
	w := newWorld(t)
	friend := rpctest.NewAccount(2).Address
	const each, rounds = 500, 3
	for range rounds {
		b := &suitx.Builder{}
		split := &suitx.SplitCoins{Coin: suitx.GasCoin}
		for range each {
			split.Amounts = append(split.Amounts, b.U64(1))
		}
		coin := b.Command(split)
		var coins []suitx.Argument
		for i := range each {
			coins = append(coins, coin.Result(uint16(i)))
		}
		b.Transfer(friend, coins...)
		w.run(t, w.sender, b)
	}
	coins, err := w.client.Coins(t.Context(), friend, suitx.SUI())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[suitx.Address]bool{}
	for _, c := range coins {
		seen[c.Ref.ID] = true
	}
	if len(coins) != each*rounds || len(seen) != len(coins) {
		t.Errorf("%d coins, %d of them different, wanted %d", len(coins), len(seen), each*rounds)
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	w := newWorld(t)
	stranger := rpctest.NewAccount(3)
	tx, sigs := w.sender.Sign(t, w.ledger, give(stranger.Address, 5))
	if _, err := w.client.Execute(t.Context(), tx, [][]byte{suitx.SignTransaction(stranger.Key, tx)}); !errors.Is(err, ErrRefused) {
		t.Errorf("another's signature: %v", err)
	}
	if _, err := w.client.Execute(t.Context(), tx[:len(tx)-1], sigs); !errors.Is(err, ErrRefused) {
		t.Errorf("malformed: %v", err)
	}
	if _, err := w.client.Execute(t.Context(), tx, sigs); err != nil {
		t.Fatal(err)
	}
	data, err := suitx.UnmarshalTransactionData(tx)
	if err != nil {
		t.Fatal(err)
	}
	data.Gas.Budget++
	stale := data.Marshal()
	sigs = [][]byte{suitx.SignTransaction(w.sender.Key, stale)}
	if _, err := w.client.Execute(t.Context(), stale, sigs); !errors.Is(err, ErrConflict) || errors.Is(err, ErrRefused) {
		t.Errorf("old version: %v", err)
	}
	if _, err := w.client.Simulate(t.Context(), stale); !errors.Is(err, ErrConflict) {
		t.Errorf("old version, simulated: %v", err)
	}
	data.Gas.Budget = 1
	poor := data.Marshal()
	sigs = [][]byte{suitx.SignTransaction(w.sender.Key, poor)}
	if _, err := w.client.Execute(t.Context(), poor, sigs); !errors.Is(err, ErrRefused) {
		t.Errorf("no budget: %v", err)
	}
}

func TestAbortIsAStatus(t *testing.T) {
	w := newWorld(t)
	b := &suitx.Builder{}
	b.Call(w.ids.FloePackage, "parcel", "keep", b.Call(w.ids.FloePackage, "parcel", "create", b.Bytes([]byte{9})))
	tx, sigs := w.sender.Sign(t, w.ledger, b)
	check := func(name string, r *Result, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if f := r.Effects.Status.Failure; f == nil || f.Kind != suitx.MoveAbort || f.AbortCode != 1 || f.Location.Module != "parcel" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	r, err := w.client.Simulate(t.Context(), tx)
	check("simulated", r, err)
	r, err = w.client.Execute(t.Context(), tx, sigs)
	check("executed", r, err)
}

// A node that isn't there for a moment is asked again.
func TestUnavailableIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	var dials atomic.Int32
	c := w.dial(t, func(ctx context.Context, address string) (net.Conn, error) {
		if dials.Add(1) == 1 {
			return nil, syscall.ECONNREFUSED
		}
		var d net.Dialer
		return d.DialContext(ctx, "tcp", address)
	})
	if _, err := c.Now(t.Context()); err != nil {
		t.Error(err)
	}
	if dials.Load() < 2 {
		t.Errorf("%d dials", dials.Load())
	}
}

func TestDialFails(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Dial(ctx, Config{Target: "127.0.0.1:1"}); err == nil {
		t.Error("nobody answers, and Dial doesn't mind")
	}
}
