package client

import (
	"context"
	"errors"
	"io"

	"floe/crypto"
)

// stream reads a part of the archive forward, and fetches ahead.
type stream struct {
	*unsealed
	parcel *Parcel
	ahead  *ahead
	cancel context.CancelFunc
}

// stream opens the archive from begin to end.
func (p *Parcel) stream(ctx context.Context, w *watch, begin, end int64, req *ReadRequest) (*stream, error) {
	u, err := p.unseal()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	src := p.source.at(ctx, w)
	src.ahead = &ahead{reader: src, whole: req.Whole, begin: p.sealedAt(begin), end: p.sealedAt(end + crypto.ChunkSize - 1)}
	if req.Whole && src.ahead.end-src.ahead.begin >= p.source.bounds.shelf {
		src.shelf = req.Shelf
	}
	u.ends.src = src
	u.plain.begin, u.plain.end, u.plain.whole = begin, end, req.Whole
	return &stream{u, p, src.ahead, cancel}, nil
}

// close lets go of what the stream holds; nobody reads any more.
func (s *stream) close() {
	s.cancel()
	s.ahead.close()
	s.ends.src = nil
	s.parcel.mu.Lock()
	defer s.parcel.mu.Unlock()
	if len(s.parcel.idle) < keptUnsealed {
		s.parcel.idle = append(s.parcel.idle, s.unsealed)
	}
}

// unsealed is the archive of a parcel, opened for one who reads it.
type unsealed struct {
	ends  *ends
	plain *blocks
}

// keptUnsealed is how many are kept for the next who read.
const keptUnsealed = 2

// unseal opens the archive, or takes one that was opened before.
func (p *Parcel) unseal() (*unsealed, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		u := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return u, nil
	}
	e := &ends{head: p.head, tail: p.tail, size: p.source.size}
	plain, size, err := crypto.OpenAt(e, e.size, p.key)
	if err != nil {
		return nil, err
	}
	return &unsealed{e, &blocks{plain: plain, size: size}}, nil
}

// sealedAt is where in the ciphertext the chunk begins that holds a byte of the
// archive.
func (p *Parcel) sealedAt(plain int64) int64 {
	if plain < crypto.ChunkSize {
		return min(int64(crypto.HeaderSize), p.source.size)
	}
	return min(crypto.SealedSize(plain&^(crypto.ChunkSize-1)), p.source.size)
}

// ends reads a ciphertext whose first and last bytes are there already: the
// header and the last chunk, which opening reads each time.
type ends struct {
	src        io.ReaderAt // nil: there is nothing else
	head, tail []byte
	size       int64
}

func (e *ends) ReadAt(p []byte, off int64) (int, error) {
	begin := e.size - int64(len(e.tail))
	switch end := off + int64(len(p)); {
	case off >= 0 && end <= int64(len(e.head)):
		return copy(p, e.head[off:]), nil
	case off >= begin && end <= e.size:
		return copy(p, e.tail[off-begin:]), nil
	}
	if e.src == nil {
		return 0, errors.New("internal error: the ends don't suffice")
	}
	return e.src.ReadAt(p, off)
}

// blocks reads plaintext in blocks of whole chunks of age's, so that those who
// read forward in small steps have nothing decrypted twice. The first block is a
// small one: somebody waits for it.
type blocks struct {
	plain      io.ReaderAt
	size       int64 // of the plaintext
	begin, end int64 // of what is read
	whole      bool  // all of that will be
	buf        []byte
	at         int64 // of buf
}

const maxBlock = 1 << 20

func (b *blocks) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at := off + int64(n)
		if at < b.at || at >= b.at+int64(len(b.buf)) {
			if err := b.load(at); err != nil {
				return n, err
			}
		}
		n += copy(p[n:], b.buf[at-b.at:])
	}
	return n, nil
}

// load reads the block that the byte at is in.
func (b *blocks) load(at int64) error {
	if at < 0 || at >= b.size {
		return io.EOF
	}
	begin := at &^ (crypto.ChunkSize - 1)
	length := int64(crypto.ChunkSize)
	switch n := int64(len(b.buf)); {
	case !b.whole:
		length = max(length, min((at-b.begin)/aheadShare&^(crypto.ChunkSize-1), maxBlock))
	case n > 0 && at == b.at+n:
		length = min(2*n, maxBlock)
	}
	if rest := b.end - begin; rest > 0 {
		length = min(length, (rest+crypto.ChunkSize-1)&^(crypto.ChunkSize-1))
	}
	length = min(length, b.size-begin)
	if int64(cap(b.buf)) < length {
		b.buf = make([]byte, 0, min(4*length, maxBlock))
	}
	b.buf = b.buf[:length]
	n, err := b.plain.ReadAt(b.buf, begin)
	b.at = begin
	if int64(n) == length {
		return nil
	}
	b.buf = b.buf[:0]
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}
