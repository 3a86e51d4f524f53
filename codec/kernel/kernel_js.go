package kernel

import "unsafe"

// The functions of the module, as static/js/kernel.js hands them to Go's. All
// pointers are into memory that the caller keeps alive; they aren't kept.

//go:wasmimport floe_kernel ready
func ready() uint32

//go:wasmimport floe_kernel load
//go:noescape
func load(dst, src unsafe.Pointer, n uint32, tables unsafe.Pointer)

//go:wasmimport floe_kernel store
//go:noescape
func store(dst, src unsafe.Pointer, n uint32, tables unsafe.Pointer)

//go:wasmimport floe_kernel gather
//go:noescape
func gather(v, b, shape, tables unsafe.Pointer)

//go:wasmimport floe_kernel scatter
//go:noescape
func scatter(v, b, shape, tables unsafe.Pointer)

//go:wasmimport floe_kernel add
//go:noescape
func add(dst, src unsafe.Pointer, n uint32)

//go:wasmimport floe_kernel multiplyAdd
//go:noescape
func multiplyAdd(dst, src unsafe.Pointer, n, a, b, c uint32, tables unsafe.Pointer)

//go:wasmimport floe_kernel scale
//go:noescape
func scale(v unsafe.Pointer, size, lanes uint32, factors, tables unsafe.Pointer)

//go:wasmimport floe_kernel derive
//go:noescape
func derive(v unsafe.Pointer, size, lanes uint32)

//go:wasmimport floe_kernel inverse
//go:noescape
func inverse(v unsafe.Pointer, lanes, size, position, used uint32, tables unsafe.Pointer)

//go:wasmimport floe_kernel forward
//go:noescape
func forward(v unsafe.Pointer, lanes, size, position, wanted uint32, tables unsafe.Pointer)

//go:wasmimport floe_kernel leaves
//go:noescape
func leaves(dst unsafe.Pointer, dstStride uint32, src unsafe.Pointer, stride, size, count uint32, scratch unsafe.Pointer)

//go:wasmimport floe_kernel inner
//go:noescape
func inner(dst, left, right unsafe.Pointer, stride, count, rows, skip uint32, scratch unsafe.Pointer)

// Ready tells whether the module is there: else nothing below may be called.
func Ready() bool { return ready() != 0 }

// Load fills a lane from bytes, Store is its inverse: as many whole blocks as
// both have.
func Load(lane []uint64, b []byte, t *Tables) {
	if n := wholeBlocks(lane, len(b)); n > 0 {
		load(unsafe.Pointer(&lane[0]), unsafe.Pointer(&b[0]), n, unsafe.Pointer(t))
	}
}

func Store(b []byte, lane []uint64, t *Tables) {
	if n := wholeBlocks(lane, len(b)); n > 0 {
		store(unsafe.Pointer(&b[0]), unsafe.Pointer(&lane[0]), n, unsafe.Pointer(t))
	}
}

// Gather fills lanes with symbols from b, Scatter takes them there and leaves
// the lanes without meaning. Both need Overhang behind what they touch, of b's
// capacity and of the lanes'.
func Gather(lanes []uint64, b []byte, s *Shape, t *Tables) {
	if s.check(lanes, b) {
		gather(unsafe.Pointer(&lanes[0]), unsafe.Pointer(&b[0]), unsafe.Pointer(s), unsafe.Pointer(t))
	}
}

func Scatter(b []byte, lanes []uint64, s *Shape, t *Tables) {
	if s.check(lanes, b) {
		scatter(unsafe.Pointer(&lanes[0]), unsafe.Pointer(&b[0]), unsafe.Pointer(s), unsafe.Pointer(t))
	}
}

