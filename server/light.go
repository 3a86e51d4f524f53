package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"floe/codec"
	"floe/server/api"
	"floe/server/uploader"
)

// Whole blobs are for thin uplinks: the sender uploads ciphertext once instead
// of 4.5 times as slivers, and the relay encodes it. It sees what it sees
// anyway, and can't cheat: nodes check slivers against metadata that the blob ID
// commits to, and the sender, who computed the blob ID, holds the certificate
// against that.
const (
	wholesOfOne  = 3               // requests of one client at a time: one goes up, one is stored, one ends
	wholesAtOnce = 32              // of all clients; so many segments there are on disk at most
	wholeTimeout = 3 * time.Minute // for a blob that has come to be encoded and stored
	wholeMemory  = 80 << 20        // for those being encoded and stored, see package uploader
)

// wholes receives whole blobs: any number up to a bound into files as they come,
// and then into memory as there is room.
type wholes struct {
	*uploader.Uploader
	spool string
	ofOne *turnstile
	slots chan struct{} // wholesAtOnce
}

func (s *Server) newWholes(cfg Config) (*wholes, error) {
	w := &wholes{Uploader: cfg.Uploader, spool: cfg.Spool, ofOne: newTurnstile(wholesOfOne), slots: make(chan struct{}, wholesAtOnce)}
	if w.Uploader != nil {
		return w, nil
	}
	var err error
	// Frames are acknowledged one by one here, so that it only makes room and encodes.
	w.Uploader, err = uploader.New(nil, s.network.NShards, wholeMemory)
	return w, err
}

// handleBlob takes a whole blob that is registered, encodes it, stores it and
// acknowledges what each node took. With ?retry=1 nodes are asked first what
// they hold.
func (s *Server) handleBlob(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := s.expected(ctx, c)
	if err != nil {
		return err
	}
	leave, err := s.whole.ofOne.enter(s.client(c))
	if err != nil {
		return err
	}
	defer leave()
	select {
	case s.whole.slots <- struct{}{}:
		defer func() { <-s.whole.slots }()
	default:
		return manyHere()
	}
	file, err := s.receive(c, c.Request().ContentLength)
	if err != nil {
		return err
	}
	defer file.forget(s.log)
	ctx, cancel := context.WithTimeout(ctx, wholeTimeout)
	defer cancel()
	release, err := s.whole.Room(ctx, uint64(file.size))
	if errors.Is(err, context.DeadlineExceeded) {
		return manyHere().because(err)
	}
	if err != nil {
		return err
	}
	release = sync.OnceFunc(release)
	defer release()
	x, err := s.encode(file, id)
	if err != nil {
		return err
	}
	com, err := s.committee.get(ctx)
	if err != nil {
		return err
	}
	out := s.startFrames(c)
	acks := out.queue(len(com.Members)+2*s.network.NShards, cancel)
	defer acks.end()
	err = s.spread(ctx, com, x, acks.write, c.QueryParam("retry") == "1")
	release()
	if err := errors.Join(err, acks.end()); err != nil {
		return cut(err)
	}
	if err := out.write(api.Frame{Kind: api.FrameEnd, BlobID: id}); err != nil {
		return cut(err)
	}
	return nil
}

// expected reads which blob is about to come, and refuses what isn't registered:
// nodes would take none of it.
func (s *Server) expected(ctx context.Context, c echo.Context) (codec.BlobID, error) {
	blobs, err := s.registered(ctx, []api.CertificateBlob{{BlobID: c.Param("blob"), ObjectID: c.QueryParam("object")}})
	if err != nil {
		return codec.BlobID{}, err
	}
	com, err := s.committee.get(ctx)
	if err != nil {
		return codec.BlobID{}, err
	}
	b, size := blobs[0], c.Request().ContentLength
	switch {
	case b.Size > uint64(s.network.SegmentSize):
		return b.BlobID, refuse(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "A blob has at most %d bytes here.", s.network.SegmentSize)
	case size < 0 || uint64(size) != b.Size:
		return b.BlobID, malformed("The body must be the blob and say so: %d bytes are registered, %d announced.", b.Size, size)
	case b.End <= com.Epoch:
		return b.BlobID, refuse(http.StatusNotFound, api.CodeNotFound, "This blob is no longer stored.")
	}
	return b.BlobID, nil
}

// encode reads a blob that has come, and makes sure that it is the one expected.
func (s *Server) encode(file *spooled, id codec.BlobID) (*codec.Expansion, error) {
	blob, err := file.read()
	if err != nil {
		return nil, err
	}
	if err := s.firsts.checkBlob(id, blob); err != nil {
		return nil, err
	}
	x, err := s.whole.Encode(blob)
	if err != nil {
		return nil, fmt.Errorf("couldn't encode a whole blob: %w", err)
	}
	if got := x.Metadata().BlobID(); got != id {
		return nil, refuse(http.StatusUnprocessableEntity, api.CodeMalformed, "The body is blob %v, registered is %v.", got, id)
	}
	return x, nil
}
