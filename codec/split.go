package codec

import "math/bits"

// What encoding costs in WebAssembly with the kernel, roughly, in nanoseconds.
const (
	costCompression = 70   // of 128 bytes of a message
	costButterfly   = 0.03 // of 2 bytes
	costCopy        = 0.6  // of a byte to another worker and, expanded, back
)

// Split returns at most workers shares of about equal work for a blob of that
// size, by their boundaries: share i is of columns b[i] ≤ c < b[i+1]. The first
// is meant for where the blob is already: it is larger by what it costs to bring
// the blob to the others. Sizes and wants that no share has give no boundaries.
func (e *Encoder) Split(size int64, want Want, workers int) []int {
	s, err := e.shape(size, 0, e.p.NShards, want)
	if err != nil || workers < 1 {
		return nil
	}
	w := newWeights(s)
	low, high := 0.0, w.share(0, e.p.NShards)+1
	for range 40 { // halving what the longest share may cost
		if middle := (low + high) / 2; len(w.fill(middle)) <= workers+1 {
			high = middle
		} else {
			low = middle
		}
	}
	return w.fill(high)
}

// weights are what the parts of encoding cost.
type weights struct {
	p              Params
	span           int
	source, repair float64 // a column below k2, another one
	rows           float64 // expanding the rows
	copies         float64 // for every share but the first
}

func newWeights(s *Share) weights {
	size, n := float64(s.symbolSize), float64(s.p.NShards)
	w := weights{p: s.p, span: unitSpan(s.p.NShards, s.symbolSize), copies: float64(s.size) * costCopy}
	w.rows = float64(s.p.Primary) * s.p.rowCode().butterflies() * size * costButterfly
	w.source = s.p.columnCode().butterflies() * size * costButterfly
	if s.want&WantMetadata != 0 {
		w.source += n * (float64((s.symbolSize+128)/128) + 2) * costCompression
		w.repair = w.source
	}
	return w
}

// butterflies is how many points the code's transforms have, times their layers.
func (c code) butterflies() float64 {
	transforms := 1 + (c.m+c.chunk-1)/c.chunk
	if c.high {
		transforms = 1 + (c.k+c.chunk-1)/c.chunk
	}
	return float64(transforms * c.chunk * (bits.Len(uint(c.chunk)) - 1))
}

// share is what columns first ≤ c < end cost.
func (w *weights) share(first, end int) float64 {
	source := max(min(end, w.p.Secondary)-first, 0)
	cost := float64(source)*w.source + float64(end-first-source)*w.repair
	if end > w.p.Secondary {
		cost += w.rows
	}
	if first > 0 {
		cost += w.copies
	}
	return cost
}

// fill returns the boundaries of shares that cost no more than most, if single
// units don't.
func (w *weights) fill(most float64) []int {
	all := []int{0}
	for first := 0; first < w.p.NShards; {
		end := min(first+w.span, w.p.NShards)
		for end < w.p.NShards && w.share(first, min(end+w.span, w.p.NShards)) <= most {
			end = min(end+w.span, w.p.NShards)
		}
		all = append(all, end)
		first = end
	}
	return all
}
