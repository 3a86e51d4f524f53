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

func vectorIFFT(v []lane, pos, used int) bool {
	words, t := adjacent(v), vectorTables()
	if t == nil || words == nil {
		return false
	}
	kernel.Inverse(words, len(v[0]), pos, used, t)
	return true
}

func vectorFFT(v []lane, pos, want int) bool {
	words, t := adjacent(v), vectorTables()
	if t == nil || words == nil {
		return false
	}
	kernel.Forward(words, len(v[0]), pos, want, t)
	return true
}

// adjacent returns lanes that follow each other in memory as one slice, nil if
// they don't or aren't whole blocks.
func adjacent(v []lane) []uint64 {
	n := len(v[0])
	if n == 0 || n%blockWords != 0 {
		return nil
	}
	first, last := &v[0][0], &v[len(v)-1][0]
	if unsafe.Add(unsafe.Pointer(first), 8*n*(len(v)-1)) != unsafe.Pointer(last) {
		return nil
	}
	return unsafe.Slice(first, n*len(v))
}

// vectorLeaves hashes as many symbols as the kernel may: all but those too near
// the end of the memory that b is known to lie in.
func vectorLeaves(leaves []Hash, b []byte, stride, size int, h *hasher) int {
	if vectorTables() == nil {
		return 0
	}
	n := len(leaves)
	for n > 0 && (n-1)*stride+size+kernel.Overread > cap(b) {
		n--
	}
	kernel.Leaves(raw(leaves[:n]), b, stride, size, h.vectorScratch())
	return n
}

// vectorParents computes the nodes above whole pairs.
func vectorParents(level []Hash, h *hasher) int {
	if vectorTables() == nil {
		return 0
	}
	n := len(level) / 2
	kernel.Inner(raw(level[:n]), raw(level), h.vectorScratch())
	return n
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
