package bls

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"math/big"
	"testing"

	bls12381 "github.com/consensys/gnark-crypto/ecc/bls12-381"
)

func TestSignVerifyAggregate(t *testing.T) {
	msg := Confirmation{Epoch: 7, BlobID: [32]byte{1}}.Marshal()
	keys, pubs, sigs := signers(t, 13, msg)
	for i, pub := range pubs {
		if err := pub.Verify(msg, sigs[i]); err != nil {
			t.Errorf("signer %d: %v", i, err)
		}
	}
	if err := pubs[0].Verify(msg, sigs[1]); !errors.Is(err, ErrBadSignature) {
		t.Errorf("another's signature: %v", err)
	}
	agg, err := Aggregate(sigs)
	if err != nil {
		t.Fatal(err)
	}
	if err := VerifyAggregate(pubs, msg, agg); err != nil {
		t.Error(err)
	}
	if err := VerifyAggregate(pubs[1:], msg, agg); !errors.Is(err, ErrBadSignature) {
		t.Errorf("aggregate with a signer too many: %v", err)
	}
	msg[8] ^= 1
	if err := VerifyAggregate(pubs, msg, agg); !errors.Is(err, ErrBadSignature) {
		t.Errorf("aggregate over another message: %v", err)
	}
	b := keys[3].Bytes()
	again, err := ParseKey(b[:])
	if err != nil || again.Public() != keys[3].Public() {
		t.Errorf("key came back different: %v", err)
	}
}

// EIP-2333's first case: its master key is KeyGen of the seed.
func TestKeyFromSeed(t *testing.T) {
	seed, _ := hex.DecodeString("c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04")
	k, err := KeyFromSeed(seed)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := new(big.Int).SetString("6083874454709270928345386274498605044986640685124978867557563392430687146096", 10)
	if k.s.Cmp(want) != 0 {
		t.Errorf("got %v", &k.s)
	}
	if _, err := KeyFromSeed(seed[:31]); err == nil {
		t.Error("a seed of 31 bytes was taken")
	}
}

func TestPublicKeyForms(t *testing.T) {
	k, _ := GenerateKey(rand.Reader)
	pub := k.Public()
	short, long := pub.Compressed(), pub.Uncompressed()
	for _, b := range [][]byte{short[:], long[:]} {
		if got, err := ParsePublicKey(b); err != nil || got != pub {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
	infinity, infinityLong := append([]byte{0xc0}, make([]byte, 47)...), append([]byte{0x40}, make([]byte, 95)...)
	off := bytes.Clone(long[:])
	off[95] ^= 1
	for name, b := range map[string][]byte{
		"empty": nil, "cut": short[:47], "infinity": infinity, "long infinity": infinityLong,
		"off the curve": off, "outside the subgroup": outsideSubgroup(t),
		"short form in 96 bytes": append(short[:48:48], make([]byte, 48)...),
	} {
		if _, err := ParsePublicKey(b); !errors.Is(err, ErrBadKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// outsideSubgroup finds a point of the curve that isn't in G1.
func outsideSubgroup(t *testing.T) []byte {
	for x := byte(1); x < 200; x++ {
		b := append([]byte{0x80}, make([]byte, 47)...)
		b[47] = x
		var p bls12381.G1Affine
		d := bls12381.NewDecoder(bytes.NewReader(b), bls12381.NoSubgroupChecks())
		if d.Decode(&p) == nil && !p.IsInSubGroup() {
			return b
		}
	}
	t.Fatal("no such point")
	return nil
}

func TestRefusesBadSignatures(t *testing.T) {
	k, _ := GenerateKey(rand.Reader)
	msg := []byte("message")
	sig, _ := k.Sign(msg)
	flipped := bytes.Clone(sig)
	flipped[95] ^= 1
	for name, b := range map[string][]byte{
		"empty": nil, "cut": sig[:95], "longer": append(bytes.Clone(sig), 0), "flipped": flipped,
		"infinity": append([]byte{0xc0}, make([]byte, 95)...),
	} {
		if err := k.Public().Verify(msg, b); !errors.Is(err, ErrBadSignature) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Aggregate([][]byte{sig, b}); name != "flipped" && !errors.Is(err, ErrBadSignature) {
			t.Errorf("%s in an aggregate: %v", name, err)
		}
	}
	if err := (PublicKey{}).Verify(msg, sig); !errors.Is(err, ErrBadSignature) {
		t.Errorf("zero key: %v", err)
	}
	if err := VerifyAggregate(nil, msg, sig); !errors.Is(err, ErrBadSignature) {
		t.Errorf("no keys: %v", err)
	}
	if _, err := Aggregate(nil); !errors.Is(err, ErrBadSignature) {
		t.Errorf("no signatures: %v", err)
	}
}

func signers(t *testing.T, n int, msg []byte) (keys []*Key, pubs []PublicKey, sigs [][]byte) {
	t.Helper()
	for range n {
		k, err := GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		sig, err := k.Sign(msg)
		if err != nil {
			t.Fatal(err)
		}
		keys, pubs, sigs = append(keys, k), append(pubs, k.Public()), append(sigs, sig)
	}
	return keys, pubs, sigs
}
