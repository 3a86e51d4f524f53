package server

import (
	"github.com/labstack/echo/v4"

	"floe/codec"
	"floe/server/api"
)

const (
	segmentMax     = 16 << 20
	sliverOverhead = 16 // bytes of a sliver's BCS beside its symbols, at most
)

// handleNetwork describes where parcels go.
func (s *Server) handleNetwork(c echo.Context) error {
	com, err := s.committee.get(c.Request().Context())
	if err != nil {
		return err
	}
	n := s.network
	n.Epoch = com.Epoch
	n.EpochStartMS = com.EpochStart.UnixMilli()
	n.EpochDurationMS = com.EpochDuration.Milliseconds()
	n.StoragePrice, n.WritePrice = com.StoragePrice, com.WritePrice
	n.Nodes = make([]api.Node, len(com.Members))
	for i, m := range com.Members {
		n.Nodes[i] = api.Node{Index: i, Name: m.Name, ID: m.ID.String(), Address: m.Address, Shards: m.Shards, Up: s.health.up(i)}
	}
	return answer(c, n)
}

// SegmentSize is how large blobs may be: 16 MiB, or less where the shards can't
// hold that, or where the node with most shards would get more than one batch.
// It is rounded down to whole MiB, or below that to KiB.
func SegmentSize(p codec.Params, mostShards int) int64 {
	metadata := int64(api.FrameHeaderSize + 16 + 66*p.NShards)
	pair := func(symbol int64) int64 {
		return int64(p.Primary+p.Secondary)*symbol + 2*(api.FrameHeaderSize+sliverOverhead)
	}
	symbol := int64(codec.MaxSymbolSize)
	if fits := (api.MaxBatch-metadata)/int64(mostShards) - pair(0); fits/int64(p.Primary+p.Secondary) < symbol {
		symbol = fits / int64(p.Primary+p.Secondary) &^ 1
	}
	size := min(symbol*int64(p.Primary)*int64(p.Secondary), segmentMax)
	if size >= 1<<20 {
		return size &^ (1<<20 - 1)
	}
	return max(size&^(1<<10-1), 1)
}
