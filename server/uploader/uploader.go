// Package uploader takes a whole blob, unencoded, to the storage nodes: it
// encodes, stores and gathers the certificate. Whoever receives blobs in one
// piece uses it: the upload relay and the publisher of package daemon, and the
// relay where a page sends a blob once instead of as slivers.
//
// Make one [Uploader] for a process with [New]. For each blob:
//
//	release, err := u.Room(ctx, size)   // waits until there is memory
//	defer release()
//	x, err := u.Encode(blob)            // metadata, blob ID, slivers
//	… the blob is registered on the ledger, unless it is already …
//	cert, err := u.Upload(ctx, x, object, deletable)
//
// # Memory
//
// A blob being uploaded takes 3.5 times its size: itself once, 2.5 times as
// expansion. All uploads of a process together take no more than the budget
// given to New; who comes when it is used up waits in Room, in order. A blob
// that exceeds the budget alone is [ErrTooLarge]. To this come the slivers that
// Nodes have on their way: of each blob and for each node 4 MiB, or two slivers,
// with package committee. Nothing but memory is waited for before Room: a body
// that comes slowly belongs into a file meanwhile.
package uploader

import (
	"context"
	"errors"
	"fmt"
	"math"

	"golang.org/x/sync/semaphore"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// ErrTooLarge says that a blob exceeds what the shards can hold, or the memory
// that there is for uploads.
var ErrTooLarge = errors.New("blob too large to be encoded here")

// Nodes are the storage nodes of the current committee. All methods may be
// called at once.
type Nodes interface {
	// Store hands every node what is its of a blob and returns once a quorum
	// has it and the others have had a little more time. An error says that no
	// quorum has it.
	Store(ctx context.Context, x *codec.Expansion) error
	// Certify gathers verified confirmations until a quorum stands behind a
	// blob. The object counts for deletable blobs only.
	Certify(ctx context.Context, blob codec.BlobID, object suitx.Address, deletable bool) (*api.Certificate, error)
}

// footprintOfTwo is how many bytes an upload takes for every two of its blob.
const footprintOfTwo = 7

// Uploader encodes blobs and brings them to the nodes. It is safe for
// concurrent use.
type Uploader struct {
	nodes   Nodes
	encoder *codec.Encoder
	most    uint64 // bytes of a blob
	budget  int64
	memory  *semaphore.Weighted
}

// New returns an uploader that takes at most budget bytes of memory.
func New(nodes Nodes, nShards int, budget int64) (*Uploader, error) {
	encoder, err := codec.NewEncoder(nShards)
	if err != nil {
		return nil, fmt.Errorf("couldn't make the encoder: %w", err)
	}
	most := min(encoder.Params().MaxBlobSize(), uint64(max(budget, 0))/footprintOfTwo*2)
	return &Uploader{nodes: nodes, encoder: encoder, most: most, budget: budget, memory: semaphore.NewWeighted(budget)}, nil
}

// MaxBlob is the size of the largest blob that Room can ever make room for.
func (u *Uploader) MaxBlob() uint64 { return u.most }

// Params are the dimensions that blobs are encoded with.
func (u *Uploader) Params() codec.Params { return u.encoder.Params() }

// Room waits until a blob of that size can be held, encoded and stored. The
// caller calls release once, when neither blob nor expansion is used any more.
func (u *Uploader) Room(ctx context.Context, size uint64) (release func(), err error) {
	if size > u.most {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, size, u.most)
	}
	n := int64(min(size*footprintOfTwo/2+u.overhead(), math.MaxInt64))
	n = min(n, u.budget)
	if err := u.memory.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { u.memory.Release(n) }, nil
}

// overhead is what the smallest blob takes: its symbols are padded to 2 bytes.
func (u *Uploader) overhead() uint64 {
	p := u.encoder.Params()
	return uint64(p.NShards) * uint64(p.Primary+p.Secondary) * 2
}

// Encode encodes a blob, which must not change while the expansion is used.
func (u *Uploader) Encode(blob []byte) (*codec.Expansion, error) {
	x, err := u.encoder.Expand(blob)
	if errors.Is(err, codec.ErrTooLarge) {
		return nil, fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't encode: %w", err)
	}
	return x, nil
}

// Upload stores an encoded blob on the nodes and returns the certificate of the
// quorum that has it. The blob must be registered: as the object that is given
// if it is deletable, as any permanent one if not. Errors are those of Nodes.
func (u *Uploader) Upload(ctx context.Context, x *codec.Expansion, object suitx.Address, deletable bool) (*api.Certificate, error) {
	if err := u.nodes.Store(ctx, x); err != nil {
		return nil, err
	}
	return u.nodes.Certify(ctx, x.Metadata().BlobID(), object, deletable)
}
