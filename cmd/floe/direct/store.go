package direct

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"floe/server/api"
	"floe/wasm/client"
)

const (
	putsAtOnce = 4 // of one request, to one node
	eventLag   = 3 * time.Second
)

// reasonNotRegistered is a node's answer when it hasn't seen the registration.
const reasonNotRegistered = "NOT_REGISTERED"

// store hands frames to one node, one PUT each, and acknowledges each with the
// node's status as soon as it has it: metadata before what follows it, slivers
// in any order. With retry the node is asked first what it holds.
func (r *Relay) store(ctx context.Context, node string, retry bool, body client.Pieces) (*client.Response, error) {
	i, err := strconv.Atoi(node)
	if err != nil || i < 0 || i >= len(r.nodes.Committee().Members) {
		return refused(http.StatusNotFound, &api.Error{Code: api.CodeNotFound, Message: "There is no such node."})
	}
	return stream(ctx, func(ctx context.Context, out *frames) error {
		in := &pieces{body: body}
		puts, ctx := errgroup.WithContext(ctx)
		puts.SetLimit(putsAtOnce)
		for {
			f, err := api.ReadFrame(in, api.MaxBatch)
			if errors.Is(err, io.EOF) {
				return puts.Wait()
			}
			put := func() error { return out.write(r.pass(ctx, i, f, retry)) }
			if err == nil && f.Kind == api.FrameMetadata {
				err = put()
			} else if err == nil {
				puts.Go(put)
			}
			if err != nil {
				return errors.Join(err, puts.Wait())
			}
		}
	}), nil
}

// pass hands one frame to a node and returns its acknowledgement.
func (r *Relay) pass(ctx context.Context, node int, f api.Frame, retry bool) api.Frame {
	ack := api.Frame{Kind: f.Kind, Node: uint16(node), Index: f.Index, BlobID: f.BlobID, Status: http.StatusOK}
	if name := f; retry {
		name.Body = nil
		if held, err := r.nodes.Holds(ctx, node, name); err == nil && held {
			return ack
		}
	}
	status, reason, err := r.putOnceSeen(ctx, node, f)
	if ctx.Err() == nil || err == nil {
		r.saw(node, err == nil)
	}
	ack.Status = uint16(status)
	switch {
	case err != nil:
		ack.Status, ack.Body = http.StatusBadGateway, []byte(err.Error())
	case status/100 != 2:
		ack.Body = []byte(reason)
	}
	return ack
}

// putOnceSeen gives a node the time to see the registration on the ledger.
func (r *Relay) putOnceSeen(ctx context.Context, node int, f api.Frame) (status int, reason string, err error) {
	for wait, begun := 25*time.Millisecond, time.Now(); ; wait = min(2*wait, 400*time.Millisecond) {
		status, reason, err = r.nodes.Put(ctx, node, f)
		if err != nil || status != http.StatusBadRequest || reason != reasonNotRegistered || time.Since(begun) > eventLag {
			return status, reason, err
		}
		select {
		case <-ctx.Done():
			return 0, "", ctx.Err()
		case <-time.After(wait):
		}
	}
}
