package codec

import "sync"

// Latest hands out encoders and keeps the last one: they are costly to make, and
// whoever encodes does so for one number of shards at a time. The zero value is
// ready for use, also by several callers at a time.
type Latest struct {
	mu   sync.Mutex
	last *Encoder
}

// Encoder returns an encoder for n shards, as NewEncoder does.
func (l *Latest) Encoder(nShards int) (*Encoder, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil || l.last.Params().NShards != nShards {
		e, err := NewEncoder(nShards)
		if err != nil {
			return nil, err
		}
		l.last = e
	}
	return l.last, nil
}
