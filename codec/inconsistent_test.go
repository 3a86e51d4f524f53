package codec

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

// lie replaces a sliver by another one that the metadata vouches for, as a
// dishonest writer may.
func (e *encoded) lie(t *testing.T, kind Kind, index int, data []byte) {
	t.Helper()
	v, err := NewVerifier(e.meta)
	if err != nil {
		t.Fatal(err)
	}
	hashes, err := v.hashes(kind, data, 1)
	if err != nil {
		t.Fatal(err)
	}
	s := e.sliver(kind, index)
	s.Data = data
	h := &e.meta.Hashes[s.Pair(e.p.NShards)]
	if kind == Primary {
		h.Primary = hashes[0]
	} else {
		h.Secondary = hashes[0]
	}
	e.id = e.meta.BlobID()
}

// TestInconsistent has a writer lie about one sliver of each sort. Readers may
// get the one blob that the systematic primary slivers make, or ErrInconsistent,
// but never anything else.
func TestInconsistent(t *testing.T) {
	for _, n := range []int{7, 31, 104} {
		p, err := NewParams(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			kind  Kind
			index int
		}{{Primary, 0}, {Primary, p.Primary}, {Secondary, 0}, {Secondary, p.Secondary}} {
			t.Run(fmt.Sprintf("n=%d/%v/%d", n, c.kind, c.index), func(t *testing.T) {
				checkInconsistent(t, n, c.kind, c.index)
			})
		}
	}
}

func checkInconsistent(t *testing.T, n int, kind Kind, index int) {
	e := encodeForTest(t, n, testBlob(uint32(n), 20_000))
	data := append([]byte(nil), e.sliver(kind, index).Data...)
	data[len(data)/2] ^= 1
	e.lie(t, kind, index, data)
	var only []byte
	for i := range e.p.Primary {
		only = append(only, e.sliver(Primary, i).Data...)
	}
	only = only[:len(e.blob)]

	caught, step := 0, 1
	if testing.Short() {
		step = 1 + n/30
	}
	for _, from := range []Kind{Primary, Secondary} {
		for first := 0; first+e.p.needed(from) <= n; first += step {
			d := e.decoder(t)
			for i := range e.p.needed(from) {
				add(t, d, e.sliver(from, first+i))
			}
			got, err := d.Decode()
			switch {
			case errors.Is(err, ErrInconsistent):
				caught++
			case err != nil:
				t.Fatal(err)
			case !bytes.Equal(got, only):
				t.Fatalf("%v slivers from %d: another blob, and no error", from, first)
			}
		}
	}
	if caught == 0 {
		t.Error("nobody noticed")
	}
}

// TestPaddingMustBeZero keeps the bytes behind the blob from saying anything.
func TestPaddingMustBeZero(t *testing.T) {
	e := encodeForTest(t, 13, testBlob(1, 12*45))
	e.meta.Size--
	e.id = e.meta.BlobID()
	d := e.decoder(t)
	for i := range e.p.Primary {
		add(t, d, e.sliver(Primary, i))
	}
	if _, err := d.Decode(); !errors.Is(err, ErrInconsistent) {
		t.Errorf("got %v", err)
	}
	if _, err := d.Range(e.meta.Size-1, 1); !errors.Is(err, ErrInconsistent) {
		t.Errorf("last byte: got %v", err)
	}
	if got, err := d.Range(0, 10); err != nil || !bytes.Equal(got, e.blob[:10]) {
		t.Errorf("first bytes: %v", err)
	}
}
