package codec

import "encoding/binary"

// lane is a row vector of field elements in blocks of 8 words: 4 words of 8 low
// bytes each, then 4 words of their high bytes. Lanes of one transform are
// equally long.
//
// Symbols have the same order, 32 low bytes before 32 high bytes, in the Cantor
// basis. In a lane, an element stands in a tower of fields instead, so that
// multiplying by an element of a small field acts on small parts of a word:
//
//	GF(2^16): low + high·v8, bytes     GF(2^8): low + high·v4, nibbles
//
// where v8 = 256 and v4 = 16 in the Cantor basis. Both changes of basis add to
// the low part what is linear in the high part.
type lane []uint64

const (
	blockSize  = 64
	blockWords = blockSize / 8
	ones       = 0x0101010101010101 // a bit of every byte
	nibbleOnes = 0x1111111111111111 // a bit of every nibble
)

// load fills the lane from whole blocks.
func (v lane) load(b []byte) {
	if vectorLoad(v, b) {
		return
	}
	for len(v) >= blockWords && len(b) >= blockSize {
		w, s := (*[blockWords]uint64)(v), (*[blockSize]byte)(b)
		for i := range blockWords / 2 {
			low, high := word(s, 8*i), word(s, 32+8*i)
			w[i], w[4+i] = nibbleBasis(low^lowOfHigh(high)), nibbleBasis(high)
		}
		v, b = v[blockWords:], b[blockSize:]
	}
}

// store is the inverse of load.
func (v lane) store(b []byte) {
	if vectorStore(b, v) {
		return
	}
	for len(v) >= blockWords && len(b) >= blockSize {
		w, s := (*[blockWords]uint64)(v), (*[blockSize]byte)(b)
		for i := range blockWords / 2 {
			high := nibbleBasis(w[4+i])
			putWord(s, 8*i, nibbleBasis(w[i])^lowOfHigh(high))
			putWord(s, 32+8*i, high)
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

// lowOfHigh is what the high bytes add to the low ones between Cantor basis and
// tower: v(8+i) + v(i)·v8 for each bit i. It is 0 for bit 0.
func lowOfHigh(high uint64) uint64 {
	return high>>1&ones*0xcf ^ high>>2&ones*0xab ^ high>>3&ones*0x21 ^ high>>4&ones*0x8a ^
		high>>5&ones*0x9d ^ high>>6&ones*0x27 ^ high>>7&ones*0x1f
}

// nibbleBasis takes bytes from Cantor basis to tower, and back: it is its own
// inverse. The constants are v(4+i) + v(i)·v4, 0 for bit 0.
func nibbleBasis(x uint64) uint64 {
	return x ^ x>>5&ones*0xc ^ x>>6&ones*0xa ^ x>>7&ones*0x2
}

// add adds src to v.
func (v lane) add(src lane) {
	if vectorAdd(v, src) {
		return
	}
	for len(v) >= blockWords && len(src) >= blockWords {
		x, y := (*[blockWords]uint64)(v), (*[blockWords]uint64)(src)
		x[0] ^= y[0]
		x[1] ^= y[1]
		x[2] ^= y[2]
		x[3] ^= y[3]
		x[4] ^= y[4]
		x[5] ^= y[5]
		x[6] ^= y[6]
		x[7] ^= y[7]
		v, src = v[blockWords:], src[blockWords:]
	}
}
