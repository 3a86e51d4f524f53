package codec

import (
	"unsafe"

	"floe/codec/kernel"
)

// vectors holds the kernel's tables once they were asked for. Nothing here runs
// beside anything else: js has one thread, and no function waits.
var vectors struct {
	asked  bool
	tables *kernel.Tables
}

// vectorTables returns the tables, or nil where there is no kernel: a browser
// without vector instructions. All functions here then return false, having done
// nothing, and Go's own loops do it.
func vectorTables() *kernel.Tables {
	if !vectors.asked {
		vectors.asked = true
		if kernel.Ready() {
			vectors.tables = theField().kernelTables()
		}
	}
	return vectors.tables
}

func vectorLoad(v lane, b []byte) bool {
	t := vectorTables()
	if t != nil {
		kernel.Load(v, b, t)
	}
	return t != nil
}

func vectorStore(b []byte, v lane) bool {
	t := vectorTables()
	if t != nil {
		kernel.Store(b, v, t)
	}
	return t != nil
}

func vectorAdd(dst, src lane) bool {
	if vectorTables() == nil {
		return false
	}
	kernel.Add(dst, src)
	return true
}

func vectorMultiplyAdd(dst, src lane, by [3]byte) bool {
	t := vectorTables()
	if t != nil {
		kernel.MultiplyAdd(dst, src, by, t)
	}
	return t != nil
}

func vectorScale(v lanes, factors [][4]byte) bool {
	t := vectorTables()
	if t != nil {
		kernel.Scale(v.words, v.width, factors, t)
	}
	return t != nil
}

func vectorDerive(v lanes) bool {
	if vectorTables() == nil {
		return false
	}
	kernel.Derive(v.words, v.width)
	return true
}

func vectorIFFT(v lanes, pos, used int) bool {
	t := vectorTables()
	if t != nil {
		kernel.Inverse(v.words, v.width, pos, used, t)
	}
	return t != nil
}

func vectorFFT(v lanes, pos, want int) bool {
	t := vectorTables()
	if t != nil {
		kernel.Forward(v.words, v.width, pos, want, t)
	}
	return t != nil
}

// vectorGather loads, and vectorScatter stores, the symbols of as many lanes as
// the kernel may: all but those too near the end of the memory that they are
// known to lie in.
func vectorGather(r *room, v lanes, from grid) int {
	t := vectorTables()
	if t == nil {
		return 0
	}
	r.shape = shapeOf(v, from, r.layout)
	kernel.Gather(v.words, from.b, &r.shape, t)
	return int(r.shape.Lanes)
}

func vectorScatter(r *room, v lanes, to grid) int {
	t := vectorTables()
	if t == nil {
		return 0
	}
	r.shape = shapeOf(v, to, r.layout)
	kernel.Scatter(to.b, v.words, &r.shape, t)
	return int(r.shape.Lanes)
}

func shapeOf(v lanes, g grid, l layout) kernel.Shape {
	n := g.lanes
	for n > 0 && (n-1)*g.lane+(l.count-1)*g.symbol+l.symbolSize+kernel.Overhang > cap(g.b) {
		n--
	}
	return kernel.Shape{
		Lanes: uint32(n), Width: uint32(8 * v.width), Stride: uint32(g.lane),
		Count: uint32(l.count), Symbol: uint32(g.symbol),
		Whole: uint32(l.wholeBlocks()), Tail: uint32(l.symbolSize % blockSize / 2), Slot: uint32(l.slot()),
	}
}

// vectorLeaves hashes the first symbols of as many lanes as the kernel may: all
// but those too near the end of the memory that they are known to lie in.
func vectorLeaves(into []Hash, stride int, of grid, size int, h *hasher) int {
	if vectorTables() == nil {
		return 0
	}
	n := of.lanes
	for n > 0 && (n-1)*of.lane+size+kernel.Overread > cap(of.b) {
		n--
	}
	kernel.Leaves(raw(into), stride, of.b, of.lane, size, n, h.vectorScratch())
	return n
}

func vectorPairs(nodes, left, right []Hash, p pairing, h *hasher) int {
	if vectorTables() == nil {
		return 0
	}
	kernel.Inner(raw(nodes), raw(left), raw(right), p.stride, p.count, p.rows, p.skip, h.vectorScratch())
	return p.rows
}

func raw(hashes []Hash) [][32]byte {
	return unsafe.Slice((*[32]byte)(unsafe.Pointer(unsafe.SliceData(hashes))), len(hashes))
}

func (h *hasher) vectorScratch() *kernel.Scratch {
	const size = len(kernel.Scratch{})
	if cap(h.scratch) < size {
		h.scratch = make([]byte, size)
	}
	return (*kernel.Scratch)(h.scratch[:size])
}
