package codec

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
)

// encoded is a blob with all there is to it.
type encoded struct {
	blob  []byte
	id    BlobID
	meta  *Metadata
	pairs []SliverPair
	p     Params
}

func encodeForTest(t testing.TB, n int, blob []byte) *encoded {
	t.Helper()
	e, err := NewEncoder(n)
	if err != nil {
		t.Fatal(err)
	}
	m, pairs, err := e.Encode(blob)
	if err != nil {
		t.Fatal(err)
	}
	return &encoded{blob: blob, id: m.BlobID(), meta: m, pairs: pairs, p: e.p}
}

func (e *encoded) sliver(kind Kind, index int) *Sliver {
	if kind == Primary {
		return e.pairs[index].Primary
	}
	return e.pairs[e.p.NShards-1-index].Secondary
}

func (e *encoded) decoder(t testing.TB) *Decoder {
	t.Helper()
	d, err := NewDecoder(e.id, e.meta)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func add(t testing.TB, d *Decoder, slivers ...*Sliver) {
	t.Helper()
	for _, s := range slivers {
		if err := d.Add(s); err != nil {
			t.Fatalf("%v sliver %d: %v", s.Kind, s.Index, err)
		}
	}
}

// sizes are lengths of interest: none, a byte, the edges of symbols and rows,
// symbols below, at and above a block.
func sizes(p Params) []int {
	symbols := p.Primary * p.Secondary
	return []int{0, 1, 2*p.Secondary + 1, 2*symbols - 1, 2 * symbols, 6*symbols + 5, 63 * symbols, 64 * symbols, 130*symbols + 1}
}

func TestDecodeRandomSubsets(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{4, 5, 6, 7, 8, 9, 10, 13, 16, 17, 31, 32, 33, 64, 65, 100, 104, 128, 129, 200, 257, 334, 511, 512, 513, 768, 1000, 1001} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			p, err := NewParams(n)
			if err != nil {
				t.Fatal(err)
			}
			all := sizes(p)
			if testing.Short() && n > 300 {
				t.Skip("short")
			}
			if n > 200 || testing.Short() {
				all = []int{all[random.IntN(4)], all[4+random.IntN(2)]}
			}
			for _, size := range all {
				e := encodeForTest(t, n, testBlob(uint32(n), size))
				for _, kind := range []Kind{Primary, Secondary} {
					e.decodeSubset(t, random.Perm(n), kind)
				}
			}
		})
	}
}

// decodeSubset decodes from the slivers of one kind in the order given, and
// expects to succeed exactly when there are enough.
func (e *encoded) decodeSubset(t *testing.T, order []int, kind Kind) {
	t.Helper()
	d := e.decoder(t)
	needed := e.p.needed(kind)
	for _, i := range order[:needed-1] {
		add(t, d, e.sliver(kind, i))
	}
	if d.Ready() {
		t.Fatalf("ready with %d of %d %v slivers", needed-1, needed, kind)
	}
	if _, err := d.Decode(); err != nil && !errors.Is(err, ErrTooFewSlivers) {
		t.Fatalf("got %v, want too few slivers", err)
	}
	add(t, d, e.sliver(kind, order[0])) // a duplicate changes nothing
	if d.Ready() {
		t.Fatal("ready by a duplicate")
	}
	add(t, d, e.sliver(kind, order[needed-1]))
	if !d.Ready() {
		t.Fatalf("not ready with %d %v slivers", needed, kind)
	}
	got, err := d.Decode()
	if err != nil {
		t.Fatalf("n = %d, %d bytes, %v slivers %v: %v", e.p.NShards, len(e.blob), kind, order[:needed], err)
	}
	if !bytes.Equal(got, e.blob) {
		t.Fatalf("n = %d, %d bytes, %v slivers: another blob", e.p.NShards, len(e.blob), kind)
	}
}

