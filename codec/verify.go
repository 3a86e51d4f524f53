package codec

import "fmt"

// VerifySliver checks that a sliver is the one the metadata promises:
// ErrMalformed when its shape isn't that of a sliver of this blob, ErrMismatch
// when its symbols aren't the right ones. Either is the fault of whoever gave
// it. For many slivers of one blob a [Verifier] is cheaper.
func (m *Metadata) VerifySliver(s *Sliver) error {
	v, err := NewVerifier(m)
	if err != nil {
		return err
	}
	return v.Verify(s)
}

// Verifier checks slivers of one blob. It is safe for concurrent use.
type Verifier struct {
	p          Params
	symbolSize int
	metadata   *Metadata
	encode     [2]encodeFunc // by kind
}

// NewVerifier returns a verifier of the blob's slivers. The metadata must have
// been verified, and mustn't change.
func NewVerifier(m *Metadata) (*Verifier, error) {
	return newVerifier(m, defaultEngine)
}

func newVerifier(m *Metadata, on engine) (*Verifier, error) {
	p, s, err := m.params()
	if err != nil {
		return nil, fmt.Errorf("couldn't accept metadata: %w", err)
	}
	v := &Verifier{p: p, symbolSize: s, metadata: m}
	for kind := range v.encode {
		if v.encode[kind], err = on.encoder(p.code(Kind(kind))); err != nil {
			return nil, fmt.Errorf("couldn't make %v code for %d shards: %w", Kind(kind), p.NShards, err)
		}
	}
	return v, nil
}

// Verify checks a sliver as [Metadata.VerifySliver] does.
func (v *Verifier) Verify(s *Sliver) error {
	if err := v.checkShape(s); err != nil {
		return err
	}
	got, err := v.hash(s.Kind, s.Data)
	if err != nil {
		return err
	}
	if want := v.metadata.Hash(s.Kind, int(s.Index)); got != want {
		return fmt.Errorf("%w: %v sliver %d has hash %v, metadata says %v", ErrMismatch, s.Kind, s.Index, got, want)
	}
	return nil
}

func (v *Verifier) checkShape(s *Sliver) error {
	if s == nil || s.Kind > Secondary {
		return fmt.Errorf("%w: neither a primary nor a secondary sliver", ErrMalformed)
	}
	if int(s.Index) >= v.p.NShards {
		return fmt.Errorf("%w: %v sliver %d of %d shards", ErrMalformed, s.Kind, s.Index, v.p.NShards)
	}
	if int(s.SymbolSize) != v.symbolSize {
		return fmt.Errorf("%w: %v sliver %d has symbols of %d bytes, want %d", ErrMalformed, s.Kind, s.Index, s.SymbolSize, v.symbolSize)
	}
	if want := v.p.SliverSize(s.Kind, v.symbolSize); len(s.Data) != want {
		return fmt.Errorf("%w: %v sliver %d has %d bytes, want %d", ErrMalformed, s.Kind, s.Index, len(s.Data), want)
	}
	return nil
}

// hash expands a sliver to n symbols and returns the root over them.
func (v *Verifier) hash(kind Kind, data []byte) (Hash, error) {
	g := newGroup(v.p.code(kind), layout{symbolSize: v.symbolSize, count: 1})
	s := v.symbolSize
	for i, wide := range g.src {
		g.layout.pack(wide, 0, data[i*s:][:s])
	}
	if err := v.encode[kind](g.dst, g.src); err != nil {
		return Hash{}, fmt.Errorf("couldn't expand %v sliver: %w", kind, err)
	}
	var h hasher
	leaves := make([]Hash, 0, v.p.NShards)
	for i := range g.src {
		leaves = append(leaves, h.leaf(data[i*s:][:s]))
	}
	symbol := make([]byte, s)
	for _, wide := range g.dst {
		g.layout.unpack(symbol, wide, 0)
		leaves = append(leaves, h.leaf(symbol))
	}
	return h.root(leaves), nil
}
