package crypto

import (
	"errors"
	"io"
)

var (
	errCut      = errors.New("its end is missing")
	errTrailing = errors.New("something follows its end")
	errChunk    = errors.New("a chunk isn't authentic")
	errEmpty    = errors.New("its last chunk is empty")
)

// opener reads a payload from its beginning to its end.
type opener struct {
	src    io.Reader
	chunks *chunks
	index  int64  // of the next chunk
	sealed []byte // read, but not opened yet
	room   []byte // what sealed stands in
	held   []byte // opened, but not given out yet
	plain  []byte // what held stands in
	srcErr error  // src's, io.EOF included
	err    error
}

func (r *opener) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(r.held) == 0 && r.err == nil {
		r.fill((len(p) + ChunkSize - 1) / ChunkSize)
		if len(p) >= ChunkSize {
			if n := r.open(p); n > 0 {
				return n, nil
			}
			continue
		}
		if r.plain == nil {
			r.plain = make([]byte, ChunkSize)
		}
		r.held = r.plain[:r.open(r.plain)]
	}
	n := copy(p, r.held)
	r.held = r.held[n:]
	if n > 0 {
		return n, nil
	}
	return 0, openError(r.err)
}

// fill reads at least one chunk unless src ends, and as many as are wanted if
// src has them at hand.
func (r *opener) fill(wanted int) {
	if len(r.sealed) >= sealedChunkSize || r.srcErr != nil {
		return
	}
	wanted = min(wanted, batch) * sealedChunkSize
	if cap(r.room) < wanted {
		r.room = make([]byte, wanted)
	}
	n := copy(r.room, r.sealed)
	for n < sealedChunkSize && r.srcErr == nil {
		var more int
		more, r.srcErr = r.src.Read(r.room[n:wanted])
		n += more
	}
	r.sealed = r.room[:n]
}

// open opens what is at hand into p, which has room for a chunk at least, and
// returns how many bytes that gave.
func (r *opener) open(p []byte) (n int) {
	for len(r.sealed) >= sealedChunkSize && len(p)-n >= ChunkSize && r.err == nil {
		n += r.openChunk(p[n:], r.sealed[:sealedChunkSize])
	}
	if n == 0 && r.err == nil && len(r.sealed) < sealedChunkSize {
		n = r.openRest(p)
	}
	return n
}

// openChunk opens a chunk of full length. The last one may be such.
func (r *opener) openChunk(p, sealed []byte) int {
	plain, ok := r.chunks.open(p[:0], sealed, r.index, false)
	last := false
	if !ok {
		plain, last = r.chunks.open(p[:0], sealed, r.index, true)
		if !last {
			r.err = errChunk
			return 0
		}
	}
	r.index++
	r.sealed = r.sealed[sealedChunkSize:]
	if last {
		r.end()
	}
	return len(plain)
}

// openRest opens what src ended with.
func (r *opener) openRest(p []byte) int {
	switch {
	case r.srcErr != io.EOF:
		r.err = r.srcErr
		return 0
	case len(r.sealed) < chunkOverhead:
		r.err = errCut
		return 0
	case len(r.sealed) == chunkOverhead && r.index > 0:
		r.err = errEmpty
		return 0
	}
	plain, ok := r.chunks.open(p[:0], r.sealed, r.index, true)
	if !ok {
		r.err = errChunk
		return 0
	}
	r.sealed, r.err = nil, io.EOF
	return len(plain)
}

// end makes sure that nothing follows the last chunk.
func (r *opener) end() {
	if len(r.sealed) == 0 && r.srcErr == nil {
		var one [1]byte
		var n int
		if n, r.srcErr = io.ReadFull(r.src, one[:]); n > 0 {
			r.err = errTrailing
			return
		}
	}
	r.err = r.srcErr
	if len(r.sealed) > 0 {
		r.err = errTrailing
	}
}
