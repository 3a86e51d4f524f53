package codec

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"testing"
)

// TestBlobIDText uses the IDs of MystenLabs/ts-sdks' encode-quilt test: small
// numbers, whose little-endian bytes the ID is.
func TestBlobIDText(t *testing.T) {
	for number, text := range map[uint32]string{
		1:          "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		12345:      "OTAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		0xdeadbeef: "776t3gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	} {
		id, err := ParseBlobID(text)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "text", id.String(), text)
		le := id.U256LE()
		equal(t, "number", uint32(le[0])|uint32(le[1])<<8|uint32(le[2])<<16|uint32(le[3])<<24, number)
		b, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		var back BlobID
		if err := json.Unmarshal(b, &back); err != nil || back != id {
			t.Errorf("JSON %s: %v, %v", b, back, err)
		}
	}
}

func TestParseBlobIDRefuses(t *testing.T) {
	for _, s := range []string{
		"",
		"AQ",
		"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", // stray bits
		"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
		"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
		"+QAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	} {
		if id, err := ParseBlobID(s); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: got %v, %v", s, id, err)
		}
	}
}

// TestShards compares with the definition, in big numbers.
func TestShards(t *testing.T) {
	id := BlobID(testBlob(3, 32))
	for _, n := range []int{4, 10, 13, 104, 1000, 1001} {
		offset := new(big.Int).Mod(new(big.Int).SetBytes(id[:]), big.NewInt(int64(n)))
		seen := map[int]bool{}
		for pair := range n {
			shard := ShardOf(id, pair, n)
			equal(t, "shard", shard, (pair+int(offset.Int64()))%n)
			equal(t, "pair", PairOf(id, shard, n), pair)
			seen[shard] = true
		}
		equal(t, "shards", len(seen), n)
	}
}

func TestParams(t *testing.T) {
	for _, n := range []int{-1, 0, 3, 1002} {
		if _, err := NewParams(n); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d shards: got %v", n, err)
		}
		if _, err := NewEncoder(n); !errors.Is(err, ErrMalformed) {
			t.Errorf("encoder for %d shards: got %v", n, err)
		}
	}
	for n, largest := range map[int]uint64{10: 1_834_952, 104: 165_145_680, 1000: 14_599_533_452} {
		p, err := NewParams(n)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "largest blob", p.MaxBlobSize(), largest)
		s, err := p.SymbolSize(largest)
		if err != nil || s != MaxSymbolSize {
			t.Errorf("symbol size of the largest blob: %d, %v", s, err)
		}
		if _, err := p.SymbolSize(largest + 1); !errors.Is(err, ErrTooLarge) {
			t.Errorf("one byte more: got %v", err)
		}
		if _, err := p.EncodedSize(1<<64 - 1); !errors.Is(err, ErrTooLarge) {
			t.Errorf("2^64-1 bytes: got %v", err)
		}
	}
	p, err := NewParams(1000)
	if err != nil {
		t.Fatal(err)
	}
	size, err := p.EncodedSize(1)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "encoded size of a byte", size, 1000*(1001*2+64000+32))
}

func TestTooLarge(t *testing.T) {
	e, err := NewEncoder(4)
	if err != nil {
		t.Fatal(err)
	}
	blob := make([]byte, e.Params().MaxBlobSize()+1)
	if _, err := e.Metadata(blob); !errors.Is(err, ErrTooLarge) {
		t.Errorf("metadata: got %v", err)
	}
	if _, err := e.Expand(blob); !errors.Is(err, ErrTooLarge) {
		t.Errorf("expansion: got %v", err)
	}
	none := func(int, *Sliver, *Sliver) error { return nil }
	if err := e.Slivers(blob, nil, none); !errors.Is(err, ErrTooLarge) {
		t.Errorf("slivers: got %v", err)
	}
	if _, err := e.Metadata(blob[1:]); err != nil {
		t.Errorf("largest blob: %v", err)
	}
}

func TestHashText(t *testing.T) {
	h := Hash{1, 0xab}
	equal(t, "hash", h.String(), "01ab"+hex.EncodeToString(make([]byte, 30)))
}
