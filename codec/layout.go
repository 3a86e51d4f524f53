package codec

// layout lays symbols of several rows (or columns) side by side in one slice of
// whole 64-byte blocks, as engines want it. A symbol of S = 64q + 2t bytes has
// q blocks of its own and a tail of t elements, t low bytes before t high ones;
// tails are packed densely behind all blocks, 32 elements to a block.
//
//	symbol 0: q blocks ‖ symbol 1: q blocks ‖ … ‖ tails
type layout struct {
	symbolSize int
	count      int // symbols side by side
}

func (l layout) size() int {
	tails := l.count * (l.symbolSize % blockSize) / 2
	return l.count*(l.symbolSize/blockSize)*blockSize + (tails+31)/32*blockSize
}

// pack puts a symbol at place i of wide, unpack takes it out.
func (l layout) pack(wide []byte, i int, symbol []byte) {
	whole := l.symbolSize / blockSize * blockSize
	copy(wide[i*whole:], symbol[:whole])
	tail := symbol[whole:]
	if len(tail) <= shortTail {
		for j, low := range tail[:len(tail)/2] {
			at := l.tailAt(i, j)
			wide[at], wide[at+32] = low, tail[len(tail)/2+j]
		}
		return
	}
	l.eachRun(i, func(at, from, n int) {
		copy(wide[at:at+n], tail[from:])
		copy(wide[at+32:at+32+n], tail[len(tail)/2+from:])
	})
}

func (l layout) unpack(symbol []byte, wide []byte, i int) {
	whole := l.symbolSize / blockSize * blockSize
	copy(symbol[:whole], wide[i*whole:])
	tail := symbol[whole:]
	if len(tail) <= shortTail {
		for j := range len(tail) / 2 {
			at := l.tailAt(i, j)
			tail[j], tail[len(tail)/2+j] = wide[at], wide[at+32]
		}
		return
	}
	l.eachRun(i, func(at, from, n int) {
		copy(tail[from:from+n], wide[at:])
		copy(tail[len(tail)/2+from:][:n], wide[at+32:])
	})
}

// shortTail is how long a tail is, in bytes, that is moved faster one by one.
const shortTail = 16

// tailAt is where the low byte of a tail's j-th element lies.
func (l layout) tailAt(i, j int) int {
	e := i*(l.symbolSize%blockSize/2) + j
	return l.count*(l.symbolSize/blockSize)*blockSize + e/32*blockSize + e%32
}

// eachRun calls f for each run of a tail's elements within one block: n of them
// from element from, whose low bytes are at wide[at:], high bytes 32 later.
func (l layout) eachRun(i int, f func(at, from, n int)) {
	base := l.count * (l.symbolSize / blockSize) * blockSize
	elements := l.symbolSize % blockSize / 2
	for from := 0; from < elements; {
		e := i*elements + from
		n := min(32-e%32, elements-from)
		f(base+e/32*blockSize+e%32, from, n)
		from += n
	}
}
