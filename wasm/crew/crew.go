package crew

import (
	"context"

	"floe/codec"
)

// Mate is a worker that makes shares of one blob after the other.
type Mate interface {
	// Load gives it the blob that shares are made of from now on.
	Load(nShards int, want codec.Want, blob []byte)
	// Share makes one of columns first ≤ c < end. It may be called again before
	// it returns.
	Share(ctx context.Context, first, end int) ([]byte, error)
	// End ends it, and what it is doing.
	End()
}

// Hall is where mates are found.
type Hall interface {
	// Size is how many workers there may be, with the one that asks.
	Size() int
	// Begin returns mates for one blob: those that can work, then those that are
	// being started, until ctx ends. It doesn't wait.
	Begin(ctx context.Context) <-chan Mate
	// Rest says that the blob is done.
	Rest()
	// Breathe lets the worker take what came in meanwhile, and says whether others
	// are waiting for that too.
	Breathe(ctx context.Context) bool
}

// Crew encodes blobs, one at a time. It is safe for concurrent use.
type Crew struct {
	hall Hall
	turn chan struct{} // holds one: whoever took it encodes

	encoders codec.Latest
}

// New returns the crew of a hall.
func New(hall Hall) *Crew {
	return &Crew{hall: hall, turn: make(chan struct{}, 1)}
}

// Metadata computes a blob's metadata alone.
func (c *Crew) Metadata(ctx context.Context, nShards int, blob []byte) (*codec.Metadata, error) {
	x, err := c.encode(ctx, nShards, blob, codec.WantMetadata)
	if err != nil {
		return nil, err
	}
	return x.Metadata(), nil
}

// Expand computes what slivers are made of, with or without metadata. It refers
// to blob.
func (c *Crew) Expand(ctx context.Context, nShards int, blob []byte, metadata bool) (*codec.Expansion, error) {
	want := codec.WantSlivers
	if metadata {
		want |= codec.WantMetadata
	}
	return c.encode(ctx, nShards, blob, want)
}

func (c *Crew) encode(ctx context.Context, nShards int, blob []byte, want codec.Want) (*codec.Expansion, error) {
	e, err := c.encoders.Encoder(nShards)
	if err != nil {
		return nil, err
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	w := newWork(c.hall, e, blob, want)
	if !worthwhile(e.Params(), len(blob)) {
		return w.do(ctx, nil)
	}
	ctx, stop := context.WithCancel(ctx)
	defer c.hall.Rest()
	defer stop()
	return w.do(ctx, c.hall.Begin(ctx))
}

// worthwhile says whether a blob takes long enough for others to help: what is
// encoded of it is what is worked on, and its many hashes.
func worthwhile(p codec.Params, size int) bool {
	const least = 16 << 20
	encoded, err := p.EncodedSize(uint64(size))
	return err == nil && encoded >= least
}
