package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"

	"floe/codec"
	"floe/server/api"
	"floe/server/lru"
	"floe/server/walrus"
)

const (
	metadataAtOnce = 3       // nodes asked at a time
	metadataKept   = 1 << 20 // bytes; a blob's metadata takes 66 KiB at n = 1000
)

// metadatas finds the metadata of blobs. What a blob ID commits to never
// changes, so what was found once is kept for a while.
type metadatas struct {
	nodes  Nodes
	health *health
	log    *slog.Logger
	kept   *lru.Cache[codec.BlobID, *verifiedMetadata]
}

func newMetadatas(nodes Nodes, h *health, log *slog.Logger) *metadatas {
	return &metadatas{nodes: nodes, health: h, log: log, kept: lru.New[codec.BlobID, *verifiedMetadata](metadataKept)}
}

// get returns metadata that the blob ID commits to. Nodes are asked a few at a
// time in random order, and the first right answer counts. ErrNotFound says that
// a quorum doesn't know the blob, ErrTooFewNodes that too few answered to tell.
func (m *metadatas) get(ctx context.Context, id codec.BlobID, com *api.Committee) (*verifiedMetadata, error) {
	if meta, ok := m.kept.Get(id); ok {
		return meta, nil
	}
	meta, err := m.ask(ctx, id, com)
	if err != nil {
		return nil, err
	}
	m.kept.Put(id, meta, meta.InMemory())
	return meta, nil
}

// errUnknown is a node's answer that it has no such metadata.
var errUnknown = errors.New("the node doesn't know the blob")

func (m *metadatas) ask(ctx context.Context, id codec.BlobID, com *api.Committee) (*verifiedMetadata, error) {
	ctx, cancel := context.WithTimeout(ctx, getTimeout)
	defer cancel()
	type answer struct {
		node int
		meta *verifiedMetadata
		err  error
	}
	order := rand.Perm(len(com.Members))
	answers := make(chan answer, len(order))
	start := func() {
		if len(order) == 0 {
			return
		}
		node := order[0]
		order = order[1:]
		go func() {
			a := answer{node: node}
			a.err = safely(func() (err error) {
				a.meta, err = m.askOne(ctx, node, id, com.NShards)
				return err
			})()
			answers <- a
		}()
	}
	for range metadataAtOnce {
		start()
	}
	unknown := 0
	var liars []int
	for range com.Members {
		a := <-answers
		switch {
		case a.err == nil:
			a.meta.liars = liars
			return a.meta, nil
		case errors.Is(a.err, errUnknown):
			unknown += len(com.Members[a.node].Shards)
		case errors.Is(a.err, codec.ErrMismatch), errors.Is(a.err, codec.ErrMalformed):
			liars = append(liars, a.node)
		}
		if unknown >= com.Quorum() {
			return nil, fmt.Errorf("blob %v: %w", id, ErrNotFound)
		}
		start()
	}
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("couldn't get metadata of %v: %w", id, ErrTooFewNodes)
}

func (m *metadatas) askOne(ctx context.Context, node int, id codec.BlobID, nShards int) (*verifiedMetadata, error) {
	raw, status, err := m.nodes.Get(ctx, node, api.Frame{Kind: api.FrameMetadata, BlobID: id})
	if ctx.Err() == nil {
		m.health.saw(node, err == nil)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case status >= http.StatusInternalServerError: // that says nothing about the blob
		m.log.Warn("a node couldn't give metadata", "node", node, "blob", id.String(), "status", status)
		return nil, fmt.Errorf("node %d answered %d", node, status)
	case status != http.StatusOK:
		return nil, fmt.Errorf("status %d: %w", status, errUnknown)
	}
	meta, err := verifyMetadata(raw, id, nShards)
	if err != nil {
		m.log.Warn("a node gave wrong metadata", "node", node, "blob", id.String(), "error", err)
		return nil, err
	}
	meta.node = node
	return meta, nil
}

func verifyMetadata(raw []byte, id codec.BlobID, nShards int) (*verifiedMetadata, error) {
	meta, err := codec.UnmarshalMetadata(raw)
	if err != nil {
		return nil, err
	}
	if err := meta.Verify(id, nShards); err != nil {
		return nil, err
	}
	p, err := codec.NewParams(nShards)
	if err != nil {
		return nil, err
	}
	symbol, err := p.SymbolSize(meta.Size)
	if err != nil {
		return nil, err
	}
	verifier, err := codec.NewVerifier(meta)
	if err != nil {
		return nil, err
	}
	return &verifiedMetadata{Metadata: meta, verifier: verifier, sliverSize: p.SliverSize(codec.Primary, symbol) + walrus.SliverOverhead}, nil
}
