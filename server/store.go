package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/errgroup"

	"floe/server/api"
)

const (
	putsAtOnce  = 4 // of one request, to one node
	putTimeout  = 60 * time.Second
	storesOfOne = 64 // requests of one client at a time
	eventLag    = 3 * time.Second
)

// reasonNotRegistered is a node's answer when it hasn't seen the registration.
const reasonNotRegistered = "NOT_REGISTERED"

// handleStore passes frames on to one node, one PUT each, and acknowledges each
// with the node's status as soon as it has it. Metadata goes before whatever
// follows it, slivers in any order. With ?retry=1 the node is asked first what
// it holds.
func (s *Server) handleStore(c echo.Context) error {
	ctx := c.Request().Context()
	com, err := s.committee.get(ctx)
	if err != nil {
		return err
	}
	node, err := strconv.Atoi(c.Param("node"))
	if err != nil || node < 0 || node >= len(com.Members) {
		return refuse(http.StatusNotFound, api.CodeNotFound, "There is no such node.")
	}
	if c.Request().ContentLength > api.MaxBatch {
		return refuse(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "A batch has at most %d bytes.", api.MaxBatch)
	}
	leave, err := s.storing.enter(s.client(c))
	if err != nil {
		return err
	}
	defer leave()

	in, retry := s.newFrameReader(c, node), c.QueryParam("retry") == "1"
	f, release, err := in.next(ctx)
	if err != nil {
		return frameError(err)
	}
	// Acknowledgements go out while slivers still come in. Where the protocol
	// does so anyway this is refused, which is no error. From here on the body
	// must be read to its end or the connection be cut: net/http starts two
	// reads at once otherwise.
	_ = http.NewResponseController(c.Response()).EnableFullDuplex()
	out := s.startFrames(c)
	out.lag = ackLag
	// While somebody reads the body nobody may begin the answer.
	_ = out.conn.Flush()
	defer out.finish()
	puts, ctx := errgroup.WithContext(ctx)
	puts.SetLimit(putsAtOnce)
	pass := func(f api.Frame, release func()) func() error {
		return safely(func() error {
			defer release()
			return out.write(s.pass(ctx, node, f, retry))
		})
	}
	for err == nil {
		if put := pass(f, release); f.Kind != api.FrameMetadata {
			puts.Go(put)
		} else if err = put(); err != nil {
			break
		}
		f, release, err = in.next(ctx)
	}
	if werr := puts.Wait(); err == io.EOF {
		err = werr
	}
	if err != nil {
		out.catchUp() // what was taken is
		return cut(frameError(err))
	}
	return nil
}

// pass hands one frame to a node and returns its acknowledgement.
func (s *Server) pass(ctx context.Context, node int, f api.Frame, retry bool) api.Frame {
	ack := api.Frame{Kind: f.Kind, Node: uint16(node), Index: f.Index, BlobID: f.BlobID, Status: http.StatusOK}
	if err := s.firsts.check(f); err != nil {
		r := refusalOf(err)
		ack.Status, ack.Body = uint16(r.status), []byte(r.told.Message)
		return ack
	}
	ctx, cancel := context.WithTimeout(ctx, putTimeout)
	defer cancel()
	if retry && s.holds(ctx, node, f) {
		return ack
	}
	status, reason, err := s.putOnceSeen(ctx, node, f)
	if ctx.Err() == nil || err == nil {
		s.health.saw(node, err == nil)
	}
	switch {
	case err != nil:
		s.log.Debug("a node didn't take a sliver", "node", node, "error", err)
		ack.Status, ack.Body = http.StatusBadGateway, []byte("The node doesn't answer.")
	case status/100 != 2:
		ack.Status, ack.Body = uint16(status), []byte(reason)
	default:
		ack.Status = uint16(status)
	}
	return ack
}

func (s *Server) holds(ctx context.Context, node int, f api.Frame) bool {
	name := f
	name.Body = nil
	held, err := s.nodes.Holds(ctx, node, name)
	return err == nil && held
}

// putOnceSeen gives a node the time to see the registration on the ledger, for
// senders come here right after it.
func (s *Server) putOnceSeen(ctx context.Context, node int, f api.Frame) (status int, reason string, err error) {
	for wait, waited := 25*time.Millisecond, time.Duration(0); ; wait = min(2*wait, 400*time.Millisecond) {
		status, reason, err = s.nodes.Put(ctx, node, f)
		if err != nil || status != http.StatusBadRequest || reason != reasonNotRegistered || waited > eventLag {
			return status, reason, err
		}
		select {
		case <-ctx.Done():
			return 0, "", ctx.Err()
		case <-time.After(wait):
			waited += wait
		}
	}
}

func frameError(err error) error {
	if err == io.EOF {
		return malformed("The request has no frames.")
	}
	if errors.Is(err, api.ErrMalformedFrame) || errors.Is(err, io.ErrUnexpectedEOF) {
		return malformed("The frames can't be read.").because(err)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return malformed("The frames didn't come in time.").because(err)
	}
	return err
}
