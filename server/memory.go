package server

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// memory bounds the bytes of slivers that are in the relay's hands at a time,
// in all and for each node, so that neither many senders nor one slow node can
// fill it. Whoever wants more waits. Nobody waits for one bound holding another
// request's share of it: node first, then all, and both are given back as soon
// as one sliver is through.
type memory struct {
	all     *semaphore.Weighted
	node    []*semaphore.Weighted
	perNode int64
}

const (
	memoryInAll   = 48 << 20
	memoryPerNode = 8 << 20
)

func newMemory(nodes int, inAll, perNode int64) *memory {
	m := &memory{all: semaphore.NewWeighted(inAll), node: make([]*semaphore.Weighted, nodes), perNode: perNode}
	for i := range m.node {
		m.node[i] = semaphore.NewWeighted(perNode)
	}
	return m
}

// acquire waits until n bytes for one node are free and takes them. The caller
// calls release once.
func (m *memory) acquire(ctx context.Context, node, n int) (release func(), err error) {
	size := min(int64(n), m.perNode)
	if err := m.node[node].Acquire(ctx, size); err != nil {
		return nil, err
	}
	if err := m.all.Acquire(ctx, size); err != nil {
		m.node[node].Release(size)
		return nil, err
	}
	return func() {
		m.all.Release(size)
		m.node[node].Release(size)
	}, nil
}
