package codec

import (
	"errors"
	"testing"
)

func TestMetadata(t *testing.T) {
	e := encodeForTest(t, 13, testBlob(1, 777))
	b := e.meta.MarshalBCS()
	m, err := UnmarshalMetadata(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Verify(e.id, 13); err != nil {
		t.Fatal(err)
	}
	id, m, err := UnmarshalMetadataWithID(e.meta.MarshalWithID())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "blob ID", id, e.id)
	equal(t, "size", m.Size, 777)
	for kind := range Secondary + 1 {
		for i := range 13 {
			want := e.pairs[i]
			equal(t, "pair", want.Primary.Pair(13), i)
			equal(t, "pair", want.Secondary.Pair(13), i)
			equal(t, "index", IndexOf(kind, e.sliver(kind, i).Pair(13), 13), i)
			equal(t, "index", int(e.sliver(kind, i).Index), i)
		}
	}
}

func TestMetadataRefuses(t *testing.T) {
	e := encodeForTest(t, 13, testBlob(1, 777))
	good := e.meta.MarshalBCS()
	change := func(at int, to byte) []byte {
		b := append([]byte(nil), good...)
		b[at] = to
		return b
	}
	for what, b := range map[string][]byte{
		"nothing":             nil,
		"only a head":         good[:10],
		"version 1":           change(0, 1),
		"encoding 0":          change(1, 0),
		"twelve pairs":        change(10, 12),
		"no pair":             append(append([]byte(nil), good[:10]...), 0),
		"three pairs":         append(append(append([]byte(nil), good[:10]...), 3), good[11:11+3*66]...),
		"a long length":       append(append(append([]byte(nil), good[:10]...), 0x8d, 0), good[11:]...),
		"an endless length":   append(append([]byte(nil), good[:10]...), 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255),
		"a cut":               good[:len(good)-1],
		"a byte more":         append(append([]byte(nil), good...), 0),
		"an empty node":       change(11, 0),
		"an empty node later": change(11+33, 0),
	} {
		if _, err := UnmarshalMetadata(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	if _, err := UnmarshalMetadata(change(9, 1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("huge size: got %v", err)
	}
	if _, _, err := UnmarshalMetadataWithID(e.id[:31]); !errors.Is(err, ErrMalformed) {
		t.Errorf("cut ID: got %v", err)
	}
	withID := e.meta.MarshalWithID()
	withID[0] ^= 1
	if _, _, err := UnmarshalMetadataWithID(withID); !errors.Is(err, ErrMismatch) {
		t.Errorf("other ID: got %v", err)
	}
}

// TestMetadataVerify holds that a blob ID fixes all of the metadata, and that
// an inner node of a tree doesn't pass for a leaf.
func TestMetadataVerify(t *testing.T) {
	e := encodeForTest(t, 8, testBlob(1, 777))
	refuse := func(what string, want error, n int, change func(m *Metadata)) {
		t.Helper()
		m := &Metadata{Size: e.meta.Size, Hashes: append([]PairHash(nil), e.meta.Hashes...)}
		change(m)
		if err := m.Verify(e.id, n); !errors.Is(err, want) {
			t.Errorf("%s: got %v", what, err)
		}
		if _, err := NewDecoder(e.id, m); err == nil {
			t.Errorf("%s: decoder accepts it", what)
		}
	}
	refuse("other size", ErrMismatch, 8, func(m *Metadata) { m.Size++ })
	refuse("huge size", ErrTooLarge, 8, func(m *Metadata) { m.Size = 1 << 60 })
	refuse("a bit", ErrMismatch, 8, func(m *Metadata) { m.Hashes[7].Secondary[31] ^= 1 })
	refuse("swapped pairs", ErrMismatch, 8, func(m *Metadata) { m.Hashes[0], m.Hashes[1] = m.Hashes[1], m.Hashes[0] })
	refuse("swapped kinds", ErrMismatch, 8, func(m *Metadata) {
		m.Hashes[3] = PairHash{Primary: m.Hashes[3].Secondary, Secondary: m.Hashes[3].Primary}
	})
	refuse("seven pairs", ErrMalformed, 8, func(m *Metadata) { m.Hashes = m.Hashes[:7] })
	refuse("no pair", ErrMalformed, 0, func(m *Metadata) { m.Hashes = nil })
	refuse("nodes for leaves", ErrMismatch, 4, func(m *Metadata) {
		var h hasher
		leaf := func(p PairHash) Hash { return h.leaf(append(p.Primary[:], p.Secondary[:]...)) }
		for i := range 4 {
			m.Hashes[i] = PairHash{Primary: leaf(m.Hashes[2*i]), Secondary: leaf(m.Hashes[2*i+1])}
		}
		m.Hashes = m.Hashes[:4]
	})
	if err := e.meta.Verify(e.id, 9); !errors.Is(err, ErrMalformed) {
		t.Errorf("nine shards: got %v", err)
	}
}

func TestSliverRefuses(t *testing.T) {
	good := encodeForTest(t, 4, testBlob(1, 12)).pairs[1].Primary.MarshalBCS() // 06 ‖ 6 bytes ‖ 02 00 ‖ 01 00
	equal(t, "length", len(good), 11)
	change := func(at int, to byte) []byte {
		b := append([]byte(nil), good...)
		b[at] = to
		return b
	}
	for what, b := range map[string][]byte{
		"nothing":          nil,
		"a cut":            good[:10],
		"a byte more":      append(append([]byte(nil), good...), 0),
		"length 5":         change(0, 5),
		"length 127":       change(0, 127),
		"an open length":   {0x80},
		"a long length":    append([]byte{0x86, 0}, good[1:]...),
		"a length of 2^32": append([]byte{0x80, 0x80, 0x80, 0x80, 0x10}, good[1:]...),
		"symbol size 0":    change(7, 0),
		"symbol size 3":    change(7, 3),
		"symbol size 4":    change(7, 4),
		"no symbols":       {0, 2, 0, 1, 0},
	} {
		if s, err := UnmarshalSliver(Primary, b); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v, %v", what, s, err)
		}
	}
	if _, err := UnmarshalSliver(2, good); !errors.Is(err, ErrMalformed) {
		t.Errorf("kind 2: got %v", err)
	}
	equal(t, "kind", Kind(2).String(), "kind 2")
}
