package client

import (
	"context"
	"fmt"
	"slices"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// blob is one segment of the ciphertext on its way to the nodes. What stands
// below mu is the sending's to guard: its journal reads it at any time.
type blob struct {
	index  int
	size   int64
	symbol int
	sealed []byte           // nil unless it is on its way
	code   *codec.Expansion // likewise; nil if the relay encodes
	meta   *codec.Metadata  // nil unless it is about to be sent, or of a run before
	print  fingerprint      // of the ciphertext; zero if that was in a run before
	prefix []byte           // of the parcel's first

	state       blobState
	id          codec.BlobID
	root        [32]byte
	object      suitx.ObjectRef // its Blob object
	end         uint32          // epoch
	certificate api.Certificate
	held        []uint16 // by node: how much of its part it has, as [posting] counts it
}

// blobState is how far a blob has come.
type blobState uint8

// States of a blob, in order. They stand in journals: don't reorder.
const (
	blobPlanned blobState = iota
	blobMeasured
	blobRegistered
	blobStored // a quorum has confirmed it
	blobCertified
)

// newBlobs lists what is planned.
func (s *sending) newBlobs() error {
	s.blobs = make([]*blob, s.plan.segments())
	for i := range s.blobs {
		size := s.plan.length(i)
		symbol, err := s.net.params.SymbolSize(uint64(size))
		if err != nil {
			return err
		}
		s.blobs[i] = &blob{index: i, size: size, symbol: symbol, held: make([]uint16, len(s.net.Nodes))}
	}
	return nil
}

// measure computes what a segment is registered by. Its ciphertext isn't kept,
// unless the whole parcel is.
func (s *sending) measure(ctx context.Context, b *blob, sealed []byte) (err error) {
	b.print = fingerprintOf(sealed, s.plan.offset(b.index), s.plan.sealed)
	if b.index == 0 {
		b.prefix = slices.Clone(sealed[:min(len(sealed), prefixSize)])
	}
	if s.keeps() && !s.light {
		b.sealed = sealed
		if b.code, err = s.expand(ctx, sealed, true); err == nil {
			b.meta = b.code.Metadata()
		}
	} else {
		b.meta, err = s.metadata(ctx, sealed)
		if s.keeps() {
			b.sealed = sealed
		} else {
			s.recycle(sealed)
		}
	}
	if err != nil {
		return fmt.Errorf("couldn't encode %d bytes: %w", b.size, err)
	}
	s.change(func() { b.id, b.root, b.state = b.meta.BlobID(), b.meta.RootHash(), blobMeasured })
	return nil
}

// keeps says whether segments are kept until they are registered, so that they
// needn't be sealed again.
func (s *sending) keeps() bool { return len(s.blobs) <= keptWhole && s.keep }

// prepare makes slivers of a segment that was sealed again, after making sure
// that it became the same: two plaintexts must never leave under one sealing.
func (s *sending) prepare(ctx context.Context, b *blob, sealed []byte) (err error) {
	from := s.plan.offset(b.index)
	differs := func() error {
		return s.archive.changedBetween(plainOf(from), plainOf(from+b.size), fmt.Errorf("blob %s isn't what it was when it was registered", b.id))
	}
	again := b.meta == nil
	if !again && fingerprintOf(sealed, from, s.plan.sealed) != b.print {
		return differs()
	}
	meta := b.meta
	var code *codec.Expansion
	switch {
	case !s.light:
		if code, err = s.expand(ctx, sealed, again); err == nil && again {
			meta = code.Metadata()
		}
	case again:
		meta, err = s.metadata(ctx, sealed)
	}
	if err != nil {
		return fmt.Errorf("couldn't encode %d bytes: %w", b.size, err)
	}
	if again && meta.BlobID() != b.id {
		return differs()
	}
	b.sealed, b.code, b.meta = sealed, code, meta
	return nil
}

// expand and metadata encode, one segment at a time; what is to be sent next
// comes before what is read ahead.
func (s *sending) expand(ctx context.Context, sealed []byte, metadata bool) (*codec.Expansion, error) {
	defer s.turns.take(true)()
	return s.client.coder.Expand(ctx, s.plan.net.NShards, sealed, metadata)
}

func (s *sending) metadata(ctx context.Context, sealed []byte) (*codec.Metadata, error) {
	defer s.turns.take(false)()
	return s.client.coder.Metadata(ctx, s.plan.net.NShards, sealed)
}

// release lets go of a blob that was stored, or couldn't be. Its memory is used
// again only where relays promise that no request that was given up still reads it.
func (s *sending) release(b *blob) {
	if s.client.sparing && b.sealed != nil {
		s.recycle(b.sealed)
	}
	b.free()
}

// free lets go of what only storing needed.
func (b *blob) free() { b.sealed, b.code, b.meta = nil, nil, nil }

// recycle takes a ciphertext's memory back that nobody reads any more.
func (s *sending) recycle(sealed []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.spare) < passes {
		s.spare = append(s.spare, sealed[:0])
	}
}

// passes is how many seal at a time, each into memory of its own.
const passes = 2

// buffer returns room for a ciphertext.
func (s *sending) buffer(size int64) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.spare); n > 0 && int64(cap(s.spare[n-1])) >= size {
		b := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return b
	}
	return make([]byte, 0, size)
}

// change changes what the journal tells of.
func (s *sending) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}
