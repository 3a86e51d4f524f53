package crypto

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
)

// Seed is all a device must keep: every lasting secret comes from it. It never
// prints itself; [Seed.Export] does.
type Seed [32]byte

const seedPrefix = "floe-seed-"

// NewSeed returns a random seed.
func NewSeed() Seed {
	var s Seed
	rand.Read(s[:])
	return s
}

// Export returns the seed as text for its owner to keep: FLOE-SEED-1….
func (s Seed) Export() string { return bech32Encode(seedPrefix, s[:], true) }

// ParseSeed reads what Export wrote; white space, line breaks included, and
// case don't matter. The error is ErrMalformedSeed.
func ParseSeed(text string) (Seed, error) {
	text = strings.ToUpper(dropSpace(text))
	b, err := bech32Decode(seedPrefix, text)
	if err != nil || len(b) != len(Seed{}) {
		return Seed{}, ErrMalformedSeed
	}
	return Seed(b), nil
}

func dropSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// ParcelKey returns the Sui key of this seed's parcel number index. Keys of
// different parcels can't be linked to each other without the seed.
func (s Seed) ParcelKey(index uint32) ed25519.PrivateKey {
	i := binary.BigEndian.AppendUint32(nil, index)
	return signingKey(derive(s[:], labelParcelKey+string(i)))
}

// Identity returns who this seed's owner is to others.
func (s Seed) Identity() *Identity {
	return &Identity{
		Hybrid: hybridIdentity(derive(s[:], labelLastingIdentity)),
		Signer: signingKey(derive(s[:], labelLastingSigningKey)),
	}
}

// Format keeps the seed out of logs and errors whatever the verb.
func (s Seed) Format(f fmt.State, _ rune) { f.Write([]byte("[seed]")) }
