package codec

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
)

// FuzzSliverNeverPanics: what is read as a sliver is written back as it was,
// whatever a verifier says of it.
func FuzzSliverNeverPanics(f *testing.F) {
	e := encodeForTest(f, 7, testBlob(1, 300))
	for kind := range Secondary + 1 {
		for i := range 7 {
			f.Add(uint8(kind), e.sliver(kind, i).MarshalBCS())
		}
	}
	v, err := NewVerifier(e.meta)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		s, err := UnmarshalSliver(Kind(kind), b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("got %v", err)
			}
			return
		}
		if !bytes.Equal(s.MarshalBCS(), b) {
			t.Fatal("two spellings of one sliver")
		}
		err = v.Verify(s)
		if err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrMismatch) {
			t.Fatalf("got %v", err)
		}
		if err == nil && !bytes.Equal(b, e.sliver(s.Kind, int(s.Index)).MarshalBCS()) {
			t.Fatal("accepted another sliver")
		}
	})
}

// FuzzMetadataRoundTrip: metadata has one spelling, and no other metadata has
// its blob ID.
func FuzzMetadataRoundTrip(f *testing.F) {
	for _, n := range []int{4, 7, 13} {
		f.Add(encodeForTest(f, n, testBlob(1, 100*n)).meta.MarshalBCS())
	}
	e := encodeForTest(f, 7, testBlob(1, 700))
	good := e.meta.MarshalBCS()
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := UnmarshalMetadata(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("got %v", err)
			}
			return
		}
		if !bytes.Equal(m.MarshalBCS(), b) {
			t.Fatal("two spellings of one metadata")
		}
		if m.Verify(e.id, 7) == nil && !bytes.Equal(b, good) {
			t.Fatal("accepted other metadata")
		}
		id, back, err := UnmarshalMetadataWithID(m.MarshalWithID())
		if err != nil || id != m.BlobID() || !bytes.Equal(back.MarshalBCS(), b) {
			t.Fatalf("with its ID: %v", err)
		}
	})
}

// FuzzBlobIDRoundTrip: a blob ID has one spelling.
func FuzzBlobIDRoundTrip(f *testing.F) {
	f.Add("RcU82Mwf-CFkv1LaI_2qcpANwpGUuG3TMwnVzZxD2kY")
	f.Add("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseBlobID(s)
		if err == nil && id.String() != s {
			t.Fatalf("%q and %q are one ID", s, id)
		}
	})
}

// FuzzDecodeNeverAcceptsTampered: slivers go to a decoder, one of them changed.
// Whatever comes out is the blob.
func FuzzDecodeNeverAcceptsTampered(f *testing.F) {
	e := encodeForTest(f, 10, testBlob(1, 500))
	for i := range uint64(10) {
		s := e.sliver(Kind(i%2), int(i))
		f.Add(i, uint8(i%2), s.MarshalBCS())
		s2 := *s
		s2.Data = append([]byte{1}, s.Data[1:]...)
		f.Add(i, uint8(i%2), s2.MarshalBCS())
	}
	f.Fuzz(func(t *testing.T, order uint64, kind uint8, b []byte) {
		d := e.decoder(t)
		if s, err := UnmarshalSliver(Kind(kind%2), b); err == nil {
			if err := d.Add(s); err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrMismatch) {
				t.Fatalf("got %v", err)
			}
		}
		for _, i := range rand.New(rand.NewPCG(order, 0)).Perm(10)[:e.p.needed(Kind(kind%2))] {
			add(t, d, e.sliver(Kind(kind%2), i))
		}
		got, err := d.Decode()
		if err != nil || !bytes.Equal(got, e.blob) {
			t.Fatalf("another blob: %v", err)
		}
	})
}

// FuzzAnySubsetDecodes: every blob comes back from any slivers that suffice, on
// every engine.
func FuzzAnySubsetDecodes(f *testing.F) {
	f.Add(uint16(4), uint64(1), []byte(nil))
	f.Add(uint16(13), uint64(2), testBlob(1, 100))
	f.Add(uint16(31), uint64(3), testBlob(1, 31*50))
	f.Add(uint16(104), uint64(4), testBlob(1, 2*36*70+1))
	f.Fuzz(func(t *testing.T, shards uint16, order uint64, blob []byte) {
		n := MinShards + int(shards)%150
		e := encodeForTest(t, n, blob)
		for name, on := range engines() {
			other, err := newEncoder(n, on)
			if err != nil {
				t.Fatal(err)
			}
			m, err := other.Metadata(blob)
			if err != nil || m.BlobID() != e.id {
				t.Fatalf("%s: blob ID %v, want %v; %v", name, m.BlobID(), e.id, err)
			}
		}
		random := rand.New(rand.NewPCG(order, 1))
		for kind := range Secondary + 1 {
			d := e.decoder(t)
			for _, i := range random.Perm(n)[:e.p.needed(kind)] {
				add(t, d, e.sliver(kind, i))
			}
			got, err := d.Decode()
			if err != nil || !bytes.Equal(got, blob) {
				t.Fatalf("%d shards, %v slivers: %v", n, kind, err)
			}
		}
	})
}
