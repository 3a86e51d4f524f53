package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"floe/codec"
	"floe/server/api"
)

// metaFrames takes in frames of metadata until one is the blob's.
type metaFrames struct {
	*network
	id    codec.BlobID
	watch *watch
	meta  *codec.Metadata
	lies  int
}

// take says whether the frame brought the metadata.
func (m *metaFrames) take(f api.Frame) bool {
	if f.Status != 200 || m.meta != nil {
		return false
	}
	meta, err := codec.UnmarshalMetadata(f.Body)
	if err == nil {
		err = meta.Verify(m.id, m.NShards)
	}
	if err != nil {
		m.lies++
		m.watch.mended(m.nodeName(int(f.Node)))
		return false
	}
	m.meta = meta
	return true
}

// noMetadata says why there is none.
func (c *Client) noMetadata(ctx context.Context, m *metaFrames) error {
	if m.lies > 0 {
		return liar("no metadata shown for blob %s is of it", m.id)
	}
	return m.tooFew(ctx, c, nil)
}

// askMetadata asks for a blob's metadata alone, and verifies it.
func (c *Client) askMetadata(ctx context.Context, net *network, w *watch, id codec.BlobID) (*codec.Metadata, error) {
	head := &metaFrames{network: net, id: id, watch: w}
	ask := api.ReadRequest{BlobID: id.String(), Metadata: true}
	err := c.askFrames(ctx, net, id, ask, metadataBytes(net.params), func(f api.Frame) error {
		if f.Kind != api.FrameMetadata {
			return answeredWrongly("kind %d came when metadata was asked for", f.Kind)
		}
		head.take(f)
		return nil
	})
	if err == nil && head.meta == nil {
		err = c.noMetadata(ctx, head)
	}
	return head.meta, net.readRefused(ctx, c, err)
}

// askFrames posts a read and hands each frame of the answer to take. There are
// no more of them than were asked for; of metadata, than there are nodes.
func (c *Client) askFrames(ctx context.Context, net *network, id codec.BlobID, ask api.ReadRequest, most int, take func(api.Frame) error) error {
	body, err := json.Marshal(ask)
	if err != nil {
		return fmt.Errorf("couldn't encode a read: %w", err)
	}
	res, err := c.do(ctx, Request{Method: "POST", Path: api.PathRead, ContentType: typeJSON, Body: Pieces{body}})
	if err != nil {
		return unreachable(ctx, err)
	}
	defer res.Body.Close()
	if res.Status/100 != 2 {
		_, err = refusedBy(ctx, api.PathRead, res)
		return err
	}
	left := len(ask.Primary) + len(ask.Secondary)
	if ask.Metadata {
		left += 1 + len(net.Nodes)
	}
	for ; ; left-- {
		f, err := api.ReadFrame(res.Body, most)
		if errors.Is(err, api.ErrMalformedFrame) {
			return answeredWrongly("%w", err)
		}
		if err != nil {
			return unreachable(ctx, err)
		}
		if f.Kind == api.FrameEnd {
			return nil
		}
		if left == 0 {
			return answeredWrongly("more came than was asked for")
		}
		if f.BlobID != id {
			return answeredWrongly("blob %s came, %s was asked for", codec.BlobID(f.BlobID), id)
		}
		if err := take(f); err != nil {
			return err
		}
	}
}

// answeredWrongly is the error for an answer that doesn't fit the question.
func answeredWrongly(what string, args ...any) error {
	return liar("the server's answer to a read: "+what, args...)
}

// statusLiar is a frame's status when the relay saw that the node gave
// something else than what was asked.
const statusLiar = 422

// readRefused says in a reader's words why the relay reads nothing.
func (n *network) readRefused(ctx context.Context, c *Client, err error) error {
	var refused *api.Error
	if !errors.As(err, &refused) {
		return err
	}
	switch CodeOf(err) {
	case CodeNotFound:
		return &Error{Code: CodeNotFound, Message: "The storage nodes no longer have these files. Ask the sender to send them again.", Err: err}
	case CodeTooFewNodes:
		return n.tooFew(ctx, c, err)
	}
	return err
}

// tooFew counts the nodes that answer as the relay last saw them.
func (n *network) tooFew(ctx context.Context, c *Client, cause error) error {
	have, need := 0, n.nodesFor(n.params.Primary)
	if now, err := c.network(ctx); err == nil {
		for _, node := range now.Nodes {
			if node.Up {
				have++
			}
		}
	}
	return tooFewNodes(min(have, need-1), need, cause)
}

func (n *network) nodeName(node int) string {
	if node < 0 || node >= len(n.Nodes) {
		return "A storage node"
	}
	return n.Nodes[node].Name
}
