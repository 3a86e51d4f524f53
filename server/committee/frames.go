package committee

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"floe/codec"
	"floe/server/api"
)

// path returns where a node keeps what a frame names.
func path(f api.Frame) (string, error) {
	blob := "/v1/blobs/" + codec.BlobID(f.BlobID).String()
	switch f.Kind {
	case api.FrameMetadata:
		return blob + "/metadata", nil
	case api.FramePrimary:
		return sliverPath(blob, f.Index, codec.Primary), nil
	case api.FrameSecondary:
		return sliverPath(blob, f.Index, codec.Secondary), nil
	}
	return "", fmt.Errorf("frame of kind %d names nothing that a node keeps", f.Kind)
}

func sliverPath(blob string, pair uint16, kind codec.Kind) string {
	return fmt.Sprintf("%s/slivers/%d/%s", blob, pair, kind)
}

// Put hands a node what a frame carries, in one request, and returns the node's
// HTTP status and, unless it is 2xx, its reason. After a 2xx the node holds it
// durably. An error says that the node didn't answer. The body is used no longer
// once Put has returned.
func (c *Client) Put(ctx context.Context, i int, f api.Frame) (status int, reason string, err error) {
	n, p, err := c.target(i, f)
	if err != nil {
		return 0, "", err
	}
	status, answer, err := c.ask(ctx, n, http.MethodPut, p, f.Body, maxJSON)
	if err != nil || status/100 == 2 {
		return status, "", err
	}
	fault := readFault(status, answer)
	if fault.Reason == "" {
		return status, fault.Message, nil
	}
	return status, fault.Reason, nil
}

// Holds asks whether a node stores already what a frame without its body names.
func (c *Client) Holds(ctx context.Context, i int, f api.Frame) (bool, error) {
	n, p, err := c.target(i, f)
	if err != nil {
		return false, err
	}
	answer, err := c.success(ctx, n, http.MethodGet, p+"/status", nil, maxJSON)
	if err != nil {
		return false, err
	}
	var status string
	if err := data(answer, &status); err != nil {
		return false, &NodeError{i, err}
	}
	return strings.EqualFold(status, "stored"), nil // the SDK's types capitalize it
}

// Get fetches what a frame without its body names, into the room behind that body
// if there is enough. The bytes are unverified. A status other than 200 says that
// the node doesn't have it, an error that it didn't answer as a node does.
func (c *Client) Get(ctx context.Context, i int, f api.Frame) (body []byte, status int, err error) {
	n, p, err := c.target(i, f)
	if err != nil {
		return nil, 0, err
	}
	max := int64(maxMetadata)
	if f.Kind != api.FrameMetadata {
		max = int64(c.state.Load().params.Secondary)*codec.MaxSymbolSize + 128
	}
	status, body, err = c.askInto(ctx, n, http.MethodGet, p, nil, max, f.Body[len(f.Body):])
	if err != nil || status != http.StatusOK {
		return nil, status, err
	}
	if f.Kind != api.FrameMetadata {
		return body, status, nil
	}
	// Nodes put the blob ID before the metadata.
	if len(body) < 32 || [32]byte(body[:32]) != f.BlobID {
		return nil, 0, &NodeError{i, errors.New("metadata is of another blob")}
	}
	return body[32:], status, nil
}

func (c *Client) target(i int, f api.Frame) (*node, string, error) {
	p, err := path(f)
	if err != nil {
		return nil, "", err
	}
	n, err := c.node(i)
	return n, p, err
}
