package ledger

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"floe/codec/suitx"
)

// copyDir copies a store as it lies on disk while it is open: what a killed process leaves.
func copyDir(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestAnsweredTransactionsSurviveAKill opens a copy of the store made right
// after each answer: the process never got to close it.
func TestAnsweredTransactionsSurviveAKill(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	for i := range 5 {
		var b suitx.Builder
		b.Transfer(newAccount("bob").Address, b.Split(suitx.GasCoin, uint64(i+1)))
		e := n.ok(n.send(&b, alice))
		killed := testNetwork(t, copyDir(t, n.cfg.Dir))
		killed.now = n.time()
		killed.open()
		got, err := killed.Transaction(e.Digest)
		if err != nil {
			t.Fatalf("transaction %d is lost: %v", i, err)
		}
		if !bytes.Equal(got.Effects.Marshal(), e.Effects.Marshal()) || got.Checkpoint != e.Checkpoint {
			t.Errorf("transaction %d came back changed", i)
		}
		if balance := must(killed.Balance(newAccount("bob").Address, suitx.SUI())); balance.Coins != i+1 {
			t.Errorf("bob has %d coins", balance.Coins)
		}
		if a, b := must(killed.LatestCheckpoint()), must(n.LatestCheckpoint()); a.Digest != b.Digest {
			t.Errorf("checkpoint %d is another than %d", a.Sequence, b.Sequence)
		}
		b = suitx.Builder{} // it goes on
		b.Transfer(alice.Address, b.Split(suitx.GasCoin, 1))
		killed.ok(killed.send(&b, alice))
		if err := killed.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReopen(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	want := must(n.LatestCheckpoint())
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Errorf("closing twice gives %v", err)
	}
	if _, err := n.LatestCheckpoint(); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed ledger gives %v", err)
	}
	n.pass(5 * testEpoch)
	n.open()
	if got := must(n.Checkpoint(want.Sequence)); got.Digest != want.Digest {
		t.Error("the checkpoint changed")
	}
	if e := must(n.CurrentEpoch()); e.Epoch != 5 {
		t.Errorf("the missed epochs weren't made up for: it is epoch %d", e.Epoch)
	}
	if _, err := n.Faucet(context.Background(), alice.Address); err != nil {
		t.Error(err)
	}
}

func TestAnotherGenesisIsRefused(t *testing.T) {
	n := newNetwork(t)
	n.Close()
	for name, change := range map[string]func(*Genesis){
		"price":    func(g *Genesis) { g.WritePrice++ },
		"start":    func(g *Genesis) { g.Start = g.Start.Add(time.Second) },
		"duration": func(g *Genesis) { g.EpochDuration *= 2 },
		"address":  func(g *Genesis) { g.Nodes[1].Address = "elsewhere" },
	} {
		cfg := n.cfg
		cfg.Genesis.Nodes = append([]GenesisNode{}, cfg.Genesis.Nodes...)
		change(&cfg.Genesis)
		if l, err := Open(cfg); !errors.Is(err, ErrOtherGenesis) {
			t.Errorf("another %s: %v", name, err)
			l.Close()
		}
	}
}

func TestGenesisIsDeterministic(t *testing.T) {
	a, b := newNetwork(t), newNetwork(t)
	if a.ChainID() != b.ChainID() || a.treasury != b.treasury {
		t.Error("two ledgers of one genesis differ")
	}
	c := testNetwork(t, t.TempDir())
	c.cfg.Genesis.StoragePrice++
	c.open()
	if c.ChainID() == a.ChainID() || c.treasury == a.treasury {
		t.Error("two ledgers of two geneses are one")
	}
}

func TestGenesisIsChecked(t *testing.T) {
	for name, change := range map[string]func(*Genesis){
		"shard held twice":    func(g *Genesis) { g.Nodes[0].Shards[0] = g.Nodes[1].Shards[0] },
		"shard held by none":  func(g *Genesis) { g.Nodes[0].Shards = g.Nodes[0].Shards[1:] },
		"shard out of bounds": func(g *Genesis) { g.Nodes[0].Shards[0] = testShards },
		"node without shards": func(g *Genesis) { g.Nodes[0].Shards = nil },
		"key that is none":    func(g *Genesis) { g.Nodes[0].PublicKey[5] ^= 1 },
		"somebody's key":      func(g *Genesis) { g.Nodes[0].PublicKey = g.Nodes[1].PublicKey },
		"no proof":            func(g *Genesis) { g.Nodes[0].ProofOfPossession[9] ^= 1 },
		"too few shards":      func(g *Genesis) { g.NShards = 3 },
		"no duration":         func(g *Genesis) { g.EpochDuration = 0 },
	} {
		n := testNetwork(t, t.TempDir())
		change(&n.cfg.Genesis)
		if l, err := Open(n.cfg); err == nil {
			l.Close()
			t.Errorf("%s was taken", name)
		}
	}
}

func TestUnusableFolder(t *testing.T) {
	n := testNetwork(t, filepath.Join(t.TempDir(), "file"))
	if err := os.WriteFile(n.cfg.Dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(n.cfg); err == nil {
		t.Error("a file was taken for a folder")
	}
}
