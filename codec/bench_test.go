package codec

import (
	"fmt"
	"testing"
)

// benchSizes are the usual case, and a large and a small one of Walrus' main
// network.
var benchSizes = []struct{ n, size int }{{104, 16 << 20}, {1000, 64 << 20}, {1000, 1 << 20}}

func eachBench(b *testing.B, run func(b *testing.B, e *Encoder, blob []byte)) {
	for _, s := range benchSizes {
		for name, on := range engines() {
			b.Run(fmt.Sprintf("n=%d/%dMiB/%s", s.n, s.size>>20, name), func(b *testing.B) {
				e, err := newEncoder(s.n, on)
				if err != nil {
					b.Fatal(err)
				}
				blob := testBlob(1, s.size)
				b.SetBytes(int64(s.size))
				b.ReportAllocs()
				run(b, e, blob)
			})
		}
	}
}

// BenchmarkEncode makes metadata and all slivers.
func BenchmarkEncode(b *testing.B) {
	eachBench(b, func(b *testing.B, e *Encoder, blob []byte) {
		for b.Loop() {
			if _, err := e.Expand(blob); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkMetadata is pass one alone.
func BenchmarkMetadata(b *testing.B) {
	eachBench(b, func(b *testing.B, e *Encoder, blob []byte) {
		for b.Loop() {
			if _, err := e.Metadata(blob); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkExpandOnly is pass two alone: all slivers, nothing hashed.
func BenchmarkExpandOnly(b *testing.B) {
	eachBench(b, func(b *testing.B, e *Encoder, blob []byte) {
		for b.Loop() {
			if _, err := e.ExpandOnly(blob); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDecode verifies k slivers and decodes: those in order (a healthy
// read), primary ones with a third of the source missing, none of the source,
// and secondary ones with none of the source columns they can miss.
func BenchmarkDecode(b *testing.B) {
	for _, s := range benchSizes {
		e := encodeForTest(b, s.n, testBlob(1, s.size))
		for _, c := range []struct {
			name  string
			kind  Kind
			first int
		}{
			{"healthy", Primary, 0},
			{"third", Primary, e.p.Primary / 3},
			{"recovery", Primary, e.p.Primary},
			{"secondary", Secondary, e.p.NShards - e.p.Secondary},
		} {
			b.Run(fmt.Sprintf("n=%d/%dMiB/%s", s.n, s.size>>20, c.name), func(b *testing.B) {
				b.SetBytes(int64(s.size))
				b.ReportAllocs()
				for b.Loop() {
					d := e.decoder(b)
					for i := range e.p.needed(c.kind) {
						add(b, d, e.sliver(c.kind, c.first+i))
					}
					if _, err := d.Decode(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
