package codec

import "sync"

// transforms is the engine made of this package's own transforms.
type transforms struct{}

func (transforms) encoder(c code) (encodeFunc, error) {
	f := theField()
	encode := f.encodeLow
	if c.high {
		encode = f.encodeHigh
	}
	return onLanes(2*c.chunk, func(v []lane, dst, src [][]byte, off int) {
		encode(c, v, dst, src, off)
	}), nil
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
				total[i].add(part[i])
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

// onLanes returns what calls work for one range of bytes after the other, with
// count lanes of that width, whose content is whatever it was.
func onLanes(count int, work func(v []lane, dst, src [][]byte, off int)) encodeFunc {
	width := max(laneBudget/count/blockSize, 4) * blockWords
	pool := sync.Pool{New: func() any {
		return &lanes{words: make([]uint64, count*width), v: make([]lane, count)}
	}}
	return func(dst, src [][]byte) error {
		all := pool.Get().(*lanes)
		defer pool.Put(all)
		for off := 0; off < len(src[0]); off += 8 * width {
			part := min(width, (len(src[0])-off)/8)
			for i := range all.v {
				all.v[i] = all.words[i*part:][:part:part]
			}
			work(all.v, dst, src, off)
		}
		return nil
	}
}

// lanes is room for a transform.
type lanes struct {
	words []uint64
	v     []lane
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
