package api

import "floe/codec"

// A parcel's ciphertext is cut into segments of one size, the last may be
// shorter; each is a blob. The larger they are, the fewer blobs there are to
// pay for: a blob costs 64·n² bytes of metadata besides its slivers, 64 MB at
// n = 1000. The smaller they are, the less memory it takes to encode them: a page
// holds two expansions, each 3.5 times its segment, and what is read ahead; that
// must stay below 300 MiB. So the rule is:
//
//  1. 16 MiB;
//  2. 32 MiB where metadata would cost over a quarter of the slivers of 16 MiB,
//     which it does from n = 543 on;
//  3. twice as much, up to 64 MiB, while there are more segments than a statement
//     with some twenty grants has room for;
//  4. but no more than symbols can hold, or one node's slivers in one POST
//     ([MaxBatch]).
//
// What that costs on Walrus, in units of 1 MiB:
//
//	ciphertext   n = 104             n = 1000
//	   1 MiB      1 blob       6      1 blob      67
//	  16 MiB      1 blob      71      1 blob     134
//	  64 MiB      4 blobs    284      2 blobs    414
//	   1 GiB     64 blobs   4544     32 blobs   6624
//	   4 GiB    256 blobs  18176    128 blobs  26496
//
// Of 16 MiB each, the 256 blobs of 4 GiB would cost 34304 at n = 1000.
const (
	segmentUsual = 16 << 20
	segmentMost  = 64 << 20
	maxSegments  = MaxStatement/statementBlobSize - 40 // leaves room for slots
)

// SegmentSize is how large the blobs are that so much ciphertext is cut into,
// where the node with the most shards has that many. It is the same for sender
// and relay; a relay takes no larger ones.
func SegmentSize(p codec.Params, mostShards int, sealed int64) int64 {
	size := int64(segmentUsual)
	if metadata, slivers := costOf(p, size); 4*metadata > slivers {
		size *= 2
	}
	for size < segmentMost && sealed/size >= maxSegments {
		size *= 2
	}
	return min(size, segmentBound(p, mostShards))
}

// costOf splits what a blob costs into its metadata and its slivers.
func costOf(p codec.Params, size int64) (metadata, slivers int64) {
	all, err := p.EncodedSize(uint64(size))
	if err != nil {
		return 0, 0 // such symbols don't exist, so the bound decides
	}
	metadata = int64(p.NShards) * (64*int64(p.NShards) + 32)
	return metadata, int64(all) - metadata
}

// segmentBound is the largest blob whose symbols exist and of which every node's
// part fits into one POST. It is whole MiB, or below that KiB.
func segmentBound(p codec.Params, mostShards int) int64 {
	const sliverOverhead = 16 // of its BCS, at most
	metadata := int64(FrameHeaderSize + 16 + 66*p.NShards)
	pair := int64(p.Primary + p.Secondary)
	room := (MaxBatch-metadata)/int64(max(mostShards, 1)) - 2*(FrameHeaderSize+sliverOverhead)
	symbol := min(int64(codec.MaxSymbolSize), room/pair&^1)
	size := symbol * int64(p.Primary) * int64(p.Secondary)
	if size >= 1<<20 {
		return size &^ (1<<20 - 1)
	}
	return max(size&^(1<<10-1), 1)
}
