package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// blob is one segment of the ciphertext on its way to the nodes.
type blob struct {
	first  bool   // of its parcel
	sealed []byte // nil once a quorum holds it
	size   int64
	code   *codec.Expansion // likewise; nil if the relay encodes
	meta   *codec.Metadata
	id     codec.BlobID
	symbol int

	object      suitx.ObjectRef // its Blob object
	end         uint32          // epoch
	certificate api.Certificate
}

// batch is what travels together: see plan.
type batch struct{ blobs []*blob }

// free lets go of what only storing needed.
func (b *batch) free() {
	for _, blob := range b.blobs {
		blob.sealed, blob.code = nil, nil
	}
}

// batches seals and encodes, one batch ahead of what the caller works on.
func (s *sending) batches(ctx context.Context) iter.Seq2[*batch, error] {
	return s.batchesOf(ctx, s.plan.batches, func(ctx context.Context) (io.ReadCloser, error) { return s.seal(ctx), nil })
}

// batchesOf encodes what stands in a ciphertext.
//
//go:noinline
func (s *sending) batchesOf(ctx context.Context, plan [][]int64, open opener) iter.Seq2[*batch, error] {
	return func(yield func(*batch, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		ready := make(chan *batch)
		var failed error
		go func() {
			defer close(ready)
			failed = s.produce(ctx, ready, plan, open)
		}()
		for b := range ready {
			if !yield(b, nil) {
				return
			}
		}
		if failed != nil {
			yield(nil, failed)
		}
	}
}

// opener returns a ciphertext to read; closing it ends the reading.
type opener func(context.Context) (io.ReadCloser, error)

// produce puts the plan's batches into ready.
func (s *sending) produce(ctx context.Context, ready chan<- *batch, plan [][]int64, open opener) error {
	encoder, err := codec.NewEncoder(s.plan.net.NShards)
	if err != nil {
		return err
	}
	sealed, err := open(ctx)
	if err != nil {
		return err
	}
	defer sealed.Close()
	for i, sizes := range plan {
		b := &batch{}
		for j, size := range sizes {
			blob, err := s.cut(encoder, sealed, size)
			if err != nil {
				return err
			}
			blob.first = i == 0 && j == 0
			b.blobs = append(b.blobs, blob)
		}
		select {
		case ready <- b:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if n, err := io.ReadFull(sealed, make([]byte, 1)); n > 0 {
		return errors.New("more was sealed than planned")
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// cut takes the next segment off the ciphertext and encodes it.
func (s *sending) cut(encoder *codec.Encoder, sealed io.Reader, size int64) (*blob, error) {
	b := &blob{sealed: make([]byte, size), size: size}
	if _, err := io.ReadFull(sealed, b.sealed); err != nil {
		return nil, fmt.Errorf("couldn't seal the next %d bytes: %w", size, err)
	}
	if err := s.encode(encoder, b); err != nil {
		return nil, fmt.Errorf("couldn't encode %d bytes: %w", size, err)
	}
	b.id = b.meta.BlobID()
	var err error
	b.symbol, err = encoder.Params().SymbolSize(uint64(size))
	return b, err
}

// encode computes what a blob is registered by, and its slivers unless the relay
// is to.
func (s *sending) encode(encoder *codec.Encoder, b *blob) (err error) {
	if s.light {
		b.meta, err = encoder.Metadata(b.sealed)
		return err
	}
	if b.code, err = encoder.Expand(b.sealed); err == nil {
		b.meta = b.code.Metadata()
	}
	return err
}
