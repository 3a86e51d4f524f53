package codec

import "sync"

// groupCount is how many rows or columns to put side by side: enough for an
// engine that works in so many lanes, few enough for every processor to have
// some.
func groupCount(symbolSize, total, lanes int) int {
	width := groupBytes(lanes)
	return min((width+symbolSize-1)/symbolSize, (total+processors()-1)/processors())
}

// fill computes what is in a share.
func (e *Encoder) fill(s *Share, m *matrix) error {
	f := &filler{Share: s, matrix: m, span: unitSpan(s.p.NShards, s.symbolSize), encode: e.column, scratch: &e.scratch, parity: s.parity}
	if s.repair() > 0 {
		if err := f.expandRows(e.row); err != nil {
			return err
		}
	}
	return f.expandColumns()
}

// filler computes a share.
type filler struct {
	*Share
	matrix  *matrix
	span    int
	encode  encodeFunc
	scratch *sync.Pool
	parity  []byte // the columns from k2 on, whether they are kept or not
}

// firstParity is the first of the share's columns that isn't below k2.
func (f *filler) firstParity() int { return f.first + f.source() }

// expandRows computes the symbols of the share's columns from k2 on.
func (f *filler) expandRows(encode encodeFunc) error {
	s, size := f.symbolSize, f.p.SliverSize(Secondary, f.symbolSize)
	if f.want&WantSlivers == 0 {
		f.parity = make([]byte, f.repair()*size, f.repair()*size+overread)
	}
	dst := []grid{{f.parity, f.repair(), size, s}}
	if skip := f.firstParity() - f.p.Secondary; skip > 0 {
		dst = []grid{{lanes: skip}, dst[0]}
	}
	to := make([]grid, len(dst))
	for r := 0; r < f.p.Primary; {
		src, n := f.matrix.rows(r)
		setAt(to, dst, r)
		if err := inGroups(encode, to, []grid{src}, s, n, f.p.rowCode().lanes()); err != nil {
			return err
		}
		r += n
	}
	return nil
}

// inGroups computes count rows or columns, as many side by side as suit the
// engine, which works in so many lanes.
func inGroups(encode encodeFunc, dst, src []grid, symbolSize, count, lanes int) error {
	step := groupCount(symbolSize, count, lanes)
	return parallel((count+step-1)/step, func() func(int) error {
		to, from := make([]grid, len(dst)), make([]grid, len(src))
		return func(unit int) error {
			first := unit * step
			setAt(to, dst, first)
			setAt(from, src, first)
			return encode(to, from, symbolSize, min(step, count-first))
		}
	})
}

// setAt sets grids to those whose symbol 0 is symbol j of others.
func setAt(to, grids []grid, j int) {
	for i, g := range grids {
		to[i] = g.from(j * g.symbol)
	}
}

// expandColumns computes the symbols of the rows from k1 on, keeps what is
// wanted of them, and computes hashes if asked.
func (f *filler) expandColumns() error {
	end := f.end
	if f.want&WantMetadata == 0 {
		end = f.first + f.source()
		if len(f.recovery) == 0 {
			return nil
		}
	}
	step := groupCount(f.symbolSize, f.span*processors(), f.p.columnCode().lanes())
	return parallel((end-f.first+f.span-1)/f.span, func() func(int) error {
		return func(unit int) error {
			spare := f.scratch.Get().(*scratch)
			defer f.scratch.Put(spare)
			w := columnWorker{filler: f, step: step, spare: spare}
			if f.want&WantMetadata != 0 {
				w.trees = spare.forest(f.p.NShards, f.span)
			}
			first := f.first + unit*f.span
			return w.run(first, min(first+f.span, end), unit)
		}
	})
}

// scratch is what a unit of columns needs while it is expanded.
type scratch struct {
	rest  []byte
	trees *forest
}

func (s *scratch) forest(n, span int) *forest {
	if s.trees == nil || s.trees.span != span {
		s.trees = newForest(n, span)
	}
	return s.trees
}

// columnWorker expands the columns of a unit, one group after the other.
type columnWorker struct {
	*filler
	step  int
	spare *scratch
	trees *forest // nil when nothing is hashed
}

// run expands the columns of one unit.
func (w *columnWorker) run(first, end, unit int) error {
	for c := first; c < end; {
		stop := min(c+w.step, end)
		if c < w.p.Secondary {
			stop = min(stop, w.p.Secondary)
		}
		if err := w.runGroup(first, c, stop); err != nil {
			return err
		}
		c = stop
	}
	if w.trees != nil {
		w.trees.finish(w.columns[first-w.first:end-w.first], w.nodes[unit*w.p.NShards:][:w.p.NShards])
	}
	return nil
}

func (w *columnWorker) runGroup(unitFirst, first, end int) error {
	src, dst := w.from(first), w.to(first)
	if err := w.encode([]grid{dst}, src, w.symbolSize, end-first); err != nil {
		return err
	}
	if w.kept != nil {
		w.keep(dst, first, end)
	}
	if w.trees == nil {
		return nil
	}
	all := append(src, dst)
	for c := first; c < end; c++ {
		w.trees.hash(c-unitFirst, all, c-first, w.symbolSize)
	}
	return nil
}

// from is where the columns from c on are, rows below k1.
func (w *columnWorker) from(c int) []grid {
	if c < w.p.Secondary {
		return w.matrix.column(c)
	}
	size := w.p.SliverSize(Secondary, w.symbolSize)
	return []grid{{w.parity[(c-w.firstParity())*size:], w.p.Primary, w.symbolSize, size}}
}

// to is where their other rows go.
func (w *columnWorker) to(c int) grid {
	rows, s := w.p.NShards-w.p.Primary, w.symbolSize
	if len(w.recovery) > 0 && w.kept == nil && c < w.p.Secondary {
		return grid{w.recovery[(c-w.first)*s:], rows, w.source() * s, s}
	}
	// What columns are expanded to where it isn't kept, or not as it is.
	if size := rows * w.step * s; cap(w.spare.rest) < size+overread {
		w.spare.rest = make([]byte, size, size+overread)
	}
	return grid{w.spare.rest, rows, w.step * s, s}
}

// keep takes of the columns first ≤ c < end the rows that are kept.
func (w *columnWorker) keep(from grid, first, end int) {
	row, s := w.source()*w.symbolSize, w.symbolSize
	for i, at := range w.kept {
		if at >= 0 {
			copy(w.recovery[at*row+(first-w.first)*s:], from.at(i, 0, (end-first)*s))
		}
	}
}
