package codec

// maxDomain is the largest number of points a code of MaxShards spans.
const maxDomain = 2048

// ifft takes values at the points pos, pos+1, … to coefficients in the
// polynomial basis of Lin, Chung and Han. There is a power of two of lanes, pos
// is a multiple of it; lanes from used on are zero.
func (f *field) ifft(v lanes, pos, used int) {
	if vectorIFFT(v, pos, used) {
		return
	}
	for d := 1; d < v.count(); d *= 2 {
		for r := 0; r < used; r += 2 * d {
			low, high := v.part(r, r+d).words, v.part(r+d, r+2*d).words
			high.add(low)
			f.addTwiddled(low, high, (r+pos)/d)
		}
	}
}

// fft is the inverse of ifft; only the first want lanes come out right.
func (f *field) fft(v lanes, pos, want int) {
	if vectorFFT(v, pos, want) {
		return
	}
	for d := v.count() / 2; d >= 1; d /= 2 {
		for r := 0; r < want; r += 2 * d {
			low, high := v.part(r, r+d).words, v.part(r+d, r+2*d).words
			f.addTwiddled(low, high, (r+pos)/d)
			high.add(low)
		}
	}
}

// addTwiddled adds the products of src with a twiddle to dst.
func (f *field) addTwiddled(dst, src lane, twiddle int) {
	if twiddle != 0 {
		f.twiddle(twiddle).addTo(dst, src)
	}
}

// derive replaces coefficients by those of the formal derivative, up to a
// factor that every polynomial's derivative has.
func derive(v lanes) {
	if vectorDerive(v) {
		return
	}
	for i := 1; i < v.count(); i++ {
		d := i & -i
		v.part(i-d, i).words.add(v.part(i, i+d).words)
	}
}

// scale multiplies lanes by what their multipliers say; those that have none
// become 0, whatever they hold. factors are the multipliers' bytes.
func scale(v lanes, by []*multiplier, factors [][4]byte, spare lane) {
	if vectorScale(v, factors) {
		return
	}
	for i, m := range by {
		l := v.lane(i)
		copy(spare, l)
		clear(l)
		if m != nil {
			m.addTo(l, spare)
		}
	}
}

func factorsOf(by []*multiplier) [][4]byte {
	all := make([][4]byte, len(by))
	for i, m := range by {
		if m != nil {
			copy(all[i][:], m.bytes[:])
		}
	}
	return all
}