// check tells whether there is anything to do, and panics if it would reach
// outside.
func (s *Shape) check(lanes []uint64, b []byte) bool {
	if s.Lanes == 0 || s.Count == 0 {
		return false
	}
	size := uint64(s.Whole) + 2*uint64(s.Tail)
	end := uint64(s.Lanes-1)*uint64(s.Stride) + uint64(s.Count-1)*uint64(s.Symbol) + size
	_ = b[:cap(b)][end+Overhang-1]
	_ = lanes[:cap(lanes)][(uint64(s.Lanes)*uint64(s.Width)+Overhang-1)/8]
	blocks := uint64(s.Count)*uint64(s.Whole) + (uint64(s.Count)*uint64(s.Slot)+31)/32*64
	if blocks > uint64(s.Width) || s.Whole%64 != 0 || s.Slot > 32 || s.Slot < s.Tail {
		panic("internal error: symbols that don't fit into lanes")
	}
	return true
}

// Add adds src to dst.
func Add(dst, src []uint64) {
	if n := wholeBlocks(dst, 8*len(src)); n > 0 {
		add(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), n)
	}
}

// MultiplyAdd adds src times an element a + b·v8 to dst. by are a, b·v7, a + b.
func MultiplyAdd(dst, src []uint64, by [3]byte, t *Tables) {
	if n := wholeBlocks(dst, 8*len(src)); n > 0 {
		multiplyAdd(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), n, uint32(by[0]), uint32(by[1]), uint32(by[2]), unsafe.Pointer(t))
	}
}

func wholeBlocks(lane []uint64, bytes int) uint32 {
	return uint32(min(8*len(lane), bytes) / 64 * 64)
}

// Scale multiplies lanes of size words that follow each other by a factor each:
// a, b·v7, a + b and 0. Those whose factor is 0 may hold anything before.
func Scale(words []uint64, size int, factors [][4]byte, t *Tables) {
	if n := len(words) / size; n > 0 && size%8 == 0 {
		_ = factors[n-1]
		scale(unsafe.Pointer(&words[0]), uint32(8*size), uint32(n), unsafe.Pointer(&factors[0]), unsafe.Pointer(t))
	}
}

// Derive replaces coefficients in lanes of size words by the derivative's.
func Derive(words []uint64, size int) {
	if n := len(words) / size; n > 0 && size%8 == 0 {
		derive(unsafe.Pointer(&words[0]), uint32(8*size), uint32(n))
	}
}

// Inverse and Forward transform lanes of size words that follow each other.
func Inverse(words []uint64, size, position, used int, t *Tables) {
	inverse(unsafe.Pointer(&words[0]), uint32(len(words)/size), uint32(8*size), uint32(position), uint32(used), unsafe.Pointer(t))
}

func Forward(words []uint64, size, position, wanted int, t *Tables) {
	forward(unsafe.Pointer(&words[0]), uint32(len(words)/size), uint32(8*size), uint32(position), uint32(wanted), unsafe.Pointer(t))
}

// Overread is how far behind a message Leaves reads.
const Overread = 127

// Leaves stores the hashes of a byte 0 followed by size bytes, for count
// messages that begin stride bytes after each other in src, dstStride hashes
// after each other in dst. The capacity of src must reach Overread bytes behind
// the last one.
func Leaves(dst [][32]byte, dstStride int, src []byte, stride, size, count int, scratch *Scratch) {
	if count == 0 {
		return
	}
	_ = dst[(count-1)*dstStride]
	_ = src[:cap(src)][(count-1)*stride+size+Overread-1]
	leaves(unsafe.Pointer(&dst[0]), uint32(32*dstStride), unsafe.Pointer(&src[0]), uint32(stride), uint32(size), uint32(count), unsafe.Pointer(scratch))
}

// Inner stores the hashes of a byte 1 followed by a hash of left and one of
// right, which stand stride after each other there: count of them, and that for
// so many rows, each skip hashes behind the row before. dst may begin where left
// does if right begins behind left.
func Inner(dst, left, right [][32]byte, stride, count, rows, skip int, scratch *Scratch) {
	if count <= 0 || rows <= 0 {
		return
	}
	last := (rows-1)*skip + (count-1)*stride
	_, _, _ = dst[rows*count-1], left[last], right[last]
	inner(unsafe.Pointer(&dst[0]), unsafe.Pointer(&left[0]), unsafe.Pointer(&right[0]), uint32(32*stride), uint32(count), uint32(rows), uint32(32*skip), unsafe.Pointer(scratch))
}
