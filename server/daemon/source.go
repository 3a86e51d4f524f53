package daemon

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"floe/codec"
	"floe/codec/quilt"
	"floe/server/lru"
)

const (
	metadataKept = 4 << 20 // bytes; a blob's metadata takes 64 KiB at n = 1000
	sliverTries  = 2
	sliverPause  = 200 * time.Millisecond
	sliverTime   = 30 * time.Second
)

// source is a blob as it is read: by lines, which are the matrix' rows or
// columns, each the data of one sliver.
type source struct {
	id       codec.BlobID
	metadata *codec.Metadata
	verifier *codec.Verifier
	params   codec.Params
	symbol   int
	padded   func() error // checks once what the metadata says of the padding
}

// length is the number of bytes of one line.
func (s *source) length(kind codec.Kind) int { return s.params.SliverSize(kind, s.symbol) }

func newSource(id codec.BlobID, m *codec.Metadata, p codec.Params) (*source, error) {
	verifier, err := codec.NewVerifier(m)
	if err != nil {
		return nil, err
	}
	symbol, err := p.SymbolSize(m.Size)
	if err != nil {
		return nil, err
	}
	s := &source{id: id, metadata: m, verifier: verifier, params: p, symbol: symbol}
	s.padded = sync.OnceValue(s.checkPadding)
	return s, nil
}

// checkPadding makes sure that rows behind the blob's end are zeros, as their
// hashes tell without anybody's sending them. All of them have the same hash.
func (s *source) checkPadding() error {
	row := uint64(s.length(codec.Primary))
	first := int((s.metadata.Size + row - 1) / row)
	if first >= s.params.Primary {
		return nil
	}
	zero := &codec.Sliver{Kind: codec.Primary, Index: uint16(first), SymbolSize: uint16(s.symbol), Data: make([]byte, row)}
	if err := s.verifier.Verify(zero); err != nil {
		return fmt.Errorf("%w: row %d isn't padding", codec.ErrInconsistent, first)
	}
	for r := first + 1; r < s.params.Primary; r++ {
		if s.metadata.Hash(codec.Primary, r) != s.metadata.Hash(codec.Primary, first) {
			return fmt.Errorf("%w: row %d isn't padding", codec.ErrInconsistent, r)
		}
	}
	return nil
}

// metadatas are the sources of blobs read lately. What a blob ID commits to
// never changes.
type metadatas struct {
	nodes Nodes
	kept  *lru.Cache[codec.BlobID, *source]
}

func newMetadatas(nodes Nodes) *metadatas {
	return &metadatas{nodes: nodes, kept: lru.New[codec.BlobID, *source](metadataKept)}
}

func (m *metadatas) get(ctx context.Context, id codec.BlobID, p codec.Params) (*source, error) {
	if s, ok := m.kept.Get(id); ok {
		return s, nil
	}
	meta, err := m.nodes.Metadata(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("couldn't get metadata of %v: %w", id, err)
	}
	if err := meta.Verify(id, p.NShards); err != nil {
		return nil, fmt.Errorf("couldn't accept metadata of %v: %w", id, err)
	}
	s, err := newSource(id, meta, p)
	if err != nil {
		return nil, err
	}
	m.kept.Put(id, s, meta.InMemory())
	return s, nil
}

// reading is one request's use of a source. Its caller calls close.
type reading struct {
	*source
	d     *Daemon
	ctx   context.Context
	mu    sync.Mutex
	whole []byte // the blob, once a sliver couldn't be had
	free  func()
	kept  map[int][]byte // lines that were read already: rows of a blob, or columns of a quilt
}

func (d *Daemon) read(ctx context.Context, id codec.BlobID) (*reading, error) {
	s, err := d.metadata.get(ctx, id, d.params)
	if err != nil {
		return nil, err
	}
	return &reading{source: s, d: d, ctx: ctx, free: func() {}, kept: make(map[int][]byte)}, nil
}

func (r *reading) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free()
	r.free, r.whole = func() {}, nil
}

// line returns a row or a column, verified.
func (r *reading) line(ctx context.Context, kind codec.Kind, index int) ([]byte, error) {
	r.mu.Lock()
	whole := r.whole
	r.mu.Unlock()
	if whole == nil {
		b, err := r.sliver(ctx, kind, index)
		if err == nil || ctx.Err() != nil {
			return b, err
		}
		if whole, err = r.all(ctx, err); err != nil {
			return nil, err
		}
	}
	if kind == codec.Secondary {
		return quilt.BlobColumn(whole, r.params, index)
	}
	out := make([]byte, r.length(kind))
	if at := index * len(out); at < len(whole) {
		copy(out, whole[at:])
	}
	return out, nil
}

// column is a line for package quilt. Those of headers are few and kept.
func (r *reading) column(c int) ([]byte, error) {
	if b, ok := r.kept[c]; ok {
		return b, nil
	}
	b, err := r.line(r.ctx, codec.Secondary, c)
	if err == nil {
		r.kept[c] = b
	}
	return b, err
}

// sliver fetches a sliver from its node and verifies it.
func (r *reading) sliver(ctx context.Context, kind codec.Kind, index int) ([]byte, error) {
	n := r.params.NShards
	if index < 0 || index >= n {
		return nil, fmt.Errorf("%w: there is no %v sliver %d", quilt.ErrMalformed, kind, index)
	}
	s := codec.Sliver{Kind: kind, Index: uint16(index)}
	for try := 1; ; try++ {
		got, err := r.trySliver(ctx, kind, s.Pair(n))
		if err == nil && int(got.Index) != index {
			err = fmt.Errorf("%w: another sliver than %d came", codec.ErrMismatch, index)
		}
		if err == nil {
			err = r.verifier.Verify(got)
		}
		if err == nil {
			return got.Data, nil
		}
		if try == sliverTries || ctx.Err() != nil {
			return nil, fmt.Errorf("couldn't get %v sliver %d of %v: %w", kind, index, r.id, err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(sliverPause):
		}
	}
}

func (r *reading) trySliver(ctx context.Context, kind codec.Kind, pair int) (*codec.Sliver, error) {
	ctx, cancel := context.WithTimeout(ctx, sliverTime)
	defer cancel()
	return r.d.cfg.Nodes.Sliver(ctx, r.id, kind, pair)
}

// all decodes the whole blob, if it fits into memory. Requests of this reading
// that come meanwhile wait for it.
func (r *reading) all(ctx context.Context, because error) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.whole != nil {
		return r.whole, nil
	}
	blob, free, err := r.d.wholes.get(ctx, r.source)
	if err != nil {
		return nil, errors.Join(err, because)
	}
	r.whole, r.free = blob, free
	return blob, nil
}
