package server

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/errgroup"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

const (
	certifiesAtOnce = 4
	certifyTimeout  = 60 * time.Second
)

// handleCertificates gathers a certificate for each blob.
func (s *Server) handleCertificates(c echo.Context) error {
	var req api.CertificateRequest
	if err := readJSON(c, &req); err != nil {
		return err
	}
	if n := len(req.Blobs); n == 0 || n > api.MaxBlobsPerTx {
		return malformed("Between 1 and %d blobs can be certified at once.", api.MaxBlobsPerTx)
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), certifyTimeout)
	defer cancel()
	res := api.CertificateResponse{Certificates: make([]api.Certificate, len(req.Blobs))}
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(certifiesAtOnce)
	for i, b := range req.Blobs {
		id, err := codec.ParseBlobID(b.BlobID)
		if err != nil {
			return malformed("A blob ID has 43 characters of base64url.").because(err)
		}
		object, err := suitx.ParseAddress(b.ObjectID)
		if err != nil {
			return malformed("An object ID is 0x and hex digits.").because(err)
		}
		all.Go(safely(func() error {
			cert, err := s.nodes.Certify(ctx, id, object, s.network.Deletable)
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
