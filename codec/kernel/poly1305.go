//go:build !js

package kernel

// Poly1305 (RFC 8439) beside ChaCha20: vectors and integers are worked on by
// different parts of a processor, so that the one costs little more than both.
// Two blocks at a time are taken in, h = (h + b0)·r^2 + b1·r, sixteen in a group.

const (
	blockBytes  = 16
	besideTurns = group / (2 * blockBytes) // of a group's ten double rounds
)

// hasher is what taking in two blocks works with.
type hasher struct {
	scratch, src    local
	hash, sum       []local // what is hashed so far, and what becomes of it
	first, second   []local // the limbs of h + b0 and of b1
	square, fives   []local // r^2, and five times its limbs
	low, high, over local
}

func (f *function) newHasher(scratch, src local) *hasher {
	h := &hasher{
		scratch: scratch, src: src,
		hash: f.loadLimbs(scratch, hashAt), sum: f.integers(limbs),
		first: f.integers(limbs), second: f.integers(limbs),
		square: f.loadLimbs(scratch, squareAt), fives: f.integers(limbs),
		low: f.i64(), high: f.i64(), over: f.i64(),
	}
	for i := range h.fives {
		f.get(h.square[i])
		f.constant64(5)
		f.raw(opMul64)
		f.set(h.fives[i])
	}
	return h
}

// twoBlocks are the instructions that take in two blocks, in order, cut into
// parts that leave nothing on the stack.
func (f *function) twoBlocks(h *hasher) (parts []func()) {
	add := func(part func()) { parts = append(parts, part) }
	for block, v := range [][]local{h.first, h.second} {
		add(func() {
			f.load64(h.src, uint32(blockBytes*block))
			f.set(h.low)
			f.load64(h.src, uint32(blockBytes*block+8))
			f.set(h.high)
		})
		for i := range v {
			add(func() {
				f.limbOf(i, h.low, h.high)
				if i == limbs-1 {
					f.constant64(1 << 24) // the bit behind a block's 128
					f.raw(opOr64)
				}
				if block == 0 {
					f.get(h.hash[i])
					f.raw(opAdd64)
				}
				f.set(v[i])
			})
		}
	}
	for i := range limbs {
		for j := range limbs {
			add(func() { f.twoProducts(h, i, j) })
		}
	}
	for _, i := range []int{0, 3, 1, 4, 2, 0, 3} {
		add(func() { f.carry(h.sum, i) })
	}
	add(func() {
		for i := range limbs {
			f.get(h.sum[i])
			f.set(h.hash[i])
		}
		f.advance(h.src, 2*blockBytes)
	})
	return parts
}

// twoProducts adds to limb i of the sum what limbs j of both blocks give.
func (f *function) twoProducts(h *hasher, i, j int) {
	k := (i - j + limbs) % limbs
	by, at := h.square, rAt
	if i < j {
		by, at = h.fives, rFivesAt
	}
	f.get(h.first[j], by[k])
	f.raw(opMul64)
	if j > 0 {
		f.get(h.sum[i])
		f.raw(opAdd64)
	}
	f.get(h.second[j])
	f.load64(h.scratch, uint32(at+8*k))
	f.raw(opMul64, opAdd64)
	f.set(h.sum[i])
}

// both declares both(dst, src, n, hashed, scratch): chachaGroups, and the hash
// takes in n bytes. They may be those at src, which are read before anything is
// written over them, or those before dst.
func (m *module) both() *function {
	f, p := m.function("", 5)
	h := f.newHasher(p[4], p[3])
	f.eachGroup(p[0], p[1], p[2], p[4], func(doubleRound func([]func())) {
		f.again(besideTurns, func() { doubleRound(f.twoBlocks(h)) })
		f.again(10-besideTurns, func() { doubleRound(nil) })
	})
	f.storeLimbs(p[4], hashAt, h.hash)
	return f
}
