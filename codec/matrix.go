package codec

// matrix is a blob as the source symbols that both codes start from: rows that
// lie in the blob altogether, then rows that are padded with zeros.
type matrix struct {
	p          Params
	symbolSize int
	blob       []byte
	whole      int    // how many rows are in the blob
	rest       []byte // the others
}

func newMatrix(p Params, blob []byte) (*matrix, error) {
	m := &matrix{p: p}
	return m, m.use(blob)
}

// use makes the matrix that of the blob, in the memory it has if that suffices.
func (m *matrix) use(blob []byte) error {
	s, err := m.p.SymbolSize(uint64(len(blob)))
	if err != nil {
		return err
	}
	row := m.p.SliverSize(Primary, s)
	m.symbolSize, m.blob, m.whole = s, blob, len(blob)/row
	size := (m.p.Primary - m.whole) * row
	if cap(m.rest) < size+overread {
		m.rest = make([]byte, size, size+overread)
	}
	m.rest = m.rest[:size]
	clear(m.rest[copy(m.rest, blob[m.whole*row:]):])
	return nil
}

// row returns row r < k1.
func (m *matrix) row(r int) []byte {
	size := m.p.SliverSize(Primary, m.symbolSize)
	if r < m.whole {
		return m.blob[r*size:][:size:size]
	}
	return m.rest[(r-m.whole)*size:][:size:size]
}

// column is where the columns from c < k2 on are: their rows are the lanes.
func (m *matrix) column(c int) []grid {
	s, row := m.symbolSize, m.p.SliverSize(Primary, m.symbolSize)
	var all []grid
	if m.whole > 0 {
		all = append(all, grid{m.blob[c*s:], m.whole, row, s})
	}
	if m.whole < m.p.Primary {
		all = append(all, grid{m.rest[c*s:], m.p.Primary - m.whole, row, s})
	}
	return all
}

// rows is where the rows from r < k1 on are, and how many rows of them: their
// columns are the lanes.
func (m *matrix) rows(r int) (grid, int) {
	s, row := m.symbolSize, m.p.SliverSize(Primary, m.symbolSize)
	if r < m.whole {
		return grid{m.blob[r*row:], m.p.Secondary, s, row}, m.whole - r
	}
	return grid{m.rest[(r-m.whole)*row:], m.p.Secondary, s, row}, m.p.Primary - r
}

// grid is where symbols are: the j-th symbol of lane i begins at
// b[i*lane + j*symbol]. There may be room behind the last one.
type grid struct {
	b            []byte
	lanes        int
	lane, symbol int
}

func (g grid) at(i, j, size int) []byte {
	return g.b[i*g.lane+j*g.symbol:][:size]
}

// from is the grid of what stands off bytes into the symbols.
func (g grid) from(off int) grid {
	if g.b != nil {
		g.b = g.b[off:]
	}
	return g
}

// part is the grid of n lanes from lane first on.
func (g grid) part(first, n int) grid {
	p := grid{nil, n, g.lane, g.symbol}
	if g.b != nil {
		p.b = g.b[first*g.lane:]
	}
	return p
}
