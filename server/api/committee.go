package api

import (
	"time"

	"floe/codec"
	"floe/codec/suitx"
)

// Committee is who answers for blobs in one Walrus epoch, as the ledger says.
type Committee struct {
	Epoch         uint32
	NShards       int
	Members       []Member // in the order of the System object: the index is the signer's bit in a certificate
	StoragePrice  uint64   // FROST per MiB of encoded size and epoch
	WritePrice    uint64   // FROST per MiB of encoded size
	EpochStart    time.Time
	EpochDuration time.Duration
}

// Member is one storage node.
type Member struct {
	Index      int           // in Members
	ID         suitx.Address // of its staking pool
	Name       string
	Address    string   // host:port[/path]
	PublicKey  [48]byte // BLS, compressed
	NetworkKey []byte   // of its TLS certificate
	Shards     []int
}

// Quorum returns how many shards must confirm: the least w with 3w ≥ 2n+1.
func (c *Committee) Quorum() int { return (2*c.NShards + 1 + 2) / 3 }

// MemberOf returns the member that holds a shard, or nil.
func (c *Committee) MemberOf(shard int) *Member {
	for i := range c.Members {
		for _, s := range c.Members[i].Shards {
			if s == shard {
				return &c.Members[i]
			}
		}
	}
	return nil
}

// BlobEventKind says what happened to a blob on the ledger.
type BlobEventKind uint8

const (
	BlobRegistered BlobEventKind = 1
	BlobCertified  BlobEventKind = 2
	BlobDeleted    BlobEventKind = 3
	BlobInvalid    BlobEventKind = 4 // nodes have proved that its slivers don't fit together
)

// BlobEvent is one event of Walrus' package. Size is known only of
// registrations; EndEpoch is the first epoch in which the blob isn't kept.
// BlobInvalid is about a blob ID, whatever objects have it.
type BlobEvent struct {
	Checkpoint uint64
	TxDigest   suitx.Digest // of the transaction that emitted it
	Sequence   uint64       // among the transaction's events
	Kind       BlobEventKind
	BlobID     codec.BlobID
	ObjectID   suitx.Address
	Size       uint64
	Epoch      uint32
	EndEpoch   uint32
	Deletable  bool
}
