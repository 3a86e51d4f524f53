package codec

import (
	"bytes"
	"testing"
)

// TestAppendBCS: what is gathered straight into a buffer is what a sliver's own
// bytes are, of one share and of many.
func TestAppendBCS(t *testing.T) {
	for _, size := range []int{0, 1, 5_000, 300_000} {
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
	}
}
