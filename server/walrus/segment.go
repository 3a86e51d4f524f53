package walrus

import (
	"floe/codec"
	"floe/server/api"
)

// SliverOverhead is how many bytes a sliver's BCS has beside its symbols, at most.
const SliverOverhead = 16

const segmentMax = 16 << 20

// SegmentSize is how large blobs may be: 16 MiB, or less where the shards can't
// hold that, or where the node with most shards would get more than one batch.
// It is rounded down to whole MiB, or below that to KiB.
func SegmentSize(p codec.Params, mostShards int) int64 {
	metadata := int64(api.FrameHeaderSize + 16 + 66*p.NShards)
	pair := func(symbol int64) int64 {
		return int64(p.Primary+p.Secondary)*symbol + 2*(api.FrameHeaderSize+SliverOverhead)
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

// MostShards is how many shards the node with the most of them holds.
func MostShards(com *api.Committee) int {
	most := 1
	for _, m := range com.Members {
		most = max(most, len(m.Shards))
	}
	return most
}
