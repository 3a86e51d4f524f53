package codec

import (
	"fmt"
	"sync"
)

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
	got, err := v.hashes(s.Kind, s.Data, 1)
	if err != nil {
		return err
	}
	if want := v.metadata.Hash(s.Kind, int(s.Index)); got[0] != want {
		return fmt.Errorf("%w: %v sliver %d has hash %v, metadata says %v", ErrMismatch, s.Kind, s.Index, got[0], want)
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

// hashes expands slivers of one kind, count that follow each other in b, to n
// symbols each and returns the roots over them.
func (v *Verifier) hashes(kind Kind, b []byte, count int) ([]Hash, error) {
	c, s := v.p.code(kind), v.symbolSize
	all := grid{b, c.k, s, c.k * s}
	roots := make([]Hash, count)
	step := groupCount(s, count, c.lanes())
	err := parallel((count+step-1)/step, func() func(int) error {
		return func(unit int) error {
			turns <- struct{}{}
			defer func() { <-turns }()
			t := treeMakers.Get().(*treeMaker)
			defer treeMakers.Put(t)
			first := unit * step
			part := roots[first:min(first+step, count)]
			t.use(c, len(part)*s)
			src, rest := all.from(first*all.symbol), grid{t.rest, c.m, len(part) * s, s}
			if err := v.encode[kind]([]grid{rest}, []grid{src}, s, len(part)); err != nil {
				return fmt.Errorf("couldn't expand %v sliver: %w", kind, err)
			}
			for j := range part {
				t.hasher.leaves(t.leaves[:c.k], 1, src, j, s)
				t.hasher.leaves(t.leaves[c.k:], 1, rest, j, s)
				part[j] = t.hasher.root(t.leaves)
			}
			return nil
		}
	})
	return roots, err
}

// treeMaker has the scratch space of hashing expanded slivers.
type treeMaker struct {
	hasher hasher
	leaves []Hash
	rest   []byte // what the slivers at hand are expanded to
}

// treeMakers are those that nobody uses now.
var treeMakers = sync.Pool{New: func() any { return new(treeMaker) }}

// turns are as many as there are processors: more slivers verified at a time would
// take more scratch space and be ready no sooner.
var turns = make(chan struct{}, processors())

// use makes room for symbols of a code, so many bytes of each.
func (t *treeMaker) use(c code, bytes int) {
	if n := c.m * bytes; cap(t.rest) < n+overread {
		t.rest = make([]byte, n, n+overread)
	} else {
		t.rest = t.rest[:n]
	}
	if n := c.k + c.m; cap(t.leaves) < n {
		t.leaves = make([]Hash, n)
	} else {
		t.leaves = t.leaves[:n]
	}
}
