package ledger

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"floe/codec/suitx"
)

// sponsored returns a transaction of sender's for which sponsor pays.
func (n *network) sponsored(sender, sponsor account) *suitx.TransactionData {
	n.t.Helper()
	var b suitx.Builder
	b.Transfer(sponsor.Address, b.Object(n.coin(sender, n.world.WAL()).Ref))
	data := must(b.Build(sender.Address))
	data.Gas = suitx.GasData{Payment: []suitx.ObjectRef{n.coin(sponsor, suitx.SUI()).Ref}, Owner: sponsor.Address,
		Price: 1000, Budget: 10_000_000}
	return data
}

func TestSignatures(t *testing.T) {
	n := newNetwork(t)
	alice, sponsor, mallory := n.rich("alice"), n.rich("sponsor"), n.rich("mallory")
	own := func() *suitx.TransactionData {
		var b suitx.Builder
		b.Transfer(mallory.Address, b.Split(suitx.GasCoin, 1))
		return n.build(&b, alice)
	}
	both := func() *suitx.TransactionData { return n.sponsored(alice, sponsor) }
	sign := func(a account, tx []byte) []byte { return suitx.SignTransaction(a.key, tx) }
	flip := func(sig []byte, i int) []byte {
		sig[i] ^= 1
		return sig
	}
	for _, c := range []struct {
		name string
		data func() *suitx.TransactionData
		sigs func(tx []byte) [][]byte
		kind error
		sui  string
	}{
		{"none", own, func(tx []byte) [][]byte { return nil }, ErrInvalidSignature, "SignerSignatureNumberMismatch"},
		{"one too many", own, func(tx []byte) [][]byte { return [][]byte{sign(alice, tx), sign(mallory, tx)} },
			ErrInvalidSignature, "SignerSignatureNumberMismatch"},
		{"somebody else's", own, func(tx []byte) [][]byte { return [][]byte{sign(mallory, tx)} },
			ErrInvalidSignature, "SignerSignatureAbsent"},
		{"over another transaction", own, func(tx []byte) [][]byte { return [][]byte{sign(alice, append([]byte{0}, tx...))} },
			ErrInvalidSignature, "InvalidSignature"},
		{"changed", own, func(tx []byte) [][]byte { return [][]byte{flip(sign(alice, tx), 7)} }, ErrInvalidSignature, "InvalidSignature"},
		{"key changed", own, func(tx []byte) [][]byte { return [][]byte{flip(sign(alice, tx), 80)} },
			ErrInvalidSignature, "SignerSignatureAbsent"},
		{"cut", own, func(tx []byte) [][]byte { return [][]byte{sign(alice, tx)[:96]} }, ErrInvalidSignature, "InvalidSignature"},
		{"empty", own, func(tx []byte) [][]byte { return [][]byte{{}} }, ErrInvalidSignature, "InvalidSignature"},
		{"another scheme", own, func(tx []byte) [][]byte { return [][]byte{append([]byte{suitx.SchemeZkLogin}, sign(alice, tx)[1:]...)} },
			ErrUnsupported, "UnsupportedFeatureError"},
		{"sponsor's missing", both, func(tx []byte) [][]byte { return [][]byte{sign(alice, tx)} },
			ErrInvalidSignature, "SignerSignatureNumberMismatch"},
		{"sponsor's is another's", both, func(tx []byte) [][]byte { return [][]byte{sign(alice, tx), sign(mallory, tx)} },
			ErrInvalidSignature, "SignerSignatureAbsent"},
		{"sender's twice", both, func(tx []byte) [][]byte { return [][]byte{sign(alice, tx), sign(alice, tx)} },
			ErrInvalidSignature, "SignerSignatureAbsent"},
		{"sponsor's over other bytes", both, func(tx []byte) [][]byte { return [][]byte{sign(alice, tx), sign(sponsor, tx[1:])} },
			ErrInvalidSignature, "InvalidSignature"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tx := c.data().Marshal()
			if _, err := n.Execute(context.Background(), tx, c.sigs(tx)); !refused(err, c.kind, c.sui) {
				t.Errorf("gave %v", err)
			}
		})
	}
}

func TestSponsorPays(t *testing.T) {
	n := newNetwork(t)
	alice, sponsor := n.rich("alice"), n.rich("sponsor")
	for i, order := range [][]account{{alice, sponsor}, {sponsor, alice}} {
		if i > 0 {
			n.rich("alice")
		}
		sui := must(n.Balance(alice.Address, suitx.SUI()))
		paid := must(n.Balance(sponsor.Address, suitx.SUI()))
		data := n.sponsored(alice, sponsor)
		tx := data.Marshal()
		e, err := n.Execute(context.Background(), tx, [][]byte{
			suitx.SignTransaction(order[0].key, tx), suitx.SignTransaction(order[1].key, tx)})
		if err != nil {
			t.Fatal(err)
		}
		n.ok(e)
		if got := must(n.Balance(alice.Address, suitx.SUI())); got.Total != sui.Total || got.Coins != sui.Coins {
			t.Errorf("the sender's SUI went from %d to %d", sui.Total, got.Total)
		}
		if got := must(n.Balance(sponsor.Address, suitx.SUI())); int64(paid.Total-got.Total) != e.Effects.GasUsed.Net() {
			t.Errorf("the sponsor paid %d for gas of %d", paid.Total-got.Total, e.Effects.GasUsed.Net())
		}
	}
}

