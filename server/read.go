package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/errgroup"

	"floe/codec"
	"floe/server/api"
)

const (
	getsAtOnce = 12 // of one request
	getTimeout = 15 * time.Second
	readsOfOne = 32 // requests of one client at a time
)

// statusLiar is the status of a frame whose node gave something else than what
// the blob ID commits to.
const statusLiar = http.StatusUnprocessableEntity

// handleRead asks the nodes for slivers, all at once within bounds, and streams
// them in the order they arrive. It verifies each, so that a frame names the
// node that gave nothing or something wrong; the caller verifies again.
func (s *Server) handleRead(c echo.Context) error {
	ctx := c.Request().Context()
	var req api.ReadRequest
	if err := readJSON(c, &req); err != nil {
		return err
	}
	com, err := s.committee.get(ctx)
	if err != nil {
		return err
	}
	id, asked, err := readAsked(req, com.NShards)
	if err != nil {
		return err
	}
	leave, err := s.reading.enter(s.client(c))
	if err != nil {
		return err
	}
	defer leave()
	meta, err := s.metadata.get(ctx, id, com)
	if err != nil {
		return err
	}

	out := s.startFrames(c)
	if req.Metadata {
		if err := writeMetadata(out, id, meta); err != nil {
			return cut(err)
		}
	}
	gets, ctx := errgroup.WithContext(ctx)
	gets.SetLimit(getsAtOnce)
	for _, f := range asked {
		gets.Go(safely(func() error { return s.fetch(ctx, com, meta, f, out) }))
	}
	if err := gets.Wait(); err != nil {
		return cut(err)
	}
	if err := out.write(api.Frame{Kind: api.FrameEnd, BlobID: id}); err != nil {
		return cut(err)
	}
	return nil
}

// writeMetadata writes metadata, and after it names the nodes that gave wrong
// one before the right was found.
func writeMetadata(out *frameWriter, id codec.BlobID, meta *verifiedMetadata) error {
	err := out.write(api.Frame{Kind: api.FrameMetadata, Status: http.StatusOK, Node: uint16(meta.node), BlobID: id, Body: meta.MarshalBCS()})
	for _, node := range meta.liars {
		if err == nil {
			err = out.write(api.Frame{Kind: api.FrameMetadata, Status: statusLiar, Node: uint16(node), BlobID: id, Body: []byte("The node gave other metadata than the blob's.")})
		}
	}
	return err
}

// readAsked turns a request into the frames that answer it, without bodies.
func readAsked(req api.ReadRequest, nShards int) (codec.BlobID, []api.Frame, error) {
	id, err := codec.ParseBlobID(req.BlobID)
	if err != nil {
		return id, nil, malformed("A blob ID has 43 characters of base64url.").because(err)
	}
	var asked []api.Frame
	for kind, pairs := range map[api.FrameKind][]int{api.FramePrimary: req.Primary, api.FrameSecondary: req.Secondary} {
		seen := make([]bool, nShards)
		for _, pair := range pairs {
			if pair < 0 || pair >= nShards || seen[pair] {
				return id, nil, malformed("Sliver pair %d doesn't exist or is asked for twice.", pair)
			}
			seen[pair] = true
			asked = append(asked, api.Frame{Kind: kind, Index: uint16(pair), BlobID: id})
		}
	}
	return id, asked, nil
}

// fetch gets one sliver and writes it, or why it isn't there.
func (s *Server) fetch(ctx context.Context, com *api.Committee, meta *verifiedMetadata, f api.Frame, out *frameWriter) error {
	member := com.MemberOf(codec.ShardOf(codec.BlobID(f.BlobID), int(f.Index), com.NShards))
	if member == nil {
		return fmt.Errorf("couldn't find the node of sliver pair %d of %v", f.Index, codec.BlobID(f.BlobID))
	}
	release, err := s.memory.acquire(ctx, member.Index, meta.sliverSize)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, getTimeout)
	defer cancel()
	room := bodies.Get().(*[]byte)
	defer bodies.Put(room)
	*room = slices.Grow((*room)[:0], meta.sliverSize)
	f.Body = *room
	body, status, err := s.nodes.Get(ctx, member.Index, f)
	if ctx.Err() == nil || err == nil {
		s.health.saw(member.Index, err == nil)
	}
	f.Body = nil
	f.Node, f.Status = uint16(member.Index), uint16(status)
	switch {
	case err != nil:
		f.Status, f.Body = http.StatusBadGateway, []byte("The node doesn't answer.")
	case status >= http.StatusInternalServerError:
		s.log.Warn("a node couldn't give a sliver", "node", member.Index, "name", member.Name, "blob", codec.BlobID(f.BlobID).String(), "pair", f.Index, "status", status)
		f.Body = []byte("The node failed to give this sliver.")
	case status != http.StatusOK:
		f.Body = []byte("The node doesn't have this sliver.")
	default:
		f.Body = body
		if err := meta.check(f); err != nil {
			s.log.Warn("a node gave a wrong sliver", "node", member.Index, "name", member.Name, "blob", codec.BlobID(f.BlobID).String(), "pair", f.Index, "error", err)
			f.Status, f.Body = statusLiar, []byte("The node gave something else than this sliver.")
		}
	}
	return out.write(f)
}

// verifiedMetadata is metadata that its blob ID commits to.
type verifiedMetadata struct {
	*codec.Metadata
	verifier   *codec.Verifier
	node       int   // that gave it
	liars      []int // nodes that gave something else before
	sliverSize int   // bytes of the larger kind's BCS, and a little
}

// check verifies the sliver in a frame.
func (m *verifiedMetadata) check(f api.Frame) error {
	kind := codec.Primary
	if f.Kind == api.FrameSecondary {
		kind = codec.Secondary
	}
	sliver, err := codec.UnmarshalSliver(kind, f.Body)
	if err != nil {
		return err
	}
	if sliver.Pair(len(m.Hashes)) != int(f.Index) {
		return errors.New("the sliver is another pair's")
	}
	return m.verifier.Verify(sliver)
}
