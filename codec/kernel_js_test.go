package codec

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"floe/codec/kernel"
)

// TestInWebAssembly runs everything here a second time without the kernel, where
// these tests have nothing to look at; TestKernelIsThere says which run it is.

func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// With the kernel and without, blobs of all shapes are encoded to the same
// bytes: they end in the middle of symbols, rows and columns, and what is behind
// them in memory doesn't count, nor does whether anything is.
func TestKernelEncodesAsGo(t *testing.T) {
	with := vectorTables()
	if with == nil {
		return
	}
	defer func() { vectors.tables = with }()
	r := rand.New(rand.NewPCG(1, 9))
	check := func(n, size, behind int) {
		e, err := NewEncoder(n)
		if err != nil {
			t.Fatal(err)
		}
		blob := noise(r, size+behind)[:size]
		var metadata [2]*Metadata
		var pairs [2][]SliverPair
		for i, tables := range []*kernel.Tables{with, nil} {
			vectors.tables = tables
			if metadata[i], pairs[i], err = e.Encode(blob); err != nil {
				t.Fatal(err)
			}
		}
		if metadata[0].BlobID() != metadata[1].BlobID() {
			t.Errorf("n = %d, %d bytes, %d behind: the blob IDs differ", n, size, behind)
		}
		for i, p := range pairs[0] {
			other := pairs[1][i]
			if !bytes.Equal(p.Primary.Data, other.Primary.Data) || !bytes.Equal(p.Secondary.Data, other.Secondary.Data) {
				t.Fatalf("n = %d, %d bytes, %d behind: pair %d differs", n, size, behind, i)
			}
		}
		vectors.tables = with
		last := *pairs[0][n-1].Secondary
		last.Data = bytes.Clone(last.Data)
		last.Data = last.Data[:len(last.Data):len(last.Data)] // nothing may be read behind it
		if err := metadata[0].VerifySliver(&last); err != nil {
			t.Errorf("n = %d, %d bytes: %v", n, size, err)
		}
		last.Data[len(last.Data)-1] ^= 1
		if metadata[0].VerifySliver(&last) == nil {
			t.Errorf("n = %d, %d bytes: a changed last byte passed", n, size)
		}
	}
	for n := 4; n <= 13; n++ {
		p, err := NewParams(n)
		if err != nil {
			t.Fatal(err)
		}
		row := p.Secondary
		cells := p.Primary * row
		for _, s := range []int{2, 62, 126, 128, 130} {
			for _, size := range []int{0, 1, s * cells, s*cells - 1, s*(cells-1) + 1, s * (cells - row), s*(cells-row) + 1} {
				check(n, size, []int{0, 1, 126, 127, 300}[r.IntN(5)])
			}
		}
	}
	for _, n := range []int{104, 257, 1001} {
		check(n, r.IntN(5000), 0)
	}
}

// What a caller of the kernel gets wrong ends in Go, not in foreign memory.
func TestKernelBounds(t *testing.T) {
	tables, s := vectorTables(), new(kernel.Scratch)
	if tables == nil {
		return
	}
	panics := func(f func()) (did bool) {
		defer func() { did = recover() != nil }()
		f()
		return false
	}
	two := make([][32]byte, 2)
	for name, f := range map[string]func(){
		"no room behind leaves": func() { kernel.Leaves(two, 1, make([]byte, 4+kernel.Overread-1), 2, 2, 2, s) },
		"leaves of nothing":     func() { kernel.Leaves(two, 1, nil, 2, 2, 2, s) },
		"leaves too far apart":  func() { kernel.Leaves(two, 2, make([]byte, 4+kernel.Overread), 2, 2, 2, s) },
		"no room behind lanes":  func() { kernel.Gather(make([]uint64, 16), make([]byte, 200), oneLane(128, 64, 1), tables) },
		"no room behind bytes": func() {
			kernel.Scatter(make([]byte, 66+kernel.Overhang-1), make([]uint64, 18), oneLane(128, 64, 1), tables)
		},
		"lanes too narrow": func() { kernel.Gather(make([]uint64, 18), make([]byte, 200), oneLane(64, 64, 1), tables) },
		"half a pair":      func() { kernel.Inner(two, make([][32]byte, 3), make([][32]byte, 2), 2, 2, 1, 0, s) },
	} {
		if !panics(f) {
			t.Errorf("%s: done", name)
		}
	}
	for name, f := range map[string]func(){
		"no leaves":  func() { kernel.Leaves(nil, 1, nil, 2, 2, 0, s) },
		"room, just": func() { kernel.Leaves(two, 1, make([]byte, 4, 4+kernel.Overread), 2, 2, 2, s) },
		"no nodes":   func() { kernel.Inner(nil, nil, nil, 2, 0, 1, 0, s) },
		"room for symbols": func() {
			kernel.Gather(make([]uint64, 18), make([]byte, 66+kernel.Overhang), oneLane(128, 64, 1), tables)
		},
		"no symbols": func() {
			kernel.Gather(nil, nil, &kernel.Shape{}, tables)
			kernel.Scatter(nil, nil, &kernel.Shape{}, tables)
		},
		"no lane":           func() { kernel.Load(nil, nil, tables); kernel.Store(nil, nil, tables); kernel.Add(nil, nil) },
		"less than a block": func() { kernel.MultiplyAdd(make([]uint64, 8), make([]uint64, 7), [3]byte{1, 1, 0}, tables) },
	} {
		if panics(f) {
			t.Errorf("%s: it panics", name)
		}
	}
}

// oneLane is the shape of one symbol in one lane.
func oneLane(width, whole, tail uint32) *kernel.Shape {
	return &kernel.Shape{Lanes: 1, Width: width, Count: 1, Whole: whole, Tail: tail, Slot: 1}
}
