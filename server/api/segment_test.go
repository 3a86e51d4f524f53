package api

import (
	"testing"

	"floe/codec"
)

// TestSegmentCosts is the table in the rule's comment, to the unit.
func TestSegmentCosts(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		shards, most   int
		sealed         int64
		size           int64
		blobs, mibCost int64
	}{
		{104, 8, 1 * mib, 16 * mib, 1, 6},
		{104, 8, 16 * mib, 16 * mib, 1, 71},
		{104, 8, 64 * mib, 16 * mib, 4, 284},
		{104, 8, 1024 * mib, 16 * mib, 64, 4544},
		{104, 8, 4096 * mib, 16 * mib, 256, 18176},
		{104, 8, 8192 * mib, 23 * mib, 357, 36331}, // what one POST bounds,
		{1000, 20, 1 * mib, 32 * mib, 1, 67},
		{1000, 20, 16 * mib, 32 * mib, 1, 134},
		{1000, 20, 64 * mib, 32 * mib, 2, 414},
		{1000, 20, 1024 * mib, 32 * mib, 32, 6624},
		{1000, 20, 4096 * mib, 32 * mib, 128, 26496},
		{104, 104, 64 * mib, 1 * mib, 64, 384},
	} {
		p, err := codec.NewParams(c.shards)
		if err != nil {
			t.Fatal(err)
		}
		size := SegmentSize(p, c.most, c.sealed)
		blobs, units := int64(0), int64(0)
		for rest := c.sealed; rest > 0; rest -= size {
			encoded, err := p.EncodedSize(uint64(min(rest, size)))
			if err != nil {
				t.Fatal(err)
			}
			blobs, units = blobs+1, units+(int64(encoded)+mib-1)/mib
		}
		if size != c.size || blobs != c.blobs || units != c.mibCost {
			t.Errorf("%d shards, %d MiB: %d blobs of %d MiB cost %d, want %d of %d for %d", c.shards, c.sealed/mib, blobs, size/mib, units, c.blobs, c.size/mib, c.mibCost)
		}
	}
}

// TestSegmentOfManyShards: the rule's second line begins where its comment says.
func TestSegmentOfManyShards(t *testing.T) {
	for n := codec.MinShards; n <= codec.MaxShards; n++ {
		p, err := codec.NewParams(n)
		if err != nil {
			t.Fatal(err)
		}
		if got := SegmentSize(p, 1, 1); n >= 32 && (got == 32<<20) != (n >= 543) {
			t.Errorf("%d shards: %d", n, got)
		}
	}
}
