//go:build !js

package codec

import "sync"

// defaultEngine encodes; decoding is by transforms everywhere.
var defaultEngine engine = &sharing{engine: klauspost{}, made: make(map[code]encodeFunc)}

// sharing makes the encoder of each code once: what is made keeps megabytes of
// scratch memory between calls, and a process with a dozen storage nodes verifies
// slivers of hundreds of blobs.
type sharing struct {
	engine
	mu   sync.Mutex
	made map[code]encodeFunc
}

func (s *sharing) encoder(c code) (encodeFunc, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if encode := s.made[c]; encode != nil {
		return encode, nil
	}
	encode, err := s.engine.encoder(c)
	if err == nil {
		s.made[c] = encode
	}
	return encode, err
}

// laneBudget is how many bytes of lanes are worked on at a time, so that they
// stay in a cache.
const laneBudget = 256 << 10

// groupBytes is how wide a group of symbols should be at least for an engine to
// be worth calling.
func groupBytes(int) int { return 4 << 10 }
