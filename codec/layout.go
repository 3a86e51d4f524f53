package codec

// layout lays symbols of several rows (or columns) side by side in one slice of
// whole 64-byte blocks, as engines want it. A symbol of S = 64q + 2t bytes has
// q blocks of its own and a tail of t elements, t low bytes before t high ones.
// Tails stand behind all blocks, each in a slot of a block: the power of two
// from t elements on. What is behind a tail in its slot has no meaning.
//
//	symbol 0: q blocks ‖ symbol 1: q blocks ‖ … ‖ tails
type layout struct {
	symbolSize int
	count      int // symbols side by side
}

func (l layout) size() int {
	tails := 0
	if slot := l.slot(); slot > 0 {
		tails = (l.count*slot + 31) / 32 * blockSize
	}
	return l.count*l.wholeBlocks() + tails
}

// wholeBlocks is how many bytes of a symbol are in blocks of its own.
func (l layout) wholeBlocks() int { return l.symbolSize / blockSize * blockSize }

// slot is how many elements a tail has room for, 0 where symbols have no tails.
func (l layout) slot() int {
	if tail := l.symbolSize % blockSize / 2; tail > 0 {
		return ceilPow2(tail)
	}
	return 0
}

// tailAt is where the low bytes of symbol i's tail begin; its high bytes are 32
// bytes on.
func (l layout) tailAt(i int) int {
	e := i * l.slot()
	return l.count*l.wholeBlocks() + e/32*blockSize + e%32
}

// pack puts a symbol at place i of wide, unpack takes it out.
func (l layout) pack(wide []byte, i int, symbol []byte) {
	whole := l.wholeBlocks()
	copy(wide[i*whole:], symbol[:whole])
	if tail := symbol[whole:]; len(tail) > 0 {
		at, half := l.tailAt(i), len(tail)/2
		move(wide[at:at+half], tail[:half])
		move(wide[at+32:at+32+half], tail[half:])
	}
}

func (l layout) unpack(symbol []byte, wide []byte, i int) {
	whole := l.wholeBlocks()
	copy(symbol[:whole], wide[i*whole:])
	if tail := symbol[whole:]; len(tail) > 0 {
		at, half := l.tailAt(i), len(tail)/2
		move(tail[:half], wide[at:at+half])
		move(tail[half:], wide[at+32:at+32+half])
	}
}

// move is copy for few bytes.
func move(dst, src []byte) {
	if len(src) > 8 {
		copy(dst, src)
		return
	}
	for i := range dst {
		dst[i] = src[i]
	}
}

// group holds packed symbols of some rows or columns.
type group struct {
	layout layout
	lanes  [][]byte
	memory []byte
}

// use makes the group one of so many lanes, in the memory it has if that
// suffices.
func (g *group) use(lanes int, l layout) {
	if g.layout == l && len(g.lanes) == lanes {
		return
	}
	size := l.size()
	if len(g.memory) < lanes*size {
		g.memory = make([]byte, lanes*size)
	}
	g.layout, g.lanes = l, make([][]byte, lanes)
	for i := range g.lanes {
		g.lanes[i] = g.memory[i*size:][:size:size]
	}
}

// packAll fills lanes from where their symbols are, unpackAll puts them there.
func (g *group) packAll(lanes [][]byte, from []grid) {
	for _, of := range from {
		for i := range of.lanes {
			for j := range g.layout.count {
				g.layout.pack(lanes[i], j, of.at(i, j, g.layout.symbolSize))
			}
		}
		lanes = lanes[of.lanes:]
	}
}

func (g *group) unpackAll(lanes [][]byte, to []grid) {
	for _, of := range to {
		for i := 0; i < of.lanes && of.b != nil; i++ {
			for j := range g.layout.count {
				g.layout.unpack(of.at(i, j, g.layout.symbolSize), lanes[i], j)
			}
		}
		lanes = lanes[of.lanes:]
	}
}
