package codec

import "sync"

// transforms is the engine made of this package's own transforms.
type transforms struct{}

// laneBudget is how many bytes of lanes are worked on at a time, so that they
// stay in a cache.
const laneBudget = 256 << 10

func (transforms) encoder(c code) (encodeFunc, error) {
	f := theField()
	width := laneWidth(2 * c.chunk)
	pool := sync.Pool{New: func() any { return newLanes(2*c.chunk, width) }}
	return func(dst, src [][]byte) error {
		all := pool.Get().(*lanes)
		defer pool.Put(all)
		for off := 0; off < len(src[0]); off += 8 * width {
			v := all.cut(min(width, (len(src[0])-off)/8))
			if c.high {
				f.encodeHigh(c, v, dst, src, off)
			} else {
				f.encodeLow(c, v, dst, src, off)
			}
		}
		return nil
	}, nil
}

// encodeHigh folds all chunks of the source into one polynomial and evaluates
// it at the recovery points.
func (f *field) encodeHigh(c code, v []lane, dst, src [][]byte, off int) {
	total, part := v[:c.chunk], v[c.chunk:]
	for j := 0; j < c.k; j += c.chunk {
		into := part
		if j == 0 {
			into = total
		}
		used := min(c.chunk, c.k-j)
		loadLanes(into, src[j:j+used], off)
		f.ifft(into, j+c.chunk, used)
		if j > 0 {
			for i := range total {
				xorLane(total[i], part[i])
			}
		}
	}
	f.fft(total, 0, c.m)
	storeLanes(total, dst, off)
}

// encodeLow turns the source into a polynomial and evaluates it at one chunk of
// recovery points after the other.
func (f *field) encodeLow(c code, v []lane, dst, src [][]byte, off int) {
	source, part := v[:c.chunk], v[c.chunk:]
	loadLanes(source, src, off)
	f.ifft(source, 0, c.k)
	for j := 0; j < c.m; j += c.chunk {
		for i := range part {
			copy(part[i], source[i])
		}
		want := min(c.chunk, c.m-j)
		f.fft(part, j+c.chunk, want)
		storeLanes(part, dst[j:j+want], off)
	}
}

// lanes is room for a transform.
type lanes struct {
	words []uint64
	width int
	v     []lane
}

// laneWidth is how many words wide count lanes can be within laneBudget.
func laneWidth(count int) int {
	return max(laneBudget/count/blockSize, 4) * blockWords
}

func newLanes(count, width int) *lanes {
	return &lanes{words: make([]uint64, count*width), width: width, v: make([]lane, count)}
}

// cut returns the lanes, each of the given width.
func (l *lanes) cut(width int) []lane {
	for i := range l.v {
		l.v[i] = l.words[i*l.width:][:width:width]
	}
	return l.v
}

// loadLanes fills the first lanes from src at off and the others with zeros.
func loadLanes(v []lane, src [][]byte, off int) {
	for i := range src {
		v[i].load(src[i][off:])
	}
	for _, l := range v[len(src):] {
		clear(l)
	}
}

// storeLanes copies the first lanes to dst at off.
func storeLanes(v []lane, dst [][]byte, off int) {
	for i := range dst {
		v[i].store(dst[i][off:])
	}
}
