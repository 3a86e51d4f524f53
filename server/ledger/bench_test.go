package ledger

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"floe/codec/suitx"
)

// BenchmarkDurableTransactions measures signed transfers from 64 clients, each
// waiting for its answer before it sends the next.
func BenchmarkDurableTransactions(b *testing.B) {
	n := newNetwork(b)
	const clients = 64
	accounts := make([]account, clients)
	coins := make([]suitx.ObjectRef, clients)
	for i := range accounts {
		accounts[i] = n.rich(fmt.Sprint("client ", i))
		coins[i] = n.coin(accounts[i], suitx.SUI()).Ref
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	start := must(n.LatestCheckpoint())
	b.ResetTimer()
	var wg sync.WaitGroup
	for i := range accounts {
		wg.Go(func() {
			a, gas := accounts[i], coins[i]
			for left.Add(-1) >= 0 {
				var t suitx.Builder
				t.Transfer(accounts[(i+1)%clients].Address, t.Split(suitx.GasCoin, 1000))
				data := must(t.Build(a.Address))
				data.Gas = suitx.GasData{Payment: []suitx.ObjectRef{gas}, Owner: a.Address, Price: 1000, Budget: 10_000_000}
				tx := data.Marshal()
				e, err := n.Execute(context.Background(), tx, [][]byte{suitx.SignTransaction(a.key, tx)})
				if err != nil || !e.Effects.Status.Success() {
					b.Errorf("transaction failed: %v", err)
					return
				}
				gas = output(e, gas.ID).Ref()
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	end := must(n.LatestCheckpoint())
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
	b.ReportMetric(float64(b.N)/float64(end.Sequence-start.Sequence), "tx/checkpoint")
}
