package codec

import (
	"sync"

	"floe/codec/kernel"
)

// transforms is the engine made of this package's own transforms.
type transforms struct{}

func (transforms) encoder(c code) (encodeFunc, error) {
	f := theField()
	encode := f.encodeLow
	if c.high {
		encode = f.encodeHigh
	}
	return onLanes(c.lanes(), func(r *room, dst, src []grid) { encode(c, r, dst, src) }), nil
}

// encodeHigh folds all chunks of the source into one polynomial and evaluates
// it at the recovery points.
func (f *field) encodeHigh(c code, r *room, dst, src []grid) {
	total, part := r.lanes(0, c.chunk), r.lanes(c.chunk, 2*c.chunk)
	at := cursor{grids: src}
	for j := 0; j < c.k; j += c.chunk {
		into := part
		if j == 0 {
			into = total
		}
		used := min(c.chunk, c.k-j)
		r.load(into, at.next(used))
		f.ifft(into, j+c.chunk, used)
		if j > 0 {
			total.words.add(part.words)
		}
	}
	f.fft(total, 0, lanesOf(dst))
	r.store(total, dst)
}

// encodeLow turns the source into a polynomial and evaluates it at one chunk of
// recovery points after the other.
func (f *field) encodeLow(c code, r *room, dst, src []grid) {
	source, part := r.lanes(0, c.chunk), r.lanes(c.chunk, 2*c.chunk)
	r.load(source, src)
	f.ifft(source, 0, c.k)
	at := cursor{grids: dst}
	for j := 0; j < c.m; j += c.chunk {
		into := at.next(c.chunk)
		want := lanesOf(into)
		if want == 0 {
			return
		}
		copy(part.words, source.words)
		f.fft(part, j+c.chunk, want)
		r.store(part, into)
	}
}

// lanes are lanes that follow each other in memory.
type lanes struct {
	words lane
	width int // of a lane, in words
}

func (v lanes) count() int      { return len(v.words) / v.width }
func (v lanes) lane(i int) lane { return v.words[i*v.width:][:v.width:v.width] }

// from are the lanes first ≤ i < end.
func (v lanes) part(first, end int) lanes {
	return lanes{v.words[first*v.width : end*v.width], v.width}
}

// room is what a transform works in: lanes for symbols of that layout.
type room struct {
	layout layout
	words  lane
	packed []byte // a lane's bytes
	//lint:ignore U1000 in WebAssembly the kernel is told by it; it would escape each time
	shape kernel.Shape
}

func (r *room) lanes(first, end int) lanes {
	w := r.layout.size() / 8
	return lanes{r.words[first*w : end*w], w}
}

// onLanes returns the function that calls work with room for count lanes, whose
// content is whatever it was, for one range of the symbols' bytes after the
// other.
func onLanes(count int, work func(r *room, dst, src []grid)) encodeFunc {
	pool := sync.Pool{New: func() any { return &room{} }}
	return func(dst, src []grid, symbolSize, symbols int) error {
		r := pool.Get().(*room)
		defer pool.Put(r)
		step := max(laneBudget/count/symbols/blockSize, 8) * blockSize
		if step >= symbolSize {
			r.use(layout{symbolSize: symbolSize, count: symbols}, count)
			work(r, dst, src)
			return nil
		}
		to, from := make([]grid, len(dst)), make([]grid, len(src))
		for off := 0; off < symbolSize; off += step {
			r.use(layout{symbolSize: min(step, symbolSize-off), count: symbols}, count)
			for i, g := range dst {
				to[i] = g.from(off)
			}
			for i, g := range src {
				from[i] = g.from(off)
			}
			work(r, to, from)
		}
		return nil
	}
}

func (r *room) use(l layout, count int) {
	r.layout = l
	size := l.size()
	if need := count*size/8 + 2; len(r.words) < need { // two for what the kernel reads behind
		r.words = make(lane, need)
	}
	if len(r.packed) < size {
		r.packed = make([]byte, size)
	}
}

// load fills the first lanes from where symbols are and the others with zeros.
func (r *room) load(v lanes, src []grid) {
	at := 0
	for _, g := range src {
		r.loadGrid(v.part(at, at+g.lanes), g)
		at += g.lanes
	}
	clear(v.words[at*v.width:])
}

func (r *room) loadGrid(v lanes, g grid) {
	for i := vectorGather(r, v, g); i < g.lanes; i++ {
		r.loadLane(v.lane(i), g, i)
	}
}

func (r *room) loadLane(v lane, g grid, i int) {
	packed := r.packed[:r.layout.size()]
	for j := range r.layout.count {
		r.layout.pack(packed, j, g.at(i, j, r.layout.symbolSize))
	}
	v.load(packed)
}

// store puts the first lanes where symbols go, and leaves them without meaning.
func (r *room) store(v lanes, dst []grid) {
	at := 0
	for _, g := range dst {
		r.storeGrid(v.part(at, at+g.lanes), g)
		at += g.lanes
	}
}

func (r *room) storeGrid(v lanes, g grid) {
	if g.b == nil {
		return
	}
	for i := vectorScatter(r, v, g); i < g.lanes; i++ {
		r.storeLane(v.lane(i), g, i)
	}
}

func (r *room) storeLane(v lane, g grid, i int) {
	packed := r.packed[:r.layout.size()]
	v.store(packed)
	for j := range r.layout.count {
		r.layout.unpack(g.at(i, j, r.layout.symbolSize), packed, j)
	}
}

// cursor hands out grids by lanes.
type cursor struct {
	grids []grid
	used  int // lanes of the first one
}

// next returns the next n lanes, or those that are left.
func (c *cursor) next(n int) []grid {
	var out []grid
	for n > 0 && len(c.grids) > 0 {
		g := c.grids[0]
		take := min(n, g.lanes-c.used)
		if take > 0 {
			out = append(out, g.part(c.used, take))
		}
		n -= take
		if c.used += take; c.used == g.lanes {
			c.grids, c.used = c.grids[1:], 0
		}
	}
	return out
}

func lanesOf(grids []grid) (n int) {
	for _, g := range grids {
		n += g.lanes
	}
	return n
}
