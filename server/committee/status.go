package committee

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"floe/codec"
	"floe/codec/suitx"
)

// Status is how a blob stands with a node: with none of the booleans it doesn't
// know a certified registration that can't be deleted.
type Status struct {
	Permanent bool   // certified, permanent, until EndEpoch
	Invalid   bool   // marked as encoded inconsistently
	EndEpoch  uint32 // first epoch in which it isn't kept
	TxDigest  suitx.Digest
	EventSeq  uint64 // of the event in the transaction that says so
}

// Status returns what nodes with more shards than can be faulty agree on: of
// several such answers the strongest, invalid before permanent before nothing,
// and the later end before the earlier. ErrTooFewNodes says that they don't agree.
func (c *Client) Status(ctx context.Context, id codec.BlobID) (Status, error) {
	s := c.state.Load()
	type answer struct {
		n      *node
		status Status
		err    error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan answer, len(s.nodes))
	for _, n := range s.nodes {
		go func() {
			st, err := c.statusOf(ctx, n, id)
			answers <- answer{n, st, err}
		}()
	}
	enough := (s.committee.NShards-1)/3 + 1
	weights := make(map[Status]int)
	heard := 0
	var last error
	for range s.nodes {
		a := <-answers
		if a.err != nil {
			last = a.err
			continue
		}
		heard += len(a.n.member.Shards)
		weights[a.status] += len(a.n.member.Shards)
		if heard >= s.committee.Quorum() {
			if best, ok := strongest(weights, enough); ok {
				return best, nil
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return Status{}, err
	}
	return Status{}, fmt.Errorf("status of %s: %w: %w", id, ErrTooFewNodes, last)
}

// strongest picks among answers that enough shards give. An earlier end or no
// registration is also vouched for by who says more.
func strongest(weights map[Status]int, enough int) (best Status, ok bool) {
	for st := range weights {
		w := 0
		for other, n := range weights {
			if other == st || other.covers(st) {
				w += n
			}
		}
		if w >= enough && (!ok || st.covers(best)) {
			best, ok = st, true
		}
	}
	return best, ok
}

// covers reports whether s says more than o and nothing against it.
func (s Status) covers(o Status) bool {
	switch {
	case s.Invalid || o.Invalid:
		return s.Invalid && !o.Invalid && !o.Permanent
	case s.Permanent != o.Permanent:
		return s.Permanent
	}
	return s.EndEpoch > o.EndEpoch
}

func (c *Client) statusOf(ctx context.Context, n *node, id codec.BlobID) (st Status, err error) {
	answer, err := c.success(ctx, n, http.MethodGet, "/v1/blobs/"+id.String()+"/status", nil, maxJSON)
	if err != nil {
		return st, err
	}
	type event struct {
		TxDigest suitx.Digest
		EventSeq json.RawMessage // a number, as text
	}
	var raw json.RawMessage
	if err := data(answer, &raw); err != nil {
		return st, &NodeError{n.member.Index, err}
	}
	var word string
	if json.Unmarshal(raw, &word) == nil {
		return st, nil
	}
	var body struct {
		Permanent *struct {
			EndEpoch    uint32
			IsCertified bool
			StatusEvent event
		}
		Invalid *struct{ Event event }
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		return st, &NodeError{n.member.Index, fmt.Errorf("couldn't read a status: %w", err)}
	}
	from := event{}
	switch {
	case body.Invalid != nil:
		st.Invalid, from = true, body.Invalid.Event
	case body.Permanent != nil && body.Permanent.IsCertified:
		st.Permanent, st.EndEpoch, from = true, body.Permanent.EndEpoch, body.Permanent.StatusEvent
	default:
		return st, nil
	}
	st.TxDigest = from.TxDigest
	text := string(from.EventSeq)
	if u, err := strconv.Unquote(text); err == nil {
		text = u
	}
	if st.EventSeq, err = strconv.ParseUint(text, 10, 64); err != nil {
		return Status{}, &NodeError{n.member.Index, fmt.Errorf("couldn't read a status: %w", err)}
	}
	return st, nil
}
