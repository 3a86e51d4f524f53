package server

import (
	"context"
	"fmt"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/errgroup"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/walrus"
)

const (
	certifiesAtOnce = 4
	certifyTimeout  = 60 * time.Second
	certifiesOfOne  = 16 // requests of one client at a time
)

// handleCertificates gathers a certificate for each blob. Blobs that aren't
// registered are refused before any node is asked: nodes wait for registrations
// that they haven't seen, and would be kept from everybody else meanwhile.
func (s *Server) handleCertificates(c echo.Context) error {
	var req api.CertificateRequest
	if err := readJSON(c, &req); err != nil {
		return err
	}
	if n := len(req.Blobs); n == 0 || n > api.MaxBlobsPerTx {
		return malformed("Between 1 and %d blobs can be certified at once.", api.MaxBlobsPerTx)
	}
	leave, err := s.certifying.enter(s.client(c))
	if err != nil {
		return err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(c.Request().Context(), certifyTimeout)
	defer cancel()
	blobs, err := s.registered(ctx, req.Blobs)
	if err != nil {
		return err
	}
	res := api.CertificateResponse{Certificates: make([]api.Certificate, len(blobs))}
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(certifiesAtOnce)
	for i, b := range blobs {
		all.Go(safely(func() error {
			cert, err := s.nodes.Certify(ctx, b.BlobID, b.ID, b.Deletable)
			if err == nil {
				res.Certificates[i] = *cert
			}
			return err
		}))
	}
	if err := all.Wait(); err != nil {
		return err
	}
	return answer(c, res)
}

// registered reads the Blob objects of a request from the ledger.
func (s *Server) registered(ctx context.Context, asked []api.CertificateBlob) ([]walrus.Blob, error) {
	ids := make([]suitx.Address, len(asked))
	blobs := make([]walrus.Blob, len(asked))
	for i, b := range asked {
		var err error
		if blobs[i].BlobID, err = codec.ParseBlobID(b.BlobID); err != nil {
			return nil, malformed("A blob ID has 43 characters of base64url.").because(err)
		}
		if ids[i], err = suitx.ParseAddress(b.ObjectID); err != nil {
			return nil, malformed("An object ID is 0x and hex digits.").because(err)
		}
	}
	objects, err := s.ledger.Objects(ctx, ids...)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the blobs to certify: %w", err)
	}
	for i, o := range objects {
		if o == nil || o.Move == nil || !o.Move.Type.Equal(s.blobType()) {
			return nil, fmt.Errorf("no Blob object %s: %w", ids[i], ErrNotFound)
		}
		b, err := walrus.ParseBlob(o)
		if err != nil {
			return nil, err
		}
		if b.BlobID != blobs[i].BlobID {
			return nil, malformed("Object %s isn't a registration of that blob.", ids[i])
		}
		blobs[i] = b
	}
	return blobs, nil
}
