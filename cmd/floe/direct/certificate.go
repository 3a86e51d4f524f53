package direct

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/committee"
)

const certifiesAtOnce = 4

// certificates gathers the nodes' confirmations of blobs.
func (r *Relay) certificates(ctx context.Context, q *api.CertificateRequest) (*api.CertificateResponse, error) {
	out := &api.CertificateResponse{Certificates: make([]api.Certificate, len(q.Blobs))}
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(certifiesAtOnce)
	for i, b := range q.Blobs {
		all.Go(func() error {
			id, err := codec.ParseBlobID(b.BlobID)
			if err != nil {
				return err
			}
			object, err := suitx.ParseAddress(b.ObjectID)
			if err != nil {
				return err
			}
			cert, err := r.certify(ctx, id, object)
			if err == nil {
				out.Certificates[i] = *cert
			}
			return err
		})
	}
	return out, all.Wait()
}

// certify asks again with the new committee when nodes have noticed a new epoch
// before we did.
func (r *Relay) certify(ctx context.Context, id codec.BlobID, object suitx.Address) (*api.Certificate, error) {
	cert, err := r.nodes.Certify(ctx, id, object, true)
	if !errors.Is(err, committee.ErrNewEpoch) {
		return cert, err
	}
	if _, err := r.refresh(ctx); err != nil {
		return nil, err
	}
	return r.nodes.Certify(ctx, id, object, true)
}
