package client

import (
	"context"
	"io"
	"time"

	"floe/codec"
	"floe/server/api"
)

// FetchRequest names blobs in the order of a ciphertext.
type FetchRequest struct {
	Blobs    []codec.BlobID
	Patience time.Duration
	Progress func(Progress)
}

// Fetch writes blobs to dst one after the other, verified and still sealed: for
// whoever opens a parcel with age and a recovery note. It needs no key.
func (c *Client) Fetch(ctx context.Context, dst io.Writer, req FetchRequest) error {
	return explain(c.fetch(ctx, dst, &req))
}

func (c *Client) fetch(ctx context.Context, dst io.Writer, req *FetchRequest) error {
	net, err := c.network(ctx)
	if err != nil {
		return err
	}
	w := &watch{meter: newMeter(req.Progress), phase: PhaseReading, patience: req.Patience}
	w.meter.phase(PhaseReading, "")
	for _, id := range req.Blobs {
		size, err := c.blobSize(ctx, net, w, id)
		if err != nil {
			return err
		}
		src := newSource(c, net, &api.Statement{Blobs: []api.StatementBlob{{BlobID: id, Size: size}}})
		r := src.at(ctx, w)
		r.end = src.size
		if _, err := io.Copy(&meteredWriter{dst, w.meter}, io.NewSectionReader(r, 0, src.size)); err != nil {
			return err
		}
	}
	return nil
}

// blobSize returns what the blob ID commits to.
func (c *Client) blobSize(ctx context.Context, net *network, w *watch, id codec.BlobID) (size uint64, err error) {
	probe := &segment{source: &source{client: c, net: net}, id: id}
	err = c.persist(ctx, w, func() error {
		meta, err := probe.askMetadata(ctx, w)
		if err == nil {
			size = meta.Size
		}
		return err
	})
	return size, err
}
