package codec

import (
	"bytes"
	"testing"
)

// TestAppendBCS: what is gathered straight into a buffer is what a sliver's own
// bytes are, of one share and of many.
func TestAppendBCS(t *testing.T) {
	for _, size := range []int{0, 1, 5_000, 14_000, 20_000, 25_000, 300_000} {
		e, err := NewEncoder(104)
		if err != nil {
			t.Fatal(err)
		}
		blob := make([]byte, size)
		for i := range blob {
			blob[i] = byte(i * i >> 3)
		}
		whole, err := e.Expand(blob)
		if err != nil {
			t.Fatal(err)
		}
		var shares []*Share
		for first, unit := 0, e.Unit(int64(size)); first < 104; first += unit {
			s, err := e.NewShare(blob, first, min(first+unit, 104), wantBoth)
			if err != nil {
				t.Fatal(err)
			}
			shares = append(shares, s)
		}
		joined, err := e.Join(blob, wantBoth, shares...)
		if err != nil {
			t.Fatal(err)
		}
		for pair := range 104 {
			for _, kind := range []Kind{Primary, Secondary} {
				want := whole.Sliver(kind, pair).MarshalBCS()
				for _, x := range []*Expansion{whole, joined} {
					if got := x.AppendBCS([]byte("before"), kind, pair); !bytes.Equal(got, append([]byte("before"), want...)) {
						t.Fatalf("%v sliver of pair %d of %d bytes differs", kind, pair, size)
					}
				}
			}
		}
		checkAppendAllBCS(t, blob, whole, joined)
	}
}

// checkAppendAllBCS has all slivers appended some at a time, and those that are
// parts of the blob before it is encoded.
func checkAppendAllBCS(t *testing.T, blob []byte, all ...*Expansion) {
	t.Helper()
	n := all[0].Params().NShards
	for _, kind := range []Kind{Primary, Secondary} {
		var want [][]byte
		for pair := range n {
			want = append(want, all[0].Sliver(kind, pair).MarshalBCS())
		}
		check := func(x *Expansion, first, end int) {
			before := []byte("before")
			if got := x.AppendAllBCS(before, kind, first, end); !bytes.Equal(got, append(before, bytes.Join(want[first:end], nil)...)) {
				t.Fatalf("%v slivers %d to %d of %d bytes differ", kind, first, end, len(blob))
			}
		}
		for _, x := range all {
			for _, step := range []int{1, 3, 7, n} {
				for first := 0; first < n; first += step {
					check(x, first, min(first+step, n))
				}
			}
			check(x, 5, 5)
		}
		source, err := Source(n, blob)
		if err != nil {
			t.Fatal(err)
		}
		first, end := source.Params().Systematic(kind)
		for i := first; i < end; i += 4 {
			check(source, i, min(i+4, end))
		}
		if end-first != source.Params().needed(kind) {
			t.Errorf("%d %v slivers are parts of the blob", end-first, kind)
		}
	}
}