func TestResendGetsTheStoredAnswer(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	var b suitx.Builder
	b.Transfer(newAccount("bob").Address, b.Split(suitx.GasCoin, 1))
	data := n.build(&b, alice)
	first := n.ok(n.sign(data, alice))
	n.pass(3 * testEpoch)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			again, err := n.try(data, alice)
			if err != nil {
				t.Error(err)
				return
			}
			if string(again.Effects.Marshal()) != string(first.Effects.Marshal()) || again.Checkpoint != first.Checkpoint ||
				!again.Time.Equal(first.Time) || len(again.Outputs) != len(first.Outputs) || len(again.Inputs) != len(first.Inputs) {
				t.Errorf("answered %+v, before %+v", again, first)
			}
		})
	}
	wg.Wait()
	if got := must(n.Balance(newAccount("bob").Address, suitx.SUI())); got.Total != 1 {
		t.Errorf("bob has %d", got.Total)
	}
	tx := data.Marshal()
	sig := suitx.SignTransaction(alice.key, tx)
	sig[5] ^= 1
	if _, err := n.Execute(context.Background(), tx, [][]byte{sig}); !refused(err, ErrInvalidSignature, "InvalidSignature") {
		t.Errorf("a resend without the signature gave %v", err)
	}
}

// TestDoubleSpend sends many transactions that use the same coin at once: one happens.
func TestDoubleSpend(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	wal := n.coin(alice, n.world.WAL())
	gas := make([]suitx.ObjectRef, 16)
	for i := range gas {
		gas[i] = n.smallCoin(alice, 20_000_000)
	}
	var mu sync.Mutex
	var won []suitx.Address
	var wg sync.WaitGroup
	for i := range gas {
		to := newAccount(fmt.Sprint("thief ", i))
		var b suitx.Builder
		b.Transfer(to.Address, b.Object(wal.Ref))
		data := must(b.Build(alice.Address))
		data.Gas = suitx.GasData{Payment: gas[i : i+1], Owner: alice.Address, Price: 1000, Budget: 10_000_000}
		wg.Go(func() {
			e, err := n.try(data, alice)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && e.Effects.Status.Success():
				won = append(won, to.Address)
			case !refused(err, ErrObjectConflict, "ObjectVersionUnavailableForConsumption"):
				t.Errorf("gave %v", err)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%d of the transactions happened", len(won))
	}
	if got := must(n.Balance(won[0], n.world.WAL())); got.Total != *wal.Balance {
		t.Errorf("the winner has %d of %d", got.Total, *wal.Balance)
	}
	var r *Refusal
	var b suitx.Builder
	b.Transfer(alice.Address, b.Object(wal.Ref))
	if _, err := n.try(n.build(&b, alice), alice); !refused(err, ErrObjectConflict, "ObjectVersionUnavailableForConsumption") {
		t.Errorf("a late transaction gave %v", err)
	} else if r = err.(*Refusal); r.Object == nil || r.Object.ID != wal.Ref.ID {
		t.Errorf("the refusal names %v", r.Object)
	}
}

func TestInsufficientGas(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	for _, c := range []struct {
		budget uint64
		want   string
		cost   suitx.GasCost
	}{
		// Just the computation: all of it is gone, and the gas coin keeps the rebate that it has.
		{1_000_000, "failure 0", suitx.GasCost{Computation: 1_000_000}},
		// Enough for that, not for the new coin's storage: the inputs' storage is paid, the transfer undone.
		{1_100_000, "failure 0", suitx.GasCost{Computation: 1_000_000, Storage: 988_000, Rebate: 978_120, NonRefundable: 9_880}},
		{3_000_000, "", suitx.GasCost{Computation: 1_000_000, Storage: 1_976_000, Rebate: 978_120, NonRefundable: 9_880}},
	} {
		t.Run(fmt.Sprint(c.budget), func(t *testing.T) {
			coin := n.smallCoin(alice, 10_000_000)
			var b suitx.Builder
			b.Transfer(newAccount("bob").Address, b.Split(suitx.GasCoin, 5))
			data := must(b.Build(alice.Address))
			data.Gas = suitx.GasData{Payment: []suitx.ObjectRef{coin}, Owner: alice.Address, Price: 1000, Budget: c.budget}
			e := n.sign(data, alice)
			if got := statusText(e); got != c.want {
				t.Errorf("ended %q, want %q", got, c.want)
			}
			if e.Effects.GasUsed != c.cost {
				t.Errorf("cost %+v, want %+v", e.Effects.GasUsed, c.cost)
			}
		})
	}
}
