//go:build !js

package codec

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"floe/codec/kernel"
)

// TestKernelMovesSymbolsAsGo has the kernel and Go load each other's lanes and
// store them: whatever symbols' sizes and places are, and what stands around
// them stays as it is.
func TestKernelMovesSymbolsAsGo(t *testing.T) {
	k := newKernelOutside(t)
	tables := k.put(theField().kernelTables()[:])
	random := rand.New(rand.NewPCG(21, 22))
	start := k.used
	var sizes []int
	for s := 2; s <= 130; s += 2 {
		sizes = append(sizes, s)
	}
	for _, s := range append(sizes, 190, 192, 194, 302, 640, 1000) {
		for _, count := range []int{1, 2, 3, 5, 33} {
			for _, gap := range []int{0, 1 + random.IntN(40)} {
				k.used = start
				checkSymbols(t, k, tables, random, s, count, gap)
			}
		}
	}
}

func checkSymbols(t *testing.T, k *kernelOutside, tables uint32, random *rand.Rand, s, count, gap int) {
	const n = 3
	l := layout{symbolSize: s, count: count}
	g := grid{lanes: n, symbol: s + gap}
	g.lane = count*g.symbol + gap
	g.b = randomBytes(random, n*g.lane+16)
	r := &room{}
	r.use(l, n)
	v := r.lanes(0, n)

	shape := k.put(shapeBytes(n, l.size(), g.lane, count, g.symbol, l.wholeBlocks(), s%blockSize/2, l.slot()))
	src, lanesAt := k.put(g.b), k.put(make([]byte, n*l.size()+16))
	k.call("gather", lanesAt, src, shape, tables)
	for i, b := range slices.Collect(slices.Chunk(k.read(lanesAt, n*l.size()), 8)) {
		v.words[i] = binary.LittleEndian.Uint64(b)
	}
	got := bytes.Clone(g.b)
	for i := range n {
		for j := range count {
			clear(g.at(i, j, s))
		}
	}
	blank := bytes.Clone(g.b)
	r.store(v, []grid{g})
	if !bytes.Equal(g.b, got) {
		t.Fatalf("%d symbols of %d bytes, %d apart: Go doesn't store what the kernel loaded", count, s, g.symbol)
	}

	r.load(v, []grid{g})
	dst, lanesAt := k.put(blank), k.put(append(bytesOf(v.words), make([]byte, 16)...))
	k.call("scatter", lanesAt, dst, shape, tables)
	if !bytes.Equal(k.read(dst, len(blank)), got) {
		t.Fatalf("%d symbols of %d bytes, %d apart: the kernel doesn't store what Go loaded", count, s, g.symbol)
	}
}

func shapeBytes(numbers ...int) (b []byte) {
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return b
}

// TestKernelPairsAsGo has nodes of many rows computed at once, over rows that
// follow each other and such as leave something out.
func TestKernelPairsAsGo(t *testing.T) {
	k := newKernelOutside(t)
	random := rand.New(rand.NewPCG(23, 24))
	start := k.used
	for _, p := range []pairing{
		{count: 4, stride: 1, rows: 3, skip: 8}, {count: 5, stride: 1, rows: 4, skip: 16},
		{count: 1, stride: 1, rows: 6, skip: 2}, {count: 3, stride: 2, rows: 2, skip: 7}, {count: 0, rows: 2, skip: 1},
	} {
		k.used = start
		b := randomBytes(random, 32*(p.rows*p.skip+p.count*2+20))
		left, nodes := hashesIn(b), make([]Hash, p.rows*p.count+1)
		right := left[max(p.skip/2, 1):]
		var h hasher
		h.pairs(nodes, left, right, p)
		scratch := k.put(make([]byte, len(kernel.Scratch{})))
		at, dst := k.put(b), k.put(make([]byte, 32*len(nodes)))
		k.call("inner", dst, at, at+uint32(32*max(p.skip/2, 1)), uint32(32*p.stride), uint32(p.count), uint32(p.rows), uint32(32*p.skip), scratch)
		if !slices.Equal(hashesIn(k.read(dst, 32*len(nodes))), nodes) {
			t.Errorf("%+v: nodes differ", p)
		}
	}
}
