package codec

// maxDomain is the largest number of points a code of MaxShards spans.
const maxDomain = 2048

// ifft takes values at the points pos … pos+len(v)−1 to coefficients in the
// polynomial basis of Lin, Chung and Han. len(v) is a power of two, pos a
// multiple of it; lanes from used on are zero.
func (f *field) ifft(v []lane, pos, used int) {
	if vectorIFFT(v, pos, used) {
		return
	}
	for d := 1; d < len(v); d *= 2 {
		for r := 0; r < used; r += 2 * d {
			low, high := v[r:r+d], v[r+d:r+2*d]
			for i, l := range high {
				l.add(low[i])
			}
			f.addTwiddled(low, high, (r+pos)/d)
		}
	}
}

// fft is the inverse of ifft; only the first want lanes come out right.
func (f *field) fft(v []lane, pos, want int) {
	if vectorFFT(v, pos, want) {
		return
	}
	for d := len(v) / 2; d >= 1; d /= 2 {
		for r := 0; r < want; r += 2 * d {
			low, high := v[r:r+d], v[r+d:r+2*d]
			f.addTwiddled(low, high, (r+pos)/d)
			for i, l := range high {
				l.add(low[i])
			}
		}
	}
}

// addTwiddled adds the products of src with a twiddle to dst.
func (f *field) addTwiddled(dst, src []lane, twiddle int) {
	if twiddle == 0 {
		return
	}
	m := f.twiddle(twiddle)
	for i, l := range src {
		m.addTo(dst[i], l)
	}
}

// derive replaces coefficients by those of the formal derivative, up to a
// factor that every polynomial's derivative has.
func derive(v []lane) {
	for i := 1; i < len(v); i++ {
		d := i & -i
		for j := range d {
			v[i-d+j].add(v[i+j])
		}
	}
}
