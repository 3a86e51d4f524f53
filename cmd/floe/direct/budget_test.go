package direct

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/walrus"
	"floe/wasm/client"
)

// holds is how much WAL the payer has.
func (p *payer) holds(t *testing.T) uint64 {
	t.Helper()
	_, sum, err := p.coins(t.Context(), p.wal, math.MaxUint64)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// TestLyingPrices: whatever a full node says of prices, the payer pays what
// storage costs and never more than it was told, nor more than its budget.
func TestLyingPrices(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, 24*time.Hour)
	n.fund(t, n.payer)
	r, err := Open(t.Context(), Config{Place: n.place, Payer: n.payer})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := r.payer
	com, err := r.refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := codec.NewEncoder(com.NShards)
	if err != nil {
		t.Fatal(err)
	}
	x, err := encoder.Expand([]byte("a blob that is bought again and again"))
	if err != nil {
		t.Fatal(err)
	}
	meta := x.Metadata()
	w, err := walrus.Want(meta.BlobID(), meta.RootHash(), meta.Size, r.params)
	if err != nil {
		t.Fatal(err)
	}
	price := walrus.Price([]walrus.Wanted{w}, com, 3)
	for _, c := range []struct {
		name   string
		change func(*api.Committee, *Budget)
		pays   uint64
		fails  client.Code // "" if it doesn't
	}{
		{"the truth", func(*api.Committee, *Budget) {}, price, ""},
		{"dearer than it is", func(com *api.Committee, _ *Budget) { com.StoragePrice *= 7 }, price, ""},
		{"cheaper than it is", func(com *api.Committee, _ *Budget) { com.StoragePrice /= 2 }, 0, client.CodeInternal},
		{"so dear that it wraps", func(com *api.Committee, _ *Budget) { com.StoragePrice = math.MaxUint64/3 + 1 }, 0, client.CodeInternal},
		{"over the WAL budget", func(_ *api.Committee, b *Budget) { b.FROST = price - 1 }, 0, client.CodeRejected},
		{"over the gas budget", func(_ *api.Committee, b *Budget) { b.MIST = 1000 }, 0, client.CodeRejected},
	} {
		told, most := *com, DefaultBudget(api.Local)
		c.change(&told, &most)
		p.budget.most, p.budget.signed = most, Budget{}
		before := p.holds(t)
		_, err := p.buy(t.Context(), suitx.Address{1}, []walrus.Wanted{w}, &told, 3)
		if paid := before - p.holds(t); paid != c.pays {
			t.Errorf("%s: paid %d, want %d", c.name, paid, c.pays)
		}
		if c.fails == "" && err != nil || c.fails != "" && (err == nil || client.CodeOf(err) != c.fails) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	p.budget.most, p.budget.signed = Budget{FROST: 2*price + 1, MIST: unit}, Budget{}
	for i := range 3 {
		if _, err := p.buy(t.Context(), suitx.Address{1}, []walrus.Wanted{w}, com, 3); (err == nil) != (i < 2) {
			t.Errorf("bought %d times: %v", i+1, err)
		}
	}
	if err := r.Afford(t.Context(), 2*price+2, 1); client.CodeOf(err) != client.CodeRejected {
		t.Errorf("affords more than the budget: %v", err)
	}
}

func TestBudget(t *testing.T) {
	b := &budget{most: Budget{FROST: 10, MIST: math.MaxUint64}}
	for _, c := range []struct {
		frost, mist uint64
		ok          bool
	}{{6, 1, true}, {5, 1, false}, {math.MaxUint64, 0, false}, {4, math.MaxUint64 - 1, true}, {0, 1, false}, {0, 0, true}} {
		err := b.allow(c.frost, c.mist)
		var e *client.Error
		if c.ok != (err == nil) || !c.ok && (!errors.As(err, &e) || !strings.Contains(e.Message, "-budget")) {
			t.Errorf("%d FROST and %d MIST: %v", c.frost, c.mist, err)
		}
	}
}

func TestParseAmount(t *testing.T) {
	for s, want := range map[string]uint64{"1": unit, "0.000000001": 1, "2.5": 2_500_000_000, "": 0, ".": 0, "0": 0, "-1": 0, "+1": 0,
		"1_0": 0, "1.0000000001": 0, "99999999999999": 0, "a": 0, "1.2.3": 0, " 1": 0} {
		if got, err := ParseAmount(s); got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %d, %v", s, got, err)
		}
	}
}
