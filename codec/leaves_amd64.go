package codec

import (
	"encoding/binary"

	"golang.org/x/sys/cpu"
)

// inEights says whether this processor hashes eight leaves in the time that
// x/crypto takes for three or so: its registers hold a word of eight states.
var inEights = cpu.X86.HasAVX512F

// compressEight is RFC 7693's F over eight blocks of 128 bytes side by side. Word
// w of state i is states[w][i]; words is what it works in.
//
//go:noescape
func compressEight(states *[8][8]uint64, words *[16][8]uint64, blocks *[8]*byte, counter, last uint64)

// eight is what eight leaves are hashed in.
type eight struct {
	states [8][8]uint64
	words  [16][8]uint64
	blocks [8]*byte
	edges  [8][blockBytes]byte // first and last blocks, which aren't in memory as they are hashed
}

const (
	blockBytes   = 128
	worthAnEight = 3 // leaves
)

// vectorLeaves hashes the first symbols of lanes, eight at a time and the last ones
// too if they are worth it.
func vectorLeaves(into []Hash, stride int, of grid, size int, _ *hasher) int {
	if !inEights || size == 0 || of.lanes < worthAnEight {
		return 0
	}
	var e eight
	first := 0
	for ; first+worthAnEight <= of.lanes; first += len(e.blocks) {
		e.hash(of, first, size)
		for i := range min(len(e.blocks), of.lanes-first) {
			for w := range 4 {
				binary.LittleEndian.PutUint64(into[(first+i)*stride][8*w:], e.states[w][i])
			}
		}
	}
	return min(first, of.lanes)
}

// hash leaves in states the hashes of the first symbols of eight lanes, the last
// one more than once if there are fewer.
func (e *eight) hash(of grid, first, size int) {
	for w, v := range [...]uint64{iv0Digest32, iv1, iv2, iv3, iv4, iv5, iv6, iv7} {
		for i := range e.states[w] {
			e.states[w][i] = v
		}
	}
	symbol := func(i int) []byte { return of.at(min(first+i, of.lanes-1), 0, size) }
	total := 1 + size // a leaf's prefix, 0, comes before its symbol
	for i := range e.blocks {
		e.edges[i][0] = leafPrefix
		e.edge(i, 1, symbol(i))
	}
	at := blockBytes
	for ; at < total; at += blockBytes {
		compressEight(&e.states, &e.words, &e.blocks, uint64(at), 0)
		for i := range e.blocks {
			if rest := symbol(i)[at-1:]; len(rest) >= blockBytes {
				e.blocks[i] = &rest[0]
			} else {
				e.edge(i, 0, rest)
			}
		}
	}
	compressEight(&e.states, &e.words, &e.blocks, uint64(total), ^uint64(0))
}

// edge makes a block of what is in its first bytes, and of b behind them, that is
// filled up with zeros.
func (e *eight) edge(i, from int, b []byte) {
	block := &e.edges[i]
	clear(block[from+copy(block[from:], b):])
	e.blocks[i] = &block[0]
}
