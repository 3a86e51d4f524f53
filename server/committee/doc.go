// Package committee is the client of Walrus' storage nodes: it hands them
// metadata and slivers, gathers their signed confirmations into certificates,
// and gets blobs back from them.
//
// Make a [Client] with [New] from the committee that the ledger names; call
// [Client.Update] when that changes. Of a single node, [Client.Put],
// [Client.Holds] and [Client.Get] ask one thing each; of all together,
// [Client.Store], [Client.Certify], [Client.Metadata] and [Client.Blob].
//
// It speaks to the committee's members alone, at the addresses that the ledger
// names, and follows no redirects. It believes no one: metadata is checked
// against the blob ID, slivers against metadata, confirmations against keys. Under
// TLS a member is who holds the network key that the ledger names (tls.go).
// Who is at fault is named by a [NodeError].
//
// A node that doesn't answer is left alone for a while, so that those that do
// aren't kept waiting: 250 ms after the first failure, 2 s at most.
package committee

import (
	"errors"
	"fmt"
)

var (
	// ErrTooFewNodes says that no quorum of the nodes did what was asked.
	ErrTooFewNodes = errors.New("too few storage nodes")
	// ErrNotFound says that more nodes than can be faulty don't know the blob.
	ErrNotFound = errors.New("blob not found on the storage nodes")
	// ErrNewEpoch says that nodes sign for a later epoch than the committee's:
	// ask the ledger, Update, try again.
	ErrNewEpoch = errors.New("the committee's epoch has ended")
	// ErrResting says that a node failed just now and is left alone for a while.
	ErrResting = errors.New("node failed just now")
)

// NodeError says which node is at fault, and why. Index is its place in the committee.
type NodeError struct {
	Index int
	Err   error
}

func (e *NodeError) Error() string { return fmt.Sprintf("node %d: %v", e.Index, e.Err) }

func (e *NodeError) Unwrap() error { return e.Err }

// StatusError is a node's answer that isn't a success.
type StatusError struct {
	Status  int    // HTTP
	Reason  string // Walrus' word for it, as NOT_REGISTERED; may be empty
	Message string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("answered %d %s: %s", e.Status, e.Reason, e.Message)
}
