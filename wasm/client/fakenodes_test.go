package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// store is POST /api/v1/store/<node>: each frame is verified, kept and
// acknowledged.
func (f *fake) store(ctx context.Context, path string, body Pieces) (*Response, error) {
	name, _, _ := strings.Cut(path, "?")
	i, err := strconv.Atoi(name)
	if err != nil || i < 0 || i >= len(f.nodes) {
		return answer(404, &api.ErrorBody{Error: malformed("no node %q", name)})
	}
	if body.Len() > api.MaxBatch {
		return answer(413, &api.ErrorBody{Error: &api.Error{Code: api.CodeTooLarge, Message: "too large"}})
	}
	f.mu.Lock()
	down, slow := f.nodes[i].down, f.nodes[i].slow
	f.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if down {
		return answer(502, &api.ErrorBody{Error: &api.Error{Code: api.CodeNodeUnavailable, Message: "connection refused", Node: &i}})
	}
	var acks []byte
	for r := body.reader(); ; {
		frame, err := api.ReadFrame(r, api.MaxBatch)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return answer(400, &api.ErrorBody{Error: malformed("%v", err)})
		}
		ack := api.Frame{Kind: frame.Kind, Index: frame.Index, Node: uint16(i), BlobID: frame.BlobID, Status: 200}
		f.mu.Lock()
		if err := f.keep(i, frame); err != nil {
			f.t.Errorf("node %d refuses kind %d, pair %d: %v", i, frame.Kind, frame.Index, err)
			ack.Status, ack.Body = 400, []byte(err.Error())
		}
		f.mu.Unlock()
		acks = api.AppendFrame(acks, ack)
	}
	return &Response{Status: 200, Body: io.NopCloser(bytes.NewReader(acks))}, nil
}

// reader reads the pieces one after the other.
func (p Pieces) reader() io.Reader {
	readers := make([]io.Reader, len(p))
	for i, piece := range p {
		readers[i] = bytes.NewReader(piece)
	}
	return io.MultiReader(readers...)
}

// keep is what a node does with one frame.
func (f *fake) keep(i int, frame api.Frame) error {
	if f.forget {
		return nil
	}
	node, id := f.nodes[i], codec.BlobID(frame.BlobID)
	if frame.Kind == api.FrameMetadata {
		if f.blobObject(id) == nil {
			return fmt.Errorf("NOT_REGISTERED")
		}
		m, err := codec.UnmarshalMetadata(frame.Body)
		if err == nil {
			err = m.Verify(id, f.net.NShards)
		}
		node.metadata[id] = m
		return err
	}
	kind := codec.Primary
	if frame.Kind == api.FrameSecondary {
		kind = codec.Secondary
	}
	meta := node.metadata[id]
	if meta == nil {
		return fmt.Errorf("METADATA_NOT_FOUND")
	}
	sliver, err := codec.UnmarshalSliver(kind, frame.Body)
	if err != nil {
		return err
	}
	if sliver.Pair(f.net.NShards) != int(frame.Index) || f.holder(id, int(frame.Index)) != i {
		return fmt.Errorf("SHARD_NOT_ASSIGNED")
	}
	if err := meta.VerifySliver(sliver); err != nil {
		return err
	}
	key := sliverKey{id, kind, int(frame.Index)}
	node.slivers[key] = frame.Body
	f.puts[key]++
	return nil
}

func (f *fake) holder(id codec.BlobID, pair int) int {
	return codec.ShardOf(id, pair, f.net.NShards) % fakeNodes
}

// holds says whether a node has all of its slivers of a blob.
func (f *fake) holds(i int, id codec.BlobID) bool {
	if f.forget {
		return true
	}
	for pair := range f.net.NShards {
		if f.holder(id, pair) != i {
			continue
		}
		for _, kind := range []codec.Kind{codec.Primary, codec.Secondary} {
			if f.nodes[i].slivers[sliverKey{id, kind, pair}] == nil {
				return false
			}
		}
	}
	return true
}

// certificates is POST /api/v1/certificates; the signature is left out, since
// the client leaves it to the ledger.
func (f *fake) certificates(in *api.CertificateRequest) (*api.CertificateResponse, *api.Error) {
	out := &api.CertificateResponse{}
	for _, b := range in.Blobs {
		id, err := codec.ParseBlobID(b.BlobID)
		if err != nil {
			return nil, malformed("%v", err)
		}
		object, err := suitx.ParseAddress(b.ObjectID)
		if err != nil || f.objects[object] == nil {
			return nil, malformed("no object %q", b.ObjectID)
		}
		c := api.Certificate{Signature: make([]byte, 96), Signers: make([]byte, (fakeNodes+7)/8), Message: f.message(id, object)}
		for i, n := range f.nodes {
			if n.down || !f.holds(i, id) {
				c.Missing = append(c.Missing, i)
				continue
			}
			c.Signers[i/8] |= 1 << (i % 8)
			c.Weight += len(f.net.Nodes[i].Shards)
		}
		if 3*c.Weight < 2*f.net.NShards+1 {
			return nil, &api.Error{Code: api.CodeTooFewNodes, Message: "no quorum"}
		}
		out.Certificates = append(out.Certificates, c)
	}
	return out, nil
}

// read is POST /api/v1/read.
func (f *fake) read(body []byte) (*Response, error) {
	var in api.ReadRequest
	if err := json.Unmarshal(body, &in); err != nil {
		return answer(400, &api.ErrorBody{Error: malformed("%v", err)})
	}
	id, err := codec.ParseBlobID(in.BlobID)
	if err != nil {
		return answer(400, &api.ErrorBody{Error: malformed("%v", err)})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []byte
	send := func(frame api.Frame) {
		frame.BlobID = id
		if f.lieFrame != nil {
			var keep bool
			if frame, keep = f.lieFrame(frame); !keep {
				return
			}
		}
		out = api.AppendFrame(out, frame)
	}
	if in.Metadata {
		send(f.readMetadata(id))
	}
	for _, pair := range in.Primary {
		send(f.readSliver(id, codec.Primary, pair))
	}
	for _, pair := range in.Secondary {
		send(f.readSliver(id, codec.Secondary, pair))
	}
	out = api.AppendFrame(out, api.Frame{Kind: api.FrameEnd, BlobID: id})
	return &Response{Status: 200, Body: io.NopCloser(bytes.NewReader(out))}, nil
}

func (f *fake) readMetadata(id codec.BlobID) api.Frame {
	for i, n := range f.nodes {
		if m := n.metadata[id]; m != nil && !n.down {
			return api.Frame{Kind: api.FrameMetadata, Status: 200, Node: uint16(i), Body: m.MarshalBCS()}
		}
	}
	return api.Frame{Kind: api.FrameMetadata, Status: 503}
}

func (f *fake) readSliver(id codec.BlobID, kind codec.Kind, pair int) api.Frame {
	i := f.holder(id, pair)
	frame := api.Frame{Kind: frameKind(kind), Node: uint16(i), Index: uint16(pair), Status: 200}
	frame.Body = f.nodes[i].slivers[sliverKey{id, kind, pair}]
	switch {
	case f.nodes[i].down:
		frame.Status, frame.Body = 502, nil
	case frame.Body == nil:
		frame.Status = 404
	}
	return frame
}
