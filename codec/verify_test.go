package codec

import (
	"errors"
	"fmt"
	"testing"
)

func TestVerifySliver(t *testing.T) {
	eachEngine(t, func(t *testing.T, on engine) {
		for _, n := range []int{4, 10, 13, 31, 104, 1000} {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				e, err := newEncoder(n, on)
				if err != nil {
					t.Fatal(err)
				}
				m, pairs, err := e.Encode(testBlob(uint32(n), 2*e.p.Primary*e.p.Secondary-1))
				if err != nil {
					t.Fatal(err)
				}
				v, err := newVerifier(m, on)
				if err != nil {
					t.Fatal(err)
				}
				step := 1 + n/20
				for i := 0; i < n; i += step {
					checkTampering(t, v, pairs[i].Primary)
					checkTampering(t, v, pairs[i].Secondary)
				}
			})
		}
	})
}

// checkTampering expects the sliver to be accepted and all that is like it to
// be refused.
func checkTampering(t *testing.T, v *Verifier, s *Sliver) {
	t.Helper()
	if err := v.Verify(s); err != nil {
		t.Fatalf("%v sliver %d: %v", s.Kind, s.Index, err)
	}
	refuse := func(what string, want error, change func(s *Sliver)) {
		t.Helper()
		c := *s
		c.Data = append([]byte(nil), s.Data...)
		change(&c)
		if err := v.Verify(&c); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", what, err, want)
		}
	}
	last := len(s.Data) - 1
	refuse("first bit", ErrMismatch, func(s *Sliver) { s.Data[0] ^= 1 })
	refuse("last bit", ErrMismatch, func(s *Sliver) { s.Data[last] ^= 128 })
	refuse("another index", ErrMismatch, func(s *Sliver) { s.Index = uint16((int(s.Index) + 1) % v.p.NShards) })
	refuse("index n", ErrMalformed, func(s *Sliver) { s.Index = uint16(v.p.NShards) })
	refuse("index 65535", ErrMalformed, func(s *Sliver) { s.Index = 65535 })
	refuse("symbol size + 2", ErrMalformed, func(s *Sliver) { s.SymbolSize += 2 })
	refuse("symbol size 0", ErrMalformed, func(s *Sliver) { s.SymbolSize = 0 })
	refuse("other kind", ErrMalformed, func(s *Sliver) { s.Kind ^= 1 })
	refuse("no kind", ErrMalformed, func(s *Sliver) { s.Kind = 2 })
	refuse("a byte less", ErrMalformed, func(s *Sliver) { s.Data = s.Data[:last] })
	refuse("a symbol more", ErrMalformed, func(s *Sliver) { s.Data = append(s.Data, make([]byte, s.SymbolSize)...) })
	refuse("nothing", ErrMalformed, func(s *Sliver) { s.Data = nil })
	if err := v.Verify(nil); !errors.Is(err, ErrMalformed) {
		t.Errorf("nil: got %v", err)
	}
}
