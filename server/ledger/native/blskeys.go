package native

import (
	"fmt"
	"sync"

	"floe/codec/bls"
)

// keyCache keeps the keys of the committee that was asked for last: checking
// that a point lies in its subgroup costs far more than adding it.
type keyCache struct {
	mu    sync.Mutex
	known map[[bls.UncompressedSize]byte]bls.PublicKey // guarded by mu
}

// maxKnownKeys bounds the cache; a committee has at most a thousand members.
const maxKnownKeys = 4096

// of returns the keys of the members with these indices.
func (k *keyCache) of(v *blsCommittee, members []int) ([]bls.PublicKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || len(k.known) > maxKnownKeys {
		k.known = make(map[[bls.UncompressedSize]byte]bls.PublicKey)
	}
	keys := make([]bls.PublicKey, len(members))
	for i, index := range members {
		raw := v.Members[index].Key
		key, ok := k.known[raw]
		if !ok {
			var err error
			if key, err = bls.ParsePublicKey(raw[:]); err != nil {
				return nil, fmt.Errorf("couldn't read key of member %d: %w", index, err)
			}
			k.known[raw] = key
		}
		keys[i] = key
	}
	return keys, nil
}
