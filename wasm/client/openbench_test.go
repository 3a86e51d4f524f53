package client

import (
	"context"
	"fmt"
	"io"
	"math"
	"testing"
)

// BenchmarkSave saves 32 MiB of a parcel in blobs of 4 MiB, whose nodes answer
// at once: what verifying, opening and copying take. With nodes down, a part is
// rebuilt.
func BenchmarkSave(b *testing.B) {
	const size = 32 << 20
	f := newFake(b)
	growNetwork(f, 104)
	f.net.SegmentSize, f.net.MaxParcelSize = 4<<20, 1<<30
	sent, err := f.client().Send(context.Background(), request(map[string][]byte{"a": noise("a", size)}))
	if err != nil {
		b.Fatal(err)
	}
	for _, down := range []int{0, 4} {
		b.Run(fmt.Sprintf("down=%d", down), func(b *testing.B) {
			for i := range down {
				f.stop(i)
			}
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				p, err := f.client().Open(context.Background(), OpenRequest{Link: link(sent)})
				if err == nil {
					err = p.WriteFile(context.Background(), 0, io.Discard, ReadRequest{})
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSeek reads 1 MiB at places that weren't read before, as players do.
func BenchmarkSeek(b *testing.B) {
	c, sent := sentLarge(b, map[string][]byte{"a": noise("a", 24<<20)})
	p := openLarge(b, c, sent)
	c.reset()
	b.SetBytes(1 << 20)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		off := int64(n*7+5) % 22 << 20
		r, err := p.OpenFile(context.Background(), 0, off, math.MaxInt64, ReadRequest{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.CopyN(io.Discard, r, 1<<20); err != nil {
			b.Fatal(err)
		}
		r.Close()
		n++
	}
	b.ReportMetric(float64(c.bytes)/float64(n<<20), "fetched/shown")
}
