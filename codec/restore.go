package codec

import (
	"math/bits"
	"sync"
)

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
// and how many tables of 1 KiB Lagrange sums may take.
const manyProducts = 1024

// newRestorer returns the function that fills dst, the symbols wanted, from
// src, the symbols had, exactly k. Slices are as those of an engine.
func newRestorer(c code, have, want []int) encodeFunc {
	r := &restorer{c: c, have: have, want: want}
	r.prepare(theField())
	if len(have)*len(want) < manyProducts {
		return r.bySums()
	}
	return r.byTransforms()
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
	tables := make([][]*productTable, len(r.want))
	for w, symbol := range r.want {
		i := r.c.point(symbol)
		for _, symbol := range r.have {
			j := r.c.point(symbol)
			log := r.locator[j] - r.locator[i] - int(f.log[i^j])
			tables[w] = append(tables[w], f.table((log+2*fieldModulus)%fieldModulus))
		}
	}
	count := len(r.have) + len(r.want)
	width := laneWidth(count)
	pool := sync.Pool{New: func() any { return newLanes(count, width) }}
	return func(dst, src [][]byte) error {
		all := pool.Get().(*lanes)
		defer pool.Put(all)
		for off := 0; off < len(src[0]); off += 8 * width {
			v := all.cut(min(width, (len(src[0])-off)/8))
			loadLanes(v, src, off)
			sums := v[len(src):]
			for w, sum := range sums {
				for j, t := range tables[w] {
					t.addScaled(sum, v[j])
				}
			}
			storeLanes(sums, dst, off)
		}
		return nil
	}
}

// byTransforms interpolates f·Λ, takes its derivative and evaluates that.
func (r *restorer) byTransforms() encodeFunc {
	f := theField()
	in := make([]*productTable, len(r.have))
	used := 0
	for i, symbol := range r.have {
		p := r.c.point(symbol)
		in[i] = f.table(r.locator[p])
		used = max(used, p+1)
	}
	out := make([]*productTable, len(r.want))
	wanted := 0
	for i, symbol := range r.want {
		p := r.c.point(symbol)
		out[i] = f.table((fieldModulus - r.locator[p]) % fieldModulus)
		wanted = max(wanted, p+1)
	}
	width := laneWidth(r.size)
	pool := sync.Pool{New: func() any { return newLanes(r.size, width) }}
	return func(dst, src [][]byte) error {
		all := pool.Get().(*lanes)
		defer pool.Put(all)
		for off := 0; off < len(src[0]); off += 8 * width {
			v := all.cut(min(width, (len(src[0])-off)/8))
			loadLanes(v, nil, off)
			for i, symbol := range r.have {
				p := v[r.c.point(symbol)]
				p.load(src[i][off:])
				in[i].scale(p)
			}
			f.ifft(v, 0, used)
			derive(v)
			f.fft(v, 0, wanted)
			for i, symbol := range r.want {
				p := v[r.c.point(symbol)]
				out[i].scale(p)
				p.store(dst[i][off:])
			}
		}
		return nil
	}
}

// derive replaces coefficients by those of the formal derivative, up to a
// factor that the locator's derivative has too.
func derive(v []lane) {
	for i := 1; i < len(v); i++ {
		d := 1 << bits.TrailingZeros(uint(i))
		for j := range d {
			xorLane(v[i-d+j], v[i+j])
		}
	}
}
