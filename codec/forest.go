package codec

import "math/bits"

// forest gathers the Merkle trees over all rows and columns of an expanded
// matrix. Columns come in units of span columns, a power of two, in any order:
// a column's tree is finished at once, of a row's tree each unit leaves one
// node.
type forest struct {
	n, span int
	columns []Hash   // root of every column
	rows    [][]Hash // by row: one node for every unit
}

// spanFor is how many columns make a unit: few, so that processors share the
// work evenly, more where symbols are small.
func spanFor(symbolSize int) int {
	if symbolSize <= 128 {
		return 64
	}
	return 16
}

func newForest(n, symbolSize int) *forest {
	f := &forest{n: n, span: spanFor(symbolSize), columns: make([]Hash, n), rows: make([][]Hash, n)}
	units := (n + f.span - 1) / f.span
	nodes := make([]Hash, n*units)
	for r := range f.rows {
		f.rows[r] = nodes[r*units:][:units]
	}
	return f
}

// metadata finishes the rows' trees.
func (f *forest) metadata(size uint64) *Metadata {
	var h hasher
	m := &Metadata{Size: size, Hashes: make([]PairHash, f.n)}
	for i := range m.Hashes {
		m.Hashes[i] = PairHash{Primary: h.root(f.rows[i]), Secondary: f.columns[f.n-1-i]}
	}
	return m
}

// leaves collects one unit's hashes of symbols; one goroutine has it to itself.
type leaves struct {
	forest *forest
	hasher hasher
	column []Hash // of the column at hand, by row
	rows   []Hash // span of every row
}

func newLeaves(f *forest) *leaves {
	return &leaves{forest: f, column: make([]Hash, f.n), rows: make([]Hash, f.n*f.span)}
}

// finishColumn takes the leaves in column for those of the unit's i-th column,
// which is column c of all, and computes its root.
func (l *leaves) finishColumn(i, c int) {
	for row, leaf := range l.column {
		l.rows[row*l.forest.span+i] = leaf
	}
	l.forest.columns[c] = l.hasher.root(l.column)
}

// finishUnit computes every row's node over the unit's columns.
func (l *leaves) finishUnit(unit, columns int) {
	f := l.forest
	for r := range f.n {
		row := l.rows[r*f.span:][:columns]
		if len(f.rows[r]) == 1 {
			f.rows[r][unit] = l.hasher.root(row)
		} else {
			f.rows[r][unit] = l.hasher.subtree(row, bits.Len(uint(f.span))-1)
		}
	}
}