// TestRestorers runs both ways of restoring on the same erasures.
func TestRestorers(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{4, 7, 10, 31, 64, 65, 100, 104, 257, 1000, 1001} {
		p, err := NewParams(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []code{p.rowCode(), p.columnCode()} {
			const size = 3 * 66 // three symbols side by side
			all := make([][]byte, c.k+c.m)
			for i := range all {
				all[i] = make([]byte, size)
				for j := 0; j < size && i < c.k; j++ {
					all[i][j] = byte(random.Uint32())
				}
			}
			encode, err := transforms{}.encoder(c)
			if err != nil {
				t.Fatal(err)
			}
			if err := encode(symbolsOf(all[c.k:]), symbolsOf(all[:c.k]), 66, 3); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				c.checkRestorers(t, random.Perm(c.k+c.m), all)
			}
		}
	}
}

// symbolsOf are the grids of slices that each hold symbols of 66 bytes.
func symbolsOf(all [][]byte) []grid {
	var grids []grid
	for _, b := range all {
		grids = append(grids, grid{b, 1, 0, 66})
	}
	return grids
}

func (c code) checkRestorers(t *testing.T, order []int, all [][]byte) {
	t.Helper()
	have := order[:c.k]
	var want []int
	for _, symbol := range order[c.k:] {
		if symbol < c.k {
			want = append(want, symbol)
		}
	}
	want = want[:min(len(want), 40)] // sums take a table for each product
	r := &restorer{c: c, have: have, want: want}
	r.prepare(theField())
	for name, restore := range map[string]encodeFunc{"sums": r.bySums(), "transforms": r.byTransforms()} {
		src, dst := make([][]byte, c.k), make([][]byte, len(want))
		for i, symbol := range have {
			src[i] = all[symbol]
		}
		for i := range dst {
			dst[i] = make([]byte, len(all[0]))
		}
		if err := restore(symbolsOf(dst), symbolsOf(src), 66, 3); err != nil {
			t.Fatal(err)
		}
		for i, symbol := range want {
			if !bytes.Equal(dst[i], all[symbol]) {
				t.Fatalf("%+v by %s: symbol %d is wrong", c, name, symbol)
			}
		}
	}
}

// TestDecodeMixture says what DESIGN's fault test relies on: both kinds
// together help only when one is complete, and rows that came as they are
// needn't be restored.
func TestDecodeMixture(t *testing.T) {
	e := encodeForTest(t, 104, testBlob(7, 300_000))
	d := e.decoder(t)
	for i := range e.p.Primary - 1 {
		add(t, d, e.sliver(Primary, i+40))
	}
	for i := range e.p.Secondary - 1 {
		add(t, d, e.sliver(Secondary, i))
	}
	if _, err := d.Decode(); !errors.Is(err, ErrTooFewSlivers) || d.Ready() {
		t.Fatalf("got %v, want too few slivers", err)
	}
	add(t, d, e.sliver(Secondary, 103), e.sliver(Primary, 3))
	got, err := d.Decode()
	if err != nil || !bytes.Equal(got, e.blob) {
		t.Fatalf("couldn't decode: %v", err)
	}
}

func TestRange(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	e := encodeForTest(t, 13, testBlob(9, 12345))
	few, full := e.decoder(t), e.decoder(t)
	for i := range e.p.Primary {
		add(t, full, e.sliver(Primary, i+2))
	}
	size := uint64(len(e.blob))
	for range 200 {
		off := random.Uint64N(size + 1)
		n := random.Uint64N(size - off + 1)
		first, end, err := CoverRange(e.p, size, off, n)
		if err != nil {
			t.Fatal(err)
		}
		only := e.decoder(t)
		for i := first; i < end; i++ {
			if _, err := only.Range(off, n); !errors.Is(err, ErrTooFewSlivers) {
				t.Fatalf("range %d+%d without sliver %d: got %v", off, n, i, err)
			}
			add(t, only, e.sliver(Primary, i))
		}
		for _, d := range []*Decoder{only, full} {
			got, err := d.Range(off, n)
			if err != nil || !bytes.Equal(got, e.blob[off:off+n]) {
				t.Fatalf("range %d+%d: %v", off, n, err)
			}
		}
	}
	for _, r := range [][2]uint64{{size + 1, 0}, {size, 1}, {0, size + 1}, {1, 1<<64 - 1}, {1<<64 - 1, 1}} {
		if _, err := few.Range(r[0], r[1]); !errors.Is(err, ErrMalformed) {
			t.Errorf("range %d+%d: got %v", r[0], r[1], err)
		}
	}
}
