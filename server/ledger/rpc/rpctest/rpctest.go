// Package rpctest runs an embedded ledger behind its RPC for tests: [Ledger]
// opens one, [Serve] puts it on a loopback port, [Account] is somebody with
// coins.
package rpctest

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger"
	"floe/server/ledger/rpc"
)

// Shards and Nodes are the size of the network: 13 shards, two or three to a node.
const (
	Shards = 13
	Nodes  = 5
)

// Start is when the network's first epoch begins, unless a test says otherwise.
var Start = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// Keys are the nodes' BLS keys.
func Keys(t testing.TB) []*bls.Key {
	t.Helper()
	keys := make([]*bls.Key, Nodes)
	for i := range keys {
		k, err := bls.KeyFromSeed([]byte(fmt.Sprintf("a seed of node %d, long enough for BLS", i)))
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = k
	}
	return keys
}

// Genesis is the network's beginning.
func Genesis(t testing.TB) ledger.Genesis {
	t.Helper()
	g := ledger.Genesis{NShards: Shards, EpochDuration: 14 * 24 * time.Hour, Start: Start, StoragePrice: 100, WritePrice: 20}
	for i, k := range Keys(t) {
		proof, err := k.ProvePossession(0, api.EmbeddedPool(i))
		if err != nil {
			t.Fatal(err)
		}
		node := ledger.GenesisNode{
			Name:              fmt.Sprintf("Node %d", i+1),
			Address:           fmt.Sprintf("127.0.0.1:9/node/%d", i),
			PublicKey:         k.Public().Compressed(),
			NetworkKey:        append([]byte{2}, make([]byte, 32)...),
			ProofOfPossession: [96]byte(proof),
		}
		for shard := i; shard < Shards; shard += Nodes {
			node.Shards = append(node.Shards, uint16(shard))
		}
		g.Nodes = append(g.Nodes, node)
	}
	return g
}

// Ledger opens a new ledger, whose clock stands an hour after Start.
func Ledger(t testing.TB) *ledger.Ledger {
	t.Helper()
	return LedgerAfter(t, time.Hour)
}

// LedgerAfter opens a new ledger, whose clock stands that long after Start: an
// epoch takes two weeks.
func LedgerAfter(t testing.TB, since time.Duration) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(ledger.Config{
		Dir:     t.TempDir(),
		Clock:   func() time.Time { return Start.Add(since) },
		Genesis: Genesis(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// Serve serves the ledger's RPC and returns its host and port.
func Serve(t testing.TB, l *ledger.Ledger) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	s := &http.Server{
		Handler:           rpc.New(rpc.Config{Ledger: l, Chain: api.Local, Server: "floe/test", Epoch: 14 * 24 * time.Hour}),
		Protocols:         &protocols,
		ReadHeaderTimeout: 10 * time.Second,
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return listener.Addr().String()
}

// Account is somebody who signs.
type Account struct {
	Key     ed25519.PrivateKey
	Address suitx.Address
}

// NewAccount is the account of that number, without coins.
func NewAccount(number byte) Account {
	key := ed25519.NewKeyFromSeed(append([]byte{number}, make([]byte, 31)...))
	return Account{Key: key, Address: suitx.AddressOf(key.Public().(ed25519.PublicKey))}
}

// Fund gives the account SUI and WAL.
func (a Account) Fund(t testing.TB, l *ledger.Ledger) Account {
	t.Helper()
	if _, err := l.Faucet(context.Background(), a.Address); err != nil {
		t.Fatal(err)
	}
	return a
}

// Sign fills in gas of the account's own coins, all of them, and signs.
func (a Account) Sign(t testing.TB, l *ledger.Ledger, b *suitx.Builder) (tx []byte, sigs [][]byte) {
	t.Helper()
	data, err := b.Build(a.Address)
	if err != nil {
		t.Fatal(err)
	}
	data.Gas = suitx.GasData{Owner: a.Address, Price: l.ReferenceGasPrice(), Budget: 1_000_000_000}
	filter := suitx.CoinOf(suitx.SUI())
	coins, _, err := l.Owned(a.Address, &filter, nil, 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range coins {
		data.Gas.Payment = append(data.Gas.Payment, c.Ref)
	}
	tx = data.Marshal()
	return tx, [][]byte{suitx.SignTransaction(a.Key, tx)}
}

// Run signs and executes what b builds.
func (a Account) Run(t testing.TB, l *ledger.Ledger, b *suitx.Builder) *ledger.Executed {
	t.Helper()
	tx, sigs := a.Sign(t, l, b)
	x, err := l.Execute(context.Background(), tx, sigs)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
