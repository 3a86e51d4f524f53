package codec

// restorer computes source symbols of a code that are missing from any k that
// are there. Symbols are numbered source first: 0 … k−1, then k … k+m−1.
//
// All symbols are values of one polynomial at the points 0 … size−1. Known are
// the k given and the points where source is padded with zeros; at all others,
// the erasures, the locator Λ(x) = Π (x − erasure) vanishes. Few symbols are
// got as Lagrange sums, many by the way that transforms offer: f·Λ has value 0
// at the erasures, and there (f·Λ)' = f·Λ'.
type restorer struct {
	c          code
	size       int   // points of the transform, a power of two
	have, want []int // symbols
	locator    []int // by point: logarithm of Λ, and of Λ' at the erasures
}

// manyProducts is how many products of symbols make transforms the better way,
// by the number of points.
func manyProducts(size int) int { return 3 * size }

// newRestorer returns the function that fills dst, the symbols wanted, from
// src, the symbols had, exactly k. Grids are as those of an engine.
// It works in so many lanes.
func newRestorer(c code, have, want []int) (restore encodeFunc, lanes int) {
	r := &restorer{c: c, have: have, want: want}
	r.prepare(theField())
	if len(have)*len(want) < manyProducts(r.size) {
		return r.bySums(), len(have) + len(want)
	}
	return r.byTransforms(), r.size
}

// point is where a symbol stands.
func (c code) point(symbol int) int {
	if c.high {
		if symbol < c.k {
			return c.chunk + symbol
		}
		return symbol - c.k
	}
	if symbol < c.k {
		return symbol
	}
	return c.chunk + symbol - c.k
}

// erasures tells of every point whether its value is unknown.
func (r *restorer) erasures() []bool {
	erased := make([]bool, r.size)
	for i := range erased {
		if r.c.high {
			erased[i] = i < r.c.chunk+r.c.k
		} else {
			erased[i] = i < r.c.k || i >= r.c.chunk
		}
	}
	for _, symbol := range r.have {
		erased[r.c.point(symbol)] = false
	}
	return erased
}

// prepare computes the locator: log Λ(i) = Σ log(i − e) over the erasures
// e ≠ i. As i − e is i xor e, that is a convolution, done by Walsh–Hadamard
// transforms in integers.
func (r *restorer) prepare(f *field) {
	second := r.c.m // symbols in the range of points that begins at chunk
	if r.c.high {
		second = r.c.k
	}
	r.size = ceilPow2(r.c.chunk + second)
	marks := make([]int64, r.size)
	logs := make([]int64, r.size)
	for i, erased := range r.erasures() {
		if erased {
			marks[i] = 1
		}
		if i > 0 {
			logs[i] = int64(f.log[i])
		}
	}
	walsh(marks)
	walsh(logs)
	for i := range marks {
		marks[i] *= logs[i]
	}
	walsh(marks)
	r.locator = make([]int, r.size)
	for i, v := range marks {
		r.locator[i] = int(v / int64(r.size) % fieldModulus)
	}
}

func walsh(v []int64) {
	for d := 1; d < len(v); d *= 2 {
		for r := 0; r < len(v); r += 2 * d {
			for i := r; i < r+d; i++ {
				v[i], v[i+d] = v[i]+v[i+d], v[i]-v[i+d]
			}
		}
	}
}

// bySums computes each symbol as Σ f(j)·Λ(j) / (Λ'(i)·(i − j)) over the symbols
// j that are there.
func (r *restorer) bySums() encodeFunc {
	f := theField()
	factors := make([][]*multiplier, len(r.want))
	for w, symbol := range r.want {
		i := r.c.point(symbol)
		for _, symbol := range r.have {
			j := r.c.point(symbol)
			factors[w] = append(factors[w], f.power(r.locator[j]-r.locator[i]-int(f.log[i^j])))
		}
	}
	return onLanes(len(r.have)+len(r.want), func(in *room, dst, src []grid) {
		have, sums := in.lanes(0, len(r.have)), in.lanes(len(r.have), len(r.have)+len(r.want))
		in.load(have, src)
		clear(sums.words)
		for w := range r.want {
			for j, m := range factors[w] {
				m.addTo(sums.lane(w), have.lane(j))
			}
		}
		in.store(sums, dst)
	})
}

// byTransforms interpolates f·Λ, takes its derivative and evaluates that.
func (r *restorer) byTransforms() encodeFunc {
	f := theField()
	in, have := r.factors(r.have, 1)
	out, want := r.factors(r.want, -1)
	inBytes, outBytes := factorsOf(in), factorsOf(out)
	return onLanes(r.size+1, func(room *room, dst, src []grid) {
		v, spare := room.lanes(0, r.size), room.lanes(r.size, r.size+1).words
		at := 0
		for _, g := range src {
			for i := range g.lanes {
				room.loadGrid(v.part(have[at], have[at]+1), g.part(i, 1))
				at++
			}
		}
		scale(v.part(0, len(in)), in, inBytes, spare)
		clear(v.words[len(in)*v.width:])
		f.ifft(v, 0, len(in))
		derive(v)
		f.fft(v, 0, len(out))
		scale(v.part(0, len(out)), out, outBytes, spare)
		at = 0
		for _, g := range dst {
			for i := range g.lanes {
				room.storeGrid(v.part(want[at], want[at]+1), g.part(i, 1))
				at++
			}
		}
	})
}

// factors returns for every point up to the last one of the symbols what its
// value is multiplied by, Λ or its inverse, nothing where no symbol is; and the
// symbols' points.
func (r *restorer) factors(symbols []int, sign int) (by []*multiplier, points []int) {
	last := -1
	for _, symbol := range symbols {
		points = append(points, r.c.point(symbol))
		last = max(last, r.c.point(symbol))
	}
	by = make([]*multiplier, last+1)
	for _, p := range points {
		by[p] = theField().power(sign * r.locator[p])
	}
	return by, points
}
