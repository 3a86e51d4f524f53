package crypto

import (
	"errors"
	"fmt"
	"io"
)

// batch is how many chunks are read or written at once, if there are as many.
const batch = 4

// sealer writes an age file, or the rest of one, chunk by chunk.
type sealer struct {
	dst    io.Writer
	chunks *chunks
	header []byte // to be written first
	index  int64  // of the next chunk
	held   []byte // up to a chunk that may prove to be the last
	sealed []byte // what dst is given
	err    error
}

var errSealed = errors.New("sealing has ended")

// begin writes the header, once.
func (w *sealer) begin() error {
	if w.err == nil && w.header != nil {
		_, w.err = w.dst.Write(w.header)
		if w.err != nil {
			w.err = fmt.Errorf("couldn't begin to seal: %w", w.err)
		}
		w.header = nil
	}
	return w.err
}

func (w *sealer) Write(p []byte) (int, error) {
	if err := w.begin(); err != nil {
		return 0, err
	}
	total := len(p)
	if len(w.held) > 0 {
		n := min(len(p), ChunkSize-len(w.held))
		w.held = append(w.held, p[:n]...)
		if p = p[n:]; len(p) == 0 {
			return total, nil
		}
		if w.flush(w.held, false); w.err != nil {
			return 0, w.err
		}
		w.held = w.held[:0]
	}
	for len(p) > ChunkSize {
		n := min(batch, (len(p)-1)/ChunkSize) * ChunkSize
		if w.flush(p[:n], false); w.err != nil {
			return 0, w.err
		}
		p = p[n:]
	}
	if w.held == nil {
		w.held = make([]byte, 0, ChunkSize)
	}
	w.held = append(w.held, p...)
	return total, nil
}

func (w *sealer) Close() error {
	if err := w.begin(); err != nil {
		return err
	}
	if w.flush(w.held, true); w.err != nil {
		return w.err
	}
	w.err = errSealed
	return nil
}

// flush seals whole chunks, or the last one, and writes them.
func (w *sealer) flush(plain []byte, last bool) {
	if w.sealed == nil {
		w.sealed = make([]byte, 0, batch*sealedChunkSize)
	}
	w.sealed = w.sealed[:0]
	for done := false; !done; w.index++ {
		n := min(len(plain), ChunkSize)
		w.sealed = w.chunks.seal(w.sealed, plain[:n], w.index, last)
		plain = plain[n:]
		done = len(plain) == 0
	}
	_, w.err = w.dst.Write(w.sealed)
}
