package server

import (
	"context"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// Nodes are the storage nodes of the current committee, by their index in it.
// It connects to no other host, whatever an answer says. All methods may be
// called at once.
type Nodes interface {
	// Put hands a node what a frame carries, in one request, and returns the
	// node's HTTP status and, unless it is 2xx, its reason. After a 2xx the node
	// holds it durably. An error says that the node didn't answer. The body is
	// used no longer once Put has returned.
	Put(ctx context.Context, node int, f api.Frame) (status int, reason string, err error)
	// Holds asks whether a node stores already what a frame without its body names.
	Holds(ctx context.Context, node int, f api.Frame) (bool, error)
	// Get fetches what a frame without its body names, into the room behind that
	// body if there is enough. The bytes are unverified.
	// A status other than 200 says that the node doesn't have it, an error that
	// it didn't answer.
	Get(ctx context.Context, node int, f api.Frame) (body []byte, status int, err error)
	// Certify gathers signed confirmations that a blob is stored, verifies each,
	// and returns their aggregate as soon as a quorum stands behind it; it waits
	// little for the others. ErrTooFewNodes tells that there is no quorum.
	Certify(ctx context.Context, blob codec.BlobID, object suitx.Address, deletable bool) (*api.Certificate, error)
}

// Prober is implemented by Nodes that can ask a node for a sign of life.
type Prober interface {
	Probe(ctx context.Context, node int) error
}

// Local is what only the embedded network has: money for nothing, and nodes
// that can be switched off.
type Local interface {
	Faucet(ctx context.Context, to suitx.Address) (api.FaucetResponse, error)
	// StopNode cuts the node's connections without an answer and returns when it
	// has let go of its store. StartNode undoes it. Both are idempotent.
	StopNode(ctx context.Context, node int) error
	StartNode(ctx context.Context, node int) error
}
