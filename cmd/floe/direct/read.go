package direct

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"golang.org/x/sync/errgroup"

	"floe/codec"
	"floe/server/api"
	"floe/server/committee"
	"floe/wasm/client"
)

const getsAtOnce = 24 // of one request, over all nodes

// statusLiar is the status of a frame whose node gave something else than what
// the blob ID commits to.
const statusLiar = http.StatusUnprocessableEntity

// read asks the nodes for slivers, all at once within bounds, and streams them
// in the order they come. It verifies each, so that a frame says which node gave
// nothing or something wrong; the client verifies again.
func (r *Relay) read(ctx context.Context, in client.Request) (*client.Response, error) {
	var q api.ReadRequest
	if err := json.Unmarshal(in.Body.Bytes(), &q); err != nil {
		return nil, err
	}
	id, err := codec.ParseBlobID(q.BlobID)
	if err != nil {
		return nil, err
	}
	meta, err := r.metadata.get(ctx, r, id)
	if err != nil {
		return failed(err)
	}
	return stream(ctx, func(ctx context.Context, out *frames) error {
		if q.Metadata {
			if err := out.write(api.Frame{Kind: api.FrameMetadata, Status: http.StatusOK, BlobID: id, Body: meta.MarshalBCS()}); err != nil {
				return err
			}
		}
		gets, ctx := errgroup.WithContext(ctx)
		gets.SetLimit(getsAtOnce)
		for kind, pairs := range map[codec.Kind][]int{codec.Primary: q.Primary, codec.Secondary: q.Secondary} {
			for _, pair := range pairs {
				gets.Go(func() error { return out.write(r.sliver(ctx, meta, kind, pair)) })
			}
		}
		if err := gets.Wait(); err != nil {
			return err
		}
		return out.write(api.Frame{Kind: api.FrameEnd, BlobID: id})
	}), nil
}

// sliver fetches one sliver from the node that holds it.
func (r *Relay) sliver(ctx context.Context, meta *codec.Metadata, kind codec.Kind, pair int) api.Frame {
	id := meta.BlobID()
	f := api.Frame{Kind: api.FramePrimary, Index: uint16(pair), BlobID: id}
	if kind == codec.Secondary {
		f.Kind = api.FrameSecondary
	}
	sl, node, err := r.nodes.Sliver(ctx, id, kind, pair)
	f.Node = uint16(max(node, 0))
	if err == nil && (sl.Pair(len(meta.Hashes)) != pair || meta.VerifySliver(sl) != nil) {
		err = codec.ErrMismatch
	}
	answered := new(committee.StatusError)
	switch {
	case err == nil:
		f.Status, f.Body = http.StatusOK, sl.MarshalBCS()
	case errors.Is(err, codec.ErrMismatch), errors.Is(err, codec.ErrMalformed):
		f.Status, f.Body = statusLiar, []byte("The node gave something else than this sliver.")
	case errors.As(err, &answered):
		f.Status, f.Body = uint16(answered.Status), []byte(err.Error())
	default:
		f.Status, f.Body = http.StatusBadGateway, []byte(err.Error())
	}
	if ctx.Err() == nil {
		r.saw(node, f.Status != http.StatusBadGateway)
	}
	return f
}

// metadatas keeps what was verified of the blobs read last.
type metadatas struct {
	mu    sync.Mutex
	kept  map[codec.BlobID]*codec.Metadata
	order []codec.BlobID
}

const metadataKept = 16 // of as many blobs; 64 KiB each at n = 1000

func (m *metadatas) get(ctx context.Context, r *Relay, id codec.BlobID) (*codec.Metadata, error) {
	m.mu.Lock()
	meta := m.kept[id]
	m.mu.Unlock()
	if meta != nil {
		return meta, nil
	}
	meta, err := r.nodes.Metadata(ctx, id)
	if err != nil {
		r.blame(ctx, err)
		return nil, fmt.Errorf("couldn't read blob %v: %w", id, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = make(map[codec.BlobID]*codec.Metadata)
	}
	if m.kept[id] == nil {
		m.order = append(m.order, id)
	}
	m.kept[id] = meta
	if len(m.order) > metadataKept {
		delete(m.kept, m.order[0])
		m.order = m.order[1:]
	}
	return meta, nil
}

// blame notes the nodes that an error of all of them together names.
func (r *Relay) blame(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range all.Unwrap() {
			r.blame(ctx, one)
		}
		return
	}
	if at := new(committee.NodeError); errors.As(err, &at) {
		r.saw(at.Index, errors.As(err, new(*committee.StatusError)))
	}
}
