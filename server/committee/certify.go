package committee

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"floe/codec"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
)

// attempts is how often a node is asked for its confirmation while there is no quorum.
const attempts = 3

// vote is a node's signature, or why there is none.
type vote struct {
	node      *node
	signature []byte
	err       error
	last      bool // the node isn't asked again
}

// Certify gathers signed confirmations that a blob is stored, verifies each,
// and returns their aggregate once a quorum stands behind it. Nodes that are
// slower get half of the time so far and half a second more. It fails with
// ErrTooFewNodes, or with ErrNewEpoch if nodes sign for a later epoch.
func (c *Client) Certify(ctx context.Context, id codec.BlobID, object suitx.Address, deletable bool) (*api.Certificate, error) {
	s := c.state.Load()
	want := bls.Confirmation{Epoch: s.committee.Epoch, BlobID: id, Deletable: deletable}
	if deletable {
		want.ObjectID = object
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	votes := make(chan vote)
	for _, n := range s.nodes {
		go c.canvass(ctx, n, want, votes)
	}
	signed, faults := c.count(ctx, s, votes)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	cert, err := certificate(s, want, signed)
	if err != nil {
		return nil, errors.Join(append([]error{err}, faults...)...)
	}
	return cert, nil
}

// canvass asks one node, repeatedly if it isn't ready yet.
func (c *Client) canvass(ctx context.Context, n *node, want bls.Confirmation, votes chan<- vote) {
	wait := firstRest
	for try := 1; ; try++ {
		sig, err := c.confirmation(ctx, n, want)
		v := vote{n, sig, err, err == nil || try == attempts || !worthAsking(err)}
		select {
		case votes <- v:
		case <-ctx.Done():
			return
		}
		if v.last {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			wait *= 3
		}
	}
}

// worthAsking says whether a node may have another answer in a moment.
func worthAsking(err error) bool {
	var status *StatusError
	if errors.As(err, &status) {
		return status.Status >= 500 || status.Reason == "MISSING_SLIVERS" || status.Reason == "NOT_REGISTERED"
	}
	return !errors.Is(err, bls.ErrBadSignature) && !errors.Is(err, bls.ErrMalformed) && !errors.Is(err, ErrNewEpoch)
}

// count takes votes until all have voted, or a quorum has and the others have
// had their time. Once there is a quorum, nobody waits for those who failed.
func (c *Client) count(ctx context.Context, s *state, votes <-chan vote) (signed map[int][]byte, faults []error) {
	signed = make(map[int][]byte)
	failed := make(map[int]error)
	done := make(map[int]bool)
	weight, began := 0, time.Now()
	var tail <-chan time.Time
	for len(done) < len(s.nodes) && (tail == nil || len(signed)+len(failed) < len(s.nodes)) {
		select {
		case <-ctx.Done():
			return signed, nil
		case <-tail:
			return signed, nil
		case v := <-votes:
			i := v.node.member.Index
			if v.last {
				done[i] = true
			}
			if v.err != nil {
				failed[i] = v.err
				c.opts.Logger.Debug("no confirmation", "node", i, "error", v.err)
				continue
			}
			delete(failed, i)
			signed[i] = v.signature
			weight += len(v.node.member.Shards)
		}
		if tail == nil && weight >= s.committee.Quorum() {
			tail = time.After(window(time.Since(began)))
		}
	}
	for _, err := range failed {
		faults = append(faults, err)
	}
	return signed, faults
}

// window is how long slow nodes are waited for once a quorum is there.
func window(elapsed time.Duration) time.Duration { return elapsed/2 + 500*time.Millisecond }

// confirmation gets one node's signature over the message, verified.
func (c *Client) confirmation(ctx context.Context, n *node, want bls.Confirmation) ([]byte, error) {
	path := "/v1/blobs/" + codec.BlobID(want.BlobID).String() + "/confirmation/permanent"
	if want.Deletable {
		path = "/v1/blobs/" + codec.BlobID(want.BlobID).String() + "/confirmation/deletable/" + suitx.Address(want.ObjectID).String()
	}
	answer, err := c.success(ctx, n, http.MethodGet, path+"?wait_for_registration=true", nil, maxJSON)
	if err != nil {
		return nil, err
	}
	var d struct {
		Signed struct{ SerializedMessage, Signature []byte }
	}
	if err := data(answer, &d); err != nil {
		return nil, &NodeError{n.member.Index, fmt.Errorf("%w: %w", bls.ErrMalformed, err)}
	}
	if err := checkConfirmation(n, want, d.Signed.SerializedMessage, d.Signed.Signature); err != nil {
		return nil, &NodeError{n.member.Index, err}
	}
	return d.Signed.Signature, nil
}

func checkConfirmation(n *node, want bls.Confirmation, message, signature []byte) error {
	if !bytes.Equal(message, want.Marshal()) {
		got, err := bls.ParseConfirmation(message)
		if err != nil {
			return err
		}
		if got.BlobID == want.BlobID && got.Epoch > want.Epoch {
			return fmt.Errorf("%w: it signs for %d", ErrNewEpoch, got.Epoch)
		}
		return fmt.Errorf("%w: it confirms something else", bls.ErrBadSignature)
	}
	return n.key.Verify(message, signature)
}

// certificate aggregates signatures, if a quorum stands behind them.
func certificate(s *state, want bls.Confirmation, signed map[int][]byte) (*api.Certificate, error) {
	cert := &api.Certificate{Message: want.Marshal(), Signers: make([]byte, (len(s.nodes)+7)/8), Missing: []int{}}
	var sigs [][]byte
	for i, n := range s.nodes {
		sig, ok := signed[i]
		if !ok {
			cert.Missing = append(cert.Missing, i)
			continue
		}
		sigs = append(sigs, sig)
		cert.Signers[i/8] |= 1 << (i % 8)
		cert.Weight += len(n.member.Shards)
	}
	if cert.Weight < s.committee.Quorum() {
		return nil, fmt.Errorf("%w: %d of %d shards confirmed, %d are needed", ErrTooFewNodes, cert.Weight, s.committee.NShards, s.committee.Quorum())
	}
	var err error
	cert.Signature, err = bls.Aggregate(sigs)
	return cert, err
}
