package crypto

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// openerAt reads a payload in any order.
type openerAt struct {
	src    *io.SectionReader
	chunks *chunks
	size   int64 // of the plaintext
	count  int64 // of chunks
	rooms  sync.Pool
	recent atomic.Pointer[openedChunk]
}

// openedChunk is kept for reads that end or begin in the middle of a chunk.
type openedChunk struct {
	index int64
	plain []byte
}

func newOpenerAt(c *chunks, src *io.SectionReader) (*openerAt, error) {
	r := &openerAt{src: src, chunks: c}
	r.rooms.New = func() any { return new([batch * sealedChunkSize]byte) }
	r.count = max(1, (src.Size()+sealedChunkSize-1)/sealedChunkSize)
	r.size = src.Size() - r.count*chunkOverhead
	last := src.Size() - (r.count-1)*sealedChunkSize
	if last < chunkOverhead {
		return nil, errCut
	}
	if last == chunkOverhead && r.count > 1 {
		return nil, errEmpty
	}
	_, err := r.chunk(r.count - 1)
	return r, err
}

func (r *openerAt) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("crypto: negative offset")
	}
	for n < len(p) && off < r.size {
		var more int
		if off%ChunkSize == 0 && (int64(len(p)-n) >= ChunkSize || int64(len(p)-n) >= r.size-off) {
			more, err = r.wholeChunks(p[n:], off/ChunkSize)
		} else {
			more, err = r.partOfChunk(p[n:], off)
		}
		n += more
		off += int64(more)
		if err != nil {
			return n, openError(err)
		}
	}
	if n < len(p) || n > 0 && off == r.size {
		return n, io.EOF
	}
	return n, nil
}

// wholeChunks opens straight into p as many chunks from the first one on as fit.
func (r *openerAt) wholeChunks(p []byte, first int64) (n int, err error) {
	end := min(r.count, first+batch)
	for r.plainEnd(end)-first*ChunkSize > int64(len(p)) {
		end--
	}
	room := r.rooms.Get().(*[batch * sealedChunkSize]byte)
	defer r.rooms.Put(room)
	sealed := room[:min(end*sealedChunkSize, r.src.Size())-first*sealedChunkSize]
	read, err := readFullAt(r.src, sealed, first*sealedChunkSize)
	for index := first; index < end; index++ {
		size := min(len(sealed), sealedChunkSize)
		if read < size {
			return n, err
		}
		plain, ok := r.chunks.open(p[n:n], sealed[:size], index, index == r.count-1)
		if !ok {
			return n, fmt.Errorf("chunk %d: %w", index, errChunk)
		}
		n += len(plain)
		sealed, read = sealed[size:], read-size
	}
	return n, err
}

// plainEnd is where the plaintext of a chunk begins that follows another.
func (r *openerAt) plainEnd(chunk int64) int64 { return min(chunk*ChunkSize, r.size) }

// partOfChunk copies from the one chunk that off is in.
func (r *openerAt) partOfChunk(p []byte, off int64) (int, error) {
	c, err := r.chunk(off / ChunkSize)
	if err != nil {
		return 0, err
	}
	return copy(p, c.plain[off%ChunkSize:]), nil
}

// chunk opens a chunk, or has it from last time.
func (r *openerAt) chunk(index int64) (*openedChunk, error) {
	if c := r.recent.Load(); c != nil && c.index == index {
		return c, nil
	}
	c := &openedChunk{index, make([]byte, r.plainEnd(index+1)-index*ChunkSize)}
	if _, err := r.wholeChunks(c.plain, index); err != nil {
		return nil, err
	}
	r.recent.Store(c)
	return c, nil
}

// readFullAt is src.ReadAt whose error is nil if p was filled.
func readFullAt(src io.ReaderAt, p []byte, off int64) (int, error) {
	n, err := src.ReadAt(p, off)
	if n == len(p) {
		return n, nil
	}
	if err == nil {
		err = io.EOF
	}
	return n, noEOF(err)
}
