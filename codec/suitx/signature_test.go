package suitx

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"testing"
)

type signatureVectors struct {
	Message, Transaction hexBytes
	Valid                map[string]struct {
		Scheme                byte
		Address               Address
		Transaction, Personal hexBytes
	}
	Refused map[string]struct {
		Why         string
		Address     Address
		Transaction hexBytes
	}
}

// readSignatures reads what testdata/signatures.mjs wrote with @mysten/sui.
func readSignatures(t testing.TB) *signatureVectors {
	t.Helper()
	b, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	v := &signatureVectors{}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
	if len(v.Valid) < 10 || len(v.Refused) < 40 {
		t.Fatalf("there are %d valid and %d refused signatures", len(v.Valid), len(v.Refused))
	}
	return v
}

func TestSignatureVectorsAreFresh(t *testing.T) {
	want, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	if got := runNode(t, "testdata/signatures.mjs", ""); !bytes.Equal(got, want) {
		t.Error("testdata/signatures.json differs from what testdata/signatures.mjs writes")
	}
}

func TestVerifiesWhatSuiSigns(t *testing.T) {
	v := readSignatures(t)
	for name, s := range v.Valid {
		if err := VerifyTransaction(v.Transaction, s.Transaction, s.Address); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		parsed, err := ParseSignature(s.Transaction)
		if err != nil || parsed.Scheme() != s.Scheme || parsed.Signer() != s.Address {
			t.Errorf("%s: parsed as %+v, %v", name, parsed, err)
		} else if !bytes.Equal(parsed.Marshal(), s.Transaction) {
			t.Errorf("%s came back as\n%x, not\n%x", name, parsed.Marshal(), s.Transaction)
		}
		if err := VerifyTransaction(v.Transaction, s.Transaction, fill(1)); !errors.Is(err, ErrBadSignature) {
			t.Errorf("%s: as another's: %v", name, err)
		}
		if len(s.Personal) == 0 {
			continue
		}
		if err := VerifyPersonalMessage(v.Message, s.Personal, s.Address); err != nil {
			t.Errorf("%s: message: %v", name, err)
		}
		if err := VerifyTransaction(v.Message, s.Personal, s.Address); !errors.Is(err, ErrBadSignature) {
			t.Errorf("%s: a message's signature counted for a transaction: %v", name, err)
		}
		if err := VerifyPersonalMessage(v.Transaction, s.Transaction, s.Address); !errors.Is(err, ErrBadSignature) {
			t.Errorf("%s: a transaction's signature counted for a message: %v", name, err)
		}
	}
}

func TestRefusedSignatures(t *testing.T) {
	v := readSignatures(t)
	for name, s := range v.Refused {
		want := map[string]error{"bad": ErrBadSignature, "unsupported": ErrUnsupportedScheme}[s.Why]
		if err := VerifyTransaction(v.Transaction, s.Transaction, s.Address); want == nil || !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRefusesHighS(t *testing.T) {
	v := readSignatures(t)
	for name, order := range map[string]string{"secp256k1": order256k1, "secp256r1": order256r1} {
		s := v.Valid[name]
		high := bytes.Clone(s.Transaction)
		copy(high[1:65], withOtherS(high[1:65], order))
		hash := SigningDigest(v.Transaction)
		if !engines[name].ours(high[65:], sha256.Sum256(hash[:]), [64]byte(high[1:])) {
			t.Errorf("%s: the high s is no ECDSA signature: this test proves nothing", name)
		}
		if err := VerifyTransaction(v.Transaction, high, s.Address); !errors.Is(err, ErrBadSignature) {
			t.Errorf("%s: high s: %v", name, err)
		}
	}
	// The passkey's, and a member's of a multisig, at their places.
	pass := bytes.Clone(v.Valid["passkey"].Transaction)
	at := len(pass) - 97
	copy(pass[at:at+64], withOtherS(pass[at:at+64], order256r1))
	if err := VerifyTransaction(v.Transaction, pass, v.Valid["passkey"].Address); !errors.Is(err, ErrBadSignature) {
		t.Errorf("passkey, high s: %v", err)
	}
	three := bytes.Clone(v.Valid["multisig, three keys"].Transaction)
	at = 2 + 65 + 1 // count, Ed25519, the second one's variant
	copy(three[at:at+64], withOtherS(three[at:at+64], order256k1))
	if err := VerifyTransaction(v.Transaction, three, v.Valid["multisig, three keys"].Address); !errors.Is(err, ErrBadSignature) {
		t.Errorf("multisig, high s: %v", err)
	}
}

// Each single bit of a signature counts, and so does each of what is signed.
func TestAnyFlippedBitIsRefused(t *testing.T) {
	v := readSignatures(t)
	for name, s := range v.Valid {
		sig := bytes.Clone(s.Transaction)
		step := 1
		if len(sig) > 200 { // a multisig of ten takes long
			step = 7
		}
		for i := 0; i < 8*len(sig); i += step {
			sig[i/8] ^= 1 << (i % 8)
			if VerifyTransaction(v.Transaction, sig, s.Address) == nil {
				t.Errorf("%s: took the signature with bit %d flipped", name, i)
			}
			sig[i/8] ^= 1 << (i % 8)
		}
		tx := bytes.Clone(v.Transaction)
		tx[len(tx)/2] ^= 4
		if VerifyTransaction(tx, s.Transaction, s.Address) == nil {
			t.Errorf("%s: counted for another transaction", name)
		}
	}
}

// No input makes the verifier panic, and nothing verifies but what keys signed.
// A key's signature may well stand in another multisig that it belongs to: that
// is another account, whose transaction it isn't.
func FuzzVerifyNeverPanics(f *testing.F) {
	v := readSignatures(f)
	made := make(map[string]bool)
	for _, s := range v.Valid {
		parsed, err := ParseSignature(s.Transaction)
		if err != nil {
			f.Fatal(err)
		}
		for _, one := range single(parsed) {
			made[string(one)] = true
		}
		f.Add([]byte(s.Transaction))
	}
	for _, s := range v.Refused {
		f.Add([]byte(s.Transaction))
	}
	f.Fuzz(func(t *testing.T, sig []byte) {
		parsed, err := ParseSignature(sig)
		if err != nil {
			if !errors.Is(err, ErrBadSignature) && !errors.Is(err, ErrUnsupportedScheme) {
				t.Errorf("%x: %v", sig, err)
			}
			return
		}
		if !bytes.Equal(parsed.Marshal(), sig) {
			t.Errorf("%x came back as %x", sig, parsed.Marshal())
		}
		if VerifyTransaction(v.Transaction, sig, parsed.Signer()) != nil {
			return
		}
		for _, one := range single(parsed) {
			if !made[string(one)] {
				t.Errorf("%x verified, and nobody made %x", sig, one)
			}
		}
	})
}

// single returns the signatures of single keys in s.
func single(s Signature) (all [][]byte) {
	if m, ok := s.(*Multisig); ok {
		for _, one := range m.Signatures {
			all = append(all, single(one)...)
		}
		return all
	}
	return [][]byte{s.Marshal()}
}
