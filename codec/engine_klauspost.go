//go:build !js

package codec

import (
	"fmt"
	"sync"

	"github.com/klauspost/reedsolomon"
)

// klauspost is the engine on github.com/klauspost/reedsolomon's Leopard mode
// for GF(2^16), whose field, basis and byte order are ours. Its "data shards"
// are our source symbols, its "parity shards" our recovery symbols.
//
// It knows high-rate codes only. A chunk of a low-rate code is got from it by
// feeding zeros before the source, so many that the source stands at the points
// the chunk would stand at: the transform over the two ranges is symmetric.
type klauspost struct{}

func (klauspost) encoder(c code) (encodeFunc, error) {
	encode, err := packedEncoder(c)
	if err != nil {
		return nil, err
	}
	spare := sync.Pool{New: func() any { return &group{} }}
	return func(dst, src []grid, symbolSize, count int) error {
		g := spare.Get().(*group)
		defer spare.Put(g)
		g.use(c.k+c.m, layout{symbolSize: symbolSize, count: count})
		g.packAll(g.lanes[:c.k], src)
		if err := encode(g.lanes[c.k:], g.lanes[:c.k]); err != nil {
			return err
		}
		g.unpackAll(g.lanes[c.k:], dst)
		return nil
	}, nil
}

// packedEncoder returns the function that computes recovery symbols dst, m
// equally long slices of whole blocks, from source symbols src.
func packedEncoder(c code) (func(dst, src [][]byte) error, error) {
	if c.high {
		rs, err := reedsolomon.New(c.k, c.m, reedsolomon.WithLeopardGF16(true))
		if err != nil {
			return nil, fmt.Errorf("couldn't make code of %d+%d symbols: %w", c.k, c.m, err)
		}
		return func(dst, src [][]byte) error {
			return rs.Encode(append(append(make([][]byte, 0, c.k+c.m), src...), dst...))
		}, nil
	}
	var chunks []func(dst, src [][]byte) error
	for j := 0; j < c.m; j += c.chunk {
		chunk, err := klauspostChunk(c, j, min(c.chunk, c.m-j))
		if err != nil {
			return nil, err
		}
		chunks = append(chunks, chunk)
	}
	return func(dst, src [][]byte) error {
		for i, chunk := range chunks {
			j := i * c.chunk
			if err := chunk(dst[j:min(j+c.chunk, c.m)], src); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// klauspostChunk encodes a low-rate code's recovery symbols from j on, want of
// them, with j zeros before the source. Over half a chunk must be computed for
// klauspost's chunk to be as large as the code's.
func klauspostChunk(c code, j, want int) (func(dst, src [][]byte) error, error) {
	computed := max(want, c.chunk/2+1)
	rs, err := reedsolomon.New(j+c.k, computed, reedsolomon.WithLeopardGF16(true))
	if err != nil {
		return nil, fmt.Errorf("couldn't make code of %d+%d symbols: %w", j+c.k, computed, err)
	}
	spare := sync.Pool{New: func() any { return new([]byte) }} // zeros, then symbols that nobody wants
	return func(dst, src [][]byte) error {
		size := len(src[0])
		kept := spare.Get().(*[]byte)
		defer spare.Put(kept)
		if len(*kept) < (1+computed-want)*size {
			*kept = make([]byte, (1+computed-want)*size)
		}
		room := *kept
		clear(room[:size])

		all := make([][]byte, 0, j+c.k+computed)
		for range j {
			all = append(all, room[:size:size])
		}
		all = append(append(all, src...), dst...)
		for i := 1; i <= computed-want; i++ {
			all = append(all, room[i*size:][:size:size])
		}
		return rs.Encode(all)
	}, nil
}
