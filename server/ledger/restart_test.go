package ledger

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"floe/codec/suitx"
)

// BenchmarkRestart measures how long a ledger takes to open again from a million
// transactions, FLOE_TRANSACTIONS of them if that is set, after it was killed.
// They are made without signatures, and still take some minutes.
func BenchmarkRestart(b *testing.B) {
	count := int64(1_000_000)
	if text := os.Getenv("FLOE_TRANSACTIONS"); text != "" {
		var err error
		if count, err = strconv.ParseInt(text, 10, 64); err != nil {
			b.Fatal(err)
		}
	}
	n := newNetwork(b)
	n.fill(count)
	killed := testNetwork(b, copyDir(b, n.cfg.Dir))
	killed.now = n.time()
	want := must(n.LatestCheckpoint())
	for b.Loop() {
		killed.open()
		if got := must(killed.LatestCheckpoint()); got.Digest != want.Digest || got.TotalTransactions < uint64(count) {
			b.Fatalf("it came back with %d transactions", got.TotalTransactions)
		}
		b.StopTimer()
		if err := killed.Close(); err != nil {
			b.Fatal(err)
		}
		killed = testNetwork(b, copyDir(b, n.cfg.Dir))
		killed.now = n.time()
		b.StartTimer()
	}
	b.ReportMetric(float64(want.TotalTransactions), "transactions")
}

// fill makes transactions of many accounts at once.
func (n *network) fill(count int64) {
	var left atomic.Int64
	left.Store(count)
	var all sync.WaitGroup
	for i := range maxBatch {
		a := n.rich(fmt.Sprint("account ", i))
		gas := n.coin(a, suitx.SUI()).Ref
		all.Go(func() {
			for left.Add(-1) >= 0 {
				var b suitx.Builder
				b.Transfer(suitx.Address{byte(i)}, b.Split(suitx.GasCoin, 1))
				data := must(b.Build(a.Address))
				data.Gas = suitx.GasData{Payment: []suitx.ObjectRef{gas}, Owner: a.Address, Price: 1000, Budget: 10_000_000}
				q := &request{tx: data.Marshal(), sigs: [][]byte{make([]byte, 97)}, data: data, digest: data.Digest(), done: make(chan struct{})}
				e, err := n.submit(context.Background(), q)
				if err != nil || !e.Effects.Status.Success() {
					n.t.Errorf("transaction failed: %v", err)
					return
				}
				gas = output(e, gas.ID).Ref()
			}
		})
	}
	all.Wait()
}
