package codec

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// BlobID names a blob by its content, its size and the number of shards.
type BlobID [32]byte

// idText is strict: a blob ID has one spelling only.
var idText = base64.RawURLEncoding.Strict()

// String is the blob ID as Walrus writes it: base64url without padding.
func (id BlobID) String() string { return idText.EncodeToString(id[:]) }

// ParseBlobID reads what String writes, and nothing else.
func ParseBlobID(s string) (BlobID, error) {
	var id BlobID
	b, err := idText.DecodeString(s)
	if err != nil || len(b) != len(id) || idText.EncodeToString(b) != s {
		return BlobID{}, fmt.Errorf("%w: blob ID %q, want 43 characters of base64url", ErrMalformed, s)
	}
	copy(id[:], b)
	return id, nil
}

// MarshalText lets JSON carry the text form.
func (id BlobID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText is ParseBlobID.
func (id *BlobID) UnmarshalText(b []byte) (err error) {
	*id, err = ParseBlobID(string(b))
	return err
}

// U256LE is the blob ID as Move's u256 in BCS: the number whose little-endian
// bytes the ID is.
func (id BlobID) U256LE() [32]byte { return id }

// ShardOf is the shard that holds a sliver pair: pairs are rotated by the blob
// ID, read as a big-endian number, so that load spreads.
func ShardOf(id BlobID, pair, nShards int) int {
	return (pair + rotation(id, nShards)) % nShards
}

// PairOf is the sliver pair that a shard holds: the inverse of ShardOf.
func PairOf(id BlobID, shard, nShards int) int {
	return (nShards + shard - rotation(id, nShards)) % nShards
}

func rotation(id BlobID, nShards int) int {
	r := 0
	for _, b := range id {
		r = (r<<8 + int(b)) % nShards
	}
	return r
}

// Hash is a BLAKE2b-256 digest: a node of a Merkle tree.
type Hash [32]byte

// String is the hash in hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }
