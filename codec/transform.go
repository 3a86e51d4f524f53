package codec

import "encoding/binary"

// lane is a row vector of field elements, four to a word. Lanes of one
// transform are equally long.
type lane []uint64

// maxDomain is the largest number of points a code of MaxShards spans.
const maxDomain = 2048

// ifft takes values at the points pos … pos+len(v)−1 to coefficients in the
// polynomial basis of Lin, Chung and Han. len(v) is a power of two, pos a
// multiple of it; lanes from used on are zero.
func (f *field) ifft(v []lane, pos, used int) {
	for d := 1; d < len(v); d *= 2 {
		for r := 0; r < used; r += 2 * d {
			f.ifftStep(v[r:r+2*d], (r+pos)/d)
		}
	}
}

func (f *field) ifftStep(v []lane, twiddle int) {
	d := len(v) / 2
	if twiddle == 0 {
		for i := range d {
			xorLane(v[d+i], v[i])
		}
		return
	}
	t := f.product(twiddle)
	for i := range d {
		x, y := v[i], v[d+i][:len(v[i])]
		for j, xj := range x {
			yj := y[j] ^ xj
			y[j] = yj
			x[j] = xj ^ t.mul4(yj)
		}
	}
}

// fft is the inverse of ifft; only the first want lanes come out right.
func (f *field) fft(v []lane, pos, want int) {
	for d := len(v) / 2; d >= 1; d /= 2 {
		for r := 0; r < want; r += 2 * d {
			f.fftStep(v[r:r+2*d], (r+pos)/d)
		}
	}
}

func (f *field) fftStep(v []lane, twiddle int) {
	d := len(v) / 2
	if twiddle == 0 {
		for i := range d {
			xorLane(v[d+i], v[i])
		}
		return
	}
	t := f.product(twiddle)
	for i := range d {
		x, y := v[i], v[d+i][:len(v[i])]
		for j, xj := range x {
			yj := y[j]
			xj ^= t.mul4(yj)
			x[j] = xj
			y[j] = yj ^ xj
		}
	}
}

// xorLane adds src to dst.
func xorLane(dst, src lane) {
	dst = dst[:len(src)]
	for i, s := range src {
		dst[i] ^= s
	}
}

// scale multiplies a lane by the table's element.
func (t *productTable) scale(v lane) {
	for i, x := range v {
		v[i] = t.mul4(x)
	}
}

// addScaled adds the products of a lane with the table's element to dst.
func (t *productTable) addScaled(dst, src lane) {
	dst = dst[:len(src)]
	for i, x := range src {
		dst[i] ^= t.mul4(x)
	}
}

// Symbols hold elements in blocks of 64 bytes, 32 low bytes before their 32
// high bytes. Which element stands where in a lane doesn't matter as long as it
// is the same everywhere, so whole words are shuffled: of 8 low bytes and their
// 8 high bytes the even elements make one word, the odd ones another.
const (
	blockSize  = 64
	blockWords = blockSize / 8
	evenBytes  = 0x00FF00FF00FF00FF
)

// load fills the lane from whole blocks, len(v)*8 bytes.
func (v lane) load(b []byte) {
	for len(v) >= blockWords && len(b) >= blockSize {
		w, s := (*[blockWords]uint64)(v), (*[blockSize]byte)(b)
		for i := range blockWords / 2 {
			low, high := word(s, 8*i), word(s, 32+8*i)
			w[2*i] = low&evenBytes | high&evenBytes<<8
			w[2*i+1] = low>>8&evenBytes | high&^evenBytes
		}
		v, b = v[blockWords:], b[blockSize:]
	}
}

// store is the inverse of load.
func (v lane) store(b []byte) {
	for len(v) >= blockWords && len(b) >= blockSize {
		w, s := (*[blockWords]uint64)(v), (*[blockSize]byte)(b)
		for i := range blockWords / 2 {
			even, odd := w[2*i], w[2*i+1]
			putWord(s, 8*i, even&evenBytes|odd&evenBytes<<8)
			putWord(s, 32+8*i, even>>8&evenBytes|odd&^evenBytes)
		}
		v, b = v[blockWords:], b[blockSize:]
	}
}

func word(b *[blockSize]byte, at int) uint64 {
	return binary.LittleEndian.Uint64(b[at : at+8])
}

func putWord(b *[blockSize]byte, at int, w uint64) {
	binary.LittleEndian.PutUint64(b[at:at+8], w)
}
