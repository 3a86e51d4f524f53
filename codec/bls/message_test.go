package bls

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"testing"
)

func TestConfirmation(t *testing.T) {
	id, object := [32]byte{0xaa, 31: 0xbb}, [32]byte{0xcc, 31: 0xdd}
	zeros := hex.EncodeToString(make([]byte, 30))
	for _, c := range []struct {
		c    Confirmation
		want string
	}{
		{Confirmation{Epoch: 258, BlobID: id}, "01000302010000aa" + zeros + "bb00"},
		{Confirmation{Epoch: 1, BlobID: id, Deletable: true, ObjectID: object},
			"01000301000000aa" + zeros + "bb01cc" + zeros + "dd"},
	} {
		b := c.c.Marshal()
		if hex.EncodeToString(b) != c.want {
			t.Errorf("got %x", b)
		}
		if got, err := ParseConfirmation(b); err != nil || got != c.c {
			t.Errorf("came back as %+v, %v", got, err)
		}
		for _, at := range []int{0, 1, 2, headerSize + 32} {
			bad := append([]byte(nil), b...)
			bad[at] ^= 4
			if _, err := ParseConfirmation(bad); !errors.Is(err, ErrMalformed) {
				t.Errorf("byte %d changed: %v", at, err)
			}
		}
		if _, err := ParseConfirmation(b[:len(b)-1]); !errors.Is(err, ErrMalformed) {
			t.Errorf("cut: %v", err)
		}
	}
}

func TestPossession(t *testing.T) {
	k, _ := GenerateKey(rand.Reader)
	other, _ := GenerateKey(rand.Reader)
	address := [32]byte{5}
	proof, err := k.ProvePossession(3, address)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Public().VerifyPossession(3, address, proof); err != nil {
		t.Error(err)
	}
	if k.Public().VerifyPossession(4, address, proof) == nil ||
		k.Public().VerifyPossession(3, [32]byte{6}, proof) == nil ||
		other.Public().VerifyPossession(3, address, proof) == nil {
		t.Error("the proof holds for something else")
	}
}

func FuzzConfirmationRoundTrip(f *testing.F) {
	f.Add(Confirmation{Epoch: 9, BlobID: [32]byte{1}}.Marshal())
	f.Add(Confirmation{Epoch: 9, BlobID: [32]byte{1}, Deletable: true, ObjectID: [32]byte{2}}.Marshal())
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := ParseConfirmation(b); err == nil && string(c.Marshal()) != string(b) {
			t.Errorf("%x came back as %x", b, c.Marshal())
		}
	})
}
