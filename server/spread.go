package server

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"floe/codec"
	"floe/server/api"
)

const (
	spreadTries = 4                      // at one node, as long as it may take more
	spreadWait  = 500 * time.Millisecond // before the second, doubling
	spreadTail  = 500 * time.Millisecond // for slow nodes, and half of the time so far
)

// spread brings an encoded blob to all nodes at once and acknowledges each frame
// as it is taken. It ends when all have theirs, or a quorum has and the others
// had a little more time; whether that is enough is for the caller to count.
func (s *Server) spread(ctx context.Context, com *api.Committee, x *codec.Expansion, out func(api.Frame) error, retry bool) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	begun := time.Now()
	var mu sync.Mutex
	weight := 0
	nodes, ctx := errgroup.WithContext(ctx)
	for _, m := range com.Members {
		nodes.Go(safely(func() error {
			all, err := s.spreadTo(ctx, m, x, out, retry)
			if err != nil || !all {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			before := weight
			if weight += len(m.Shards); before < com.Quorum() && weight >= com.Quorum() {
				time.AfterFunc(time.Since(begun)/2+spreadTail, stop)
			}
			return nil
		}))
	}
	return nodes.Wait()
}

// spreadTo brings one node what is its of a blob, trying again what it didn't
// take while that may help. An error is that the answer can't be written.
func (s *Server) spreadTo(ctx context.Context, m api.Member, x *codec.Expansion, out func(api.Frame) error, retry bool) (all bool, err error) {
	wait := spreadWait
	todo := s.partOf(m, x)
	for try := 1; ; try++ {
		left, hopeless, err := s.putAll(ctx, m.Index, x, todo, out, retry || try > 1)
		if err != nil || len(left) == 0 || hopeless || try == spreadTries || ctx.Err() != nil {
			return len(left) == 0, err
		}
		todo = left
		select {
		case <-ctx.Done():
			return false, nil
		case <-time.After(wait):
			wait *= 2
		}
	}
}

// partOf names what a member holds of a blob: metadata, then slivers.
func (s *Server) partOf(m api.Member, x *codec.Expansion) []api.Frame {
	id := x.Metadata().BlobID()
	part := []api.Frame{{Kind: api.FrameMetadata, BlobID: id}}
	for _, shard := range m.Shards {
		pair := uint16(codec.PairOf(id, shard, s.network.NShards))
		part = append(part, api.Frame{Kind: api.FramePrimary, Index: pair, BlobID: id}, api.Frame{Kind: api.FrameSecondary, Index: pair, BlobID: id})
	}
	return part
}

// putAll puts frames, metadata before the rest, and returns those that weren't
// taken. It is hopeless if the node won't take them later either.
func (s *Server) putAll(ctx context.Context, node int, x *codec.Expansion, todo []api.Frame, out func(api.Frame) error, retry bool) (left []api.Frame, hopeless bool, err error) {
	var mu sync.Mutex
	put := func(f api.Frame) error {
		ack, err := s.putMade(ctx, node, x, f, retry)
		if err == nil && ack.Status/100 == 2 {
			return out(ack)
		}
		mu.Lock()
		defer mu.Unlock()
		left = append(left, f)
		hopeless = hopeless || err == nil && ack.Status < 500 && ack.Status != http.StatusBadRequest && ack.Status != http.StatusTooManyRequests
		return nil
	}
	if todo[0].Kind == api.FrameMetadata {
		if err := put(todo[0]); err != nil || len(left) > 0 {
			return todo, hopeless, err
		}
		todo = todo[1:]
	}
	puts := errgroup.Group{}
	puts.SetLimit(putsAtOnce)
	for _, f := range todo {
		puts.Go(safely(func() error { return put(f) }))
	}
	err = puts.Wait()
	return left, hopeless, err
}

var errLeft = errors.New("the node is left behind")

// putMade makes the thing that a frame names and hands it to a node.
func (s *Server) putMade(ctx context.Context, node int, x *codec.Expansion, f api.Frame, retry bool) (api.Frame, error) {
	if ctx.Err() != nil {
		return f, errLeft
	}
	symbol, err := s.params.SymbolSize(x.Metadata().Size)
	if err != nil {
		return f, err
	}
	release, err := s.memory.acquire(ctx, node, max(s.params.SliverSize(codec.Primary, symbol), 66*s.network.NShards))
	if err != nil {
		return f, err
	}
	defer release()
	switch f.Kind {
	case api.FrameMetadata:
		f.Body = x.Metadata().MarshalBCS()
	case api.FramePrimary:
		f.Body = x.Sliver(codec.Primary, int(f.Index)).MarshalBCS()
	default:
		f.Body = x.Sliver(codec.Secondary, int(f.Index)).MarshalBCS()
	}
	return s.pass(ctx, node, f, retry), nil
}
