package client

import (
	"context"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"floe/codec"
	"floe/server/api"
)

// FetchRequest names blobs in the order of a ciphertext.
type FetchRequest struct {
	Blobs    []codec.BlobID
	Patience time.Duration
	Progress func(Progress)
	Shelf    Shelf // for large ones; may be nil
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
	blobs, err := c.blobSizes(ctx, net, w, req.Blobs)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	src := newSource(c, net, blobs)
	w.meter.update(func(now *Progress) { now.Total = src.size })
	r := src.at(ctx, w)
	if src.size >= src.bounds.shelf {
		r.shelf = req.Shelf
	}
	r.ahead = &ahead{reader: r, whole: true, end: src.size}
	defer func() {
		cancel()
		r.ahead.close()
	}()
	_, err = io.CopyBuffer(&meteredWriter{dst, w.meter}, onlyReader{io.NewSectionReader(r, 0, src.size)}, make([]byte, copyBytes))
	return err
}

// onlyReader hides what else a reader can, so that the buffer is used.
type onlyReader struct{ io.Reader }

// meteredWriter counts what was checked.
type meteredWriter struct {
	dst   io.Writer
	meter *meter
}

func (m *meteredWriter) Write(p []byte) (int, error) {
	n, err := m.dst.Write(p)
	m.meter.update(func(now *Progress) { now.Acked += int64(n) })
	return n, err
}

// sizesAtOnce is how many blobs are asked about at a time.
const sizesAtOnce = 8

// blobSizes returns what the blob IDs commit to.
func (c *Client) blobSizes(ctx context.Context, net *network, w *watch, ids []codec.BlobID) ([]api.StatementBlob, error) {
	blobs := make([]api.StatementBlob, len(ids))
	asks, ctx := errgroup.WithContext(ctx)
	asks.SetLimit(sizesAtOnce)
	for i, id := range ids {
		asks.Go(func() error {
			return c.persist(ctx, w, func() error {
				meta, err := c.askMetadata(ctx, net, w, id)
				if err != nil {
					return err
				}
				blobs[i] = api.StatementBlob{BlobID: id, Size: meta.Size}
				return nil
			})
		})
	}
	return blobs, asks.Wait()
}
