//go:build !js

package kernel

// Numbers modulo 2^130 - 5 for Poly1305, as five limbs of 26 bits in 64-bit
// integers, which take a little more than 26 bits between operations. In memory
// they follow each other.

const (
	limbs    = 5
	limbBits = 26
	limbMask = 1<<limbBits - 1

	numberSize = 8 * limbs
)

func (f *function) loadLimbs(l local, offset uint32) []local {
	v := f.integers(limbs)
	for i := range v {
		f.load64(l, offset+uint32(8*i))
		f.set(v[i])
	}
	return v
}

func (f *function) storeLimbs(l local, offset uint32, v []local) {
	for i := range v {
		f.store64(l, offset+uint32(8*i), v[i])
	}
}

// carry moves what a limb has too much to the next one; the last one's counts
// five times in the first one.
func (f *function) carry(v []local, i int) {
	f.get(v[i])
	f.shift64(opShr64, limbBits)
	if i == limbs-1 {
		f.constant64(5)
		f.raw(opMul64)
	}
	f.get(v[(i+1)%limbs])
	f.raw(opAdd64)
	f.set(v[(i+1)%limbs])
	f.get(v[i])
	f.mask64(limbMask)
	f.set(v[i])
}

// limbOf puts limb i of a number of 128 bits in two integers on the stack.
func (f *function) limbOf(i int, low, high local) {
	switch bit := limbBits * i; {
	case i == 2:
		f.get(low)
		f.shift64(opShr64, bit)
		f.get(high)
		f.shift64(opShl64, 64-bit)
		f.raw(opOr64)
	case bit < 64:
		f.get(low)
		f.shift64(opShr64, bit)
	default:
		f.get(high)
		f.shift64(opShr64, bit-64)
	}
	f.mask64(limbMask)
}

// multiply declares multiply(out, a, b): a product of numbers in memory.
func (m *module) multiply() *function {
	f, p := m.function("", 3)
	a, b := f.loadLimbs(p[1], 0), f.loadLimbs(p[2], 0)
	fives, out := f.integers(limbs), f.integers(limbs)
	for i := range b {
		f.get(b[i])
		f.constant64(5)
		f.raw(opMul64)
		f.set(fives[i])
	}
	for i := range out {
		f.constant64(0)
		for j := range a {
			by := fives[(i-j+limbs)%limbs]
			if i >= j {
				by = b[i-j]
			}
			f.get(a[j], by)
			f.raw(opMul64, opAdd64)
		}
		f.set(out[i])
	}
	for _, i := range []int{0, 1, 2, 3, 4, 0} {
		f.carry(out, i)
	}
	f.storeLimbs(p[0], 0, out)
	return f
}
