package codec

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// groupBytes is how wide a group of symbols should be at least for an engine to
// be worth calling.
const groupBytes = 4 << 10

// group holds an engine's input and output for some rows or columns.
type group struct {
	layout   layout
	src, dst [][]byte
}

func newGroup(sources, results int, l layout) *group {
	size := l.size()
	memory := make([]byte, (sources+results)*size)
	all := make([][]byte, sources+results)
	for i := range all {
		all[i] = memory[i*size:][:size:size]
	}
	return &group{layout: l, src: all[:sources], dst: all[sources:]}
}

// groupCount is how many rows or columns to put side by side: enough for an
// engine, few enough for every processor to have some.
func groupCount(symbolSize, total int) int {
	return min((groupBytes+symbolSize-1)/symbolSize, (total+processors()-1)/processors())
}

// expandRows computes the symbols of the columns from k2 on.
func (x *Expansion) expandRows(encode encodeFunc) error {
	k1, k2, s := x.p.Primary, x.p.Secondary, x.symbolSize
	count := groupCount(s, k1)
	return parallel((k1+count-1)/count, func() func(int) error {
		g := newGroup(k2, x.p.NShards-k2, layout{symbolSize: s, count: count})
		return func(unit int) error {
			first := unit * count
			last := min(first+count, k1)
			for r := first; r < last; r++ {
				for c := range k2 {
					g.layout.pack(g.src[c], r-first, x.symbol(r, c))
				}
			}
			if err := encode(g.dst, g.src); err != nil {
				return err
			}
			for r := first; r < last; r++ {
				for i, wide := range g.dst {
					g.layout.unpack(x.parity[i][r*s:][:s], wide, r-first)
				}
			}
			return nil
		}
	})
}

// expandColumns computes the symbols of the rows from k1 on, keeps what is
// wanted of them, and computes metadata if asked.
func (x *Expansion) expandColumns(encode encodeFunc, withMetadata bool) error {
	columns := x.p.NShards
	if !withMetadata {
		columns = x.p.Secondary
		if !x.keepsRecovery() {
			return nil
		}
	}
	tree := newForest(x.p.NShards, x.symbolSize)
	err := parallel((columns+tree.span-1)/tree.span, func() func(int) error {
		w := newColumnWorker(x, encode)
		if withMetadata {
			w.leaves = newLeaves(tree)
		}
		return func(unit int) error {
			first := unit * tree.span
			return w.run(first, min(first+tree.span, columns), unit)
		}
	})
	if err != nil || !withMetadata {
		return err
	}
	x.metadata = tree.metadata(uint64(len(x.blob)))
	return nil
}

func (x *Expansion) keepsRecovery() bool {
	for _, r := range x.recovery {
		if r != nil {
			return true
		}
	}
	return false
}

// columnWorker expands columns, one group after the other.
type columnWorker struct {
	x      *Expansion
	encode encodeFunc
	group  *group
	rest   []byte  // what the column at hand is expanded to, with room behind it
	leaves *leaves // nil when nothing is hashed
}

func newColumnWorker(x *Expansion, encode encodeFunc) *columnWorker {
	c := x.p.columnCode()
	count := min((groupBytes+x.symbolSize-1)/x.symbolSize, spanFor(x.symbolSize))
	return &columnWorker{
		x:      x,
		encode: encode,
		group:  newGroup(c.k, c.m, layout{symbolSize: x.symbolSize, count: count}),
		rest:   make([]byte, c.m*x.symbolSize, c.m*x.symbolSize+overread),
	}
}

// run expands the columns of one unit of the forest.
func (w *columnWorker) run(first, end, unit int) error {
	count := w.group.layout.count
	for c := first; c < end; c += count {
		if err := w.runGroup(first, c, min(c+count, end)); err != nil {
			return err
		}
	}
	if w.leaves != nil {
		w.leaves.finishUnit(unit, end-first)
	}
	return nil
}

func (w *columnWorker) runGroup(unitFirst, first, end int) error {
	x, g := w.x, w.group
	for c := first; c < end; c++ {
		for r, wide := range g.src {
			g.layout.pack(wide, c-first, x.symbol(r, c))
		}
	}
	if err := w.encode(g.dst, g.src); err != nil {
		return err
	}
	for c := first; c < end; c++ {
		w.keep(c, c-first)
		if w.leaves != nil {
			w.hash(c, c-first, c-unitFirst)
		}
	}
	return nil
}

// keep takes what is wanted of column c, the group's j-th.
func (w *columnWorker) keep(c, j int) {
	if c >= w.x.p.Secondary {
		return
	}
	s := w.x.symbolSize
	for i, wide := range w.group.dst {
		if row := w.x.recovery[i]; row != nil {
			w.group.layout.unpack(row[c*s:][:s], wide, j)
		}
	}
}

// hash finishes the tree of column c, the group's j-th and the unit's i-th.
func (w *columnWorker) hash(c, j, i int) {
	l, k1, s := w.leaves, w.x.p.Primary, w.x.symbolSize
	for at, wide := range w.group.dst {
		w.group.layout.unpack(w.rest[at*s:][:s], wide, j)
	}
	w.x.hashColumn(l.column[:k1], c, &l.hasher)
	l.hasher.leaves(l.column[k1:], w.rest, s, s)
	l.finishColumn(i, c)
}

func processors() int { return runtime.GOMAXPROCS(0) }

// parallel calls what newWorker returns for the units 0 ≤ i < n, on every
// processor one worker, and returns the first error.
func parallel(n int, newWorker func() func(unit int) error) error {
	workers := min(processors(), n)
	if workers == 1 {
		work := newWorker()
		for i := range n {
			if err := work(i); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	var once sync.Once
	var first error
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			work := newWorker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := work(i); err != nil {
					once.Do(func() { first = err })
					return
				}
			}
		})
	}
	wg.Wait()
	return first
}
