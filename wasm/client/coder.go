package client

import (
	"context"

	"floe/codec"
)

// Coder encodes segments: what takes the time of sending. The usual one does it
// where it is called, on all processors; a page's has workers help. Its methods
// may be called at the same time, by at most two callers: one reads ahead while
// the other sends. sealed belongs to the caller, who doesn't change it while it
// is encoded or while the expansion is in use.
type Coder interface {
	// Metadata computes what a segment is registered by, and keeps no slivers.
	Metadata(ctx context.Context, nShards int, sealed []byte) (*codec.Metadata, error)
	// Expand computes the slivers, and metadata besides if that is asked for.
	Expand(ctx context.Context, nShards int, sealed []byte, metadata bool) (*codec.Expansion, error)
}

// WithCoder returns a Client like c that has k encode what it sends.
func (c *Client) WithCoder(k Coder) *Client {
	other := *c
	other.coder = k
	return &other
}

// hereCoder is the usual Coder.
type hereCoder struct{ encoders codec.Latest }

func (h *hereCoder) Metadata(ctx context.Context, nShards int, sealed []byte) (*codec.Metadata, error) {
	e, err := h.encoders.Encoder(nShards)
	if err != nil || ctx.Err() != nil {
		return nil, first(err, context.Cause(ctx))
	}
	return e.Metadata(sealed)
}

func (h *hereCoder) Expand(ctx context.Context, nShards int, sealed []byte, metadata bool) (*codec.Expansion, error) {
	e, err := h.encoders.Encoder(nShards)
	if err != nil || ctx.Err() != nil {
		return nil, first(err, context.Cause(ctx))
	}
	if !metadata {
		return e.ExpandOnly(sealed)
	}
	return e.Expand(sealed)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
