//go:build !js

package codec

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/crypto/blake2b"
)

// BenchmarkFloor says how near encoding comes to what it can't do without: the
// hashes, the Reed–Solomon code and moving what it reads and writes, each alone
// and on all processors, with nothing in between. In every round all take turns.
// floor/op is their sum, ratio what encoding takes of that.
func BenchmarkFloor(b *testing.B) {
	for _, s := range benchSizes {
		b.Run(fmt.Sprintf("n=%d/%dMiB", s.n, s.size>>20), func(b *testing.B) {
			e, err := NewEncoder(s.n)
			if err != nil {
				b.Fatal(err)
			}
			blob := testBlob(1, s.size)
			x, err := e.Expand(blob)
			if err != nil {
				b.Fatal(err)
			}
			parts := floorOf(b, x)
			var whole, floor time.Duration
			spent := make(map[string]time.Duration)
			b.SetBytes(int64(s.size))
			b.ResetTimer()
			for range b.N {
				begin := time.Now()
				if _, err := e.Expand(blob); err != nil {
					b.Fatal(err)
				}
				whole += time.Since(begin)
				b.StopTimer()
				for name, part := range parts {
					begin := time.Now()
					part()
					spent[name] += time.Since(begin)
				}
				b.StartTimer()
			}
			for name, d := range spent {
				floor += d
				b.ReportMetric(float64(d.Milliseconds())/float64(b.N), name+"-ms/op")
			}
			b.ReportMetric(float64(floor.Milliseconds())/float64(b.N), "floor-ms/op")
			b.ReportMetric(float64(whole)/float64(floor), "ratio")
		})
	}
}

// floorOf are the parts of encoding what x was made of, on all processors.
func floorOf(b *testing.B, x *Expansion) map[string]func() {
	p, s := x.matrix.p, x.matrix.symbolSize
	onAll := func(n int, work func(i int)) {
		err := parallel(n, func() func(int) error { return func(i int) error { work(i); return nil } })
		if err != nil {
			b.Fatal(err)
		}
	}
	leaves, inner := grid{make([]byte, p.NShards*s), p.NShards, s, s}, make([]byte, 65)
	hashing := func() {
		onAll(p.NShards, func(int) {
			var h hasher
			h.leaves(make([]Hash, p.NShards), 1, leaves, 0, s)
			for range p.NShards {
				blake2b.Sum256(inner)
				blake2b.Sum256(inner)
			}
		})
	}
	code := func(c code, total int) func() {
		encode, err := packedEncoder(c)
		if err != nil {
			b.Fatal(err)
		}
		l := layout{symbolSize: s, count: groupCount(s, total, 0)}
		groups := make(chan *group, processors())
		for range processors() {
			g := &group{}
			g.use(c.k+c.m, l)
			groups <- g
		}
		return func() {
			onAll((total+l.count-1)/l.count, func(int) {
				g := <-groups
				if err := encode(g.lanes[c.k:], g.lanes[:c.k]); err != nil {
					b.Error(err)
				}
				groups <- g
			})
		}
	}
	rows, columns := code(p.rowCode(), p.Primary), code(p.columnCode(), p.NShards)
	whole := x.shares[0].b
	to := make([]byte, len(whole))
	moving := func() {
		const step = 1 << 20
		onAll((len(whole)+step-1)/step, func(i int) { copy(to[i*step:min((i+1)*step, len(to))], whole[i*step:]) })
	}
	return map[string]func(){"hashing": hashing, "code": func() { rows(); columns() }, "moving": moving}
}
