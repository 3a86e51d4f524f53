package suitx

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"floe/codec/bcs"
)

// hexBytes is hex in JSON.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

// vectors is what testdata/vectors.mjs wrote with @mysten/sui.
type vectors struct {
	Transactions map[string]struct {
		BCS, Kind hexBytes
		Digest    Digest
		Sender    Address
		Signature hexBytes
	}
	Secp256k1, Personal, SystemKind hexBytes
	Types                           []struct {
		Text, Full string
		BCS        hexBytes
	}
	Addresses []struct {
		Text string
		BCS  hexBytes
	}
	Refs []struct {
		Digest Digest
		BCS    hexBytes
	}
	Objects, Effects []hexBytes

	CoinDigest, EffectsDigest Digest
	Created                   []struct {
		Counter uint64
		ID      Address
	}
	Fields []struct {
		Parent, ID Address
		Type       string
		Key        hexBytes
	}
}

func readVectors(t testing.TB) *vectors {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	v := &vectors{}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTransactionVectors(t *testing.T) {
	for name, v := range readVectors(t).Transactions {
		tx, err := UnmarshalTransactionData(v.BCS)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := tx.Marshal(); !bytes.Equal(got, v.BCS) {
			t.Errorf("%s came back as\n%x, not\n%x", name, got, v.BCS)
		}
		if tx.Digest() != v.Digest || tx.Sender != v.Sender {
			t.Errorf("%s: digest %s and sender %s, not %s and %s", name, tx.Digest(), tx.Sender, v.Digest, v.Sender)
		}
		if !bytes.Equal(tx.KindBytes(), v.Kind) {
			t.Errorf("%s: kind is %x, not %x", name, tx.KindBytes(), v.Kind)
		}
		if k, err := UnmarshalKind(v.Kind); err != nil || !bytes.Equal(k.KindBytes(), v.Kind) {
			t.Errorf("%s: kind alone: %v", name, err)
		}
		if err := VerifyTransaction(v.BCS, v.Signature, v.Sender); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRefusesOtherKinds(t *testing.T) {
	v := readVectors(t)
	if _, err := UnmarshalTransactionData(v.SystemKind); !errors.Is(err, ErrUnsupported) {
		t.Errorf("system transaction: %v", err)
	}
	if _, err := UnmarshalTransactionData([]byte{1}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("version 2: %v", err)
	}
	if _, err := UnmarshalEffects([]byte{0}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("effects version 1: %v", err)
	}
	long := append(bytes.Clone(v.Transactions["empty"].BCS), 0)
	if _, err := UnmarshalTransactionData(long); !errors.Is(err, bcs.ErrMalformed) {
		t.Errorf("a byte too many: %v", err)
	}
}

func TestTypeVectors(t *testing.T) {
	for _, v := range readVectors(t).Types {
		tag, err := ParseTypeTag(v.Text)
		if err != nil {
			t.Error(err)
			continue
		}
		if tag.String() != v.Full || !bytes.Equal(tag.Marshal(), v.BCS) {
			t.Errorf("%s became %s, %x", v.Text, tag, tag.Marshal())
		}
		back, err := UnmarshalTypeTag(v.BCS)
		if err != nil || !back.Equal(tag) {
			t.Errorf("%s came back as %s, %v", v.Text, back, err)
		}
	}
}

func TestAddressAndRefVectors(t *testing.T) {
	v := readVectors(t)
	for _, a := range v.Addresses {
		if got, err := ParseAddress(a.Text); err != nil || !bytes.Equal(got[:], a.BCS) {
			t.Errorf("%s is %x, %v", a.Text, got, err)
		}
	}
	for _, want := range v.Refs {
		r := bcs.NewReader(want.BCS)
		ref := readObjectRef(r)
		var w bcs.Writer
		writeObjectRef(&w, ref)
		if r.Done() != nil || ref.Digest != want.Digest || !bytes.Equal(w.Data(), want.BCS) {
			t.Errorf("reference %x came back as %x, %v", want.BCS, w.Data(), r.Err())
		}
	}
}

func TestObjectVectors(t *testing.T) {
	for i, want := range readVectors(t).Objects {
		o, err := UnmarshalObject(want)
		if err != nil {
			t.Errorf("object %d: %v", i, err)
			continue
		}
		if !bytes.Equal(o.Marshal(), want) {
			t.Errorf("object %d came back as %x, not %x", i, o.Marshal(), want)
		}
		if i == 1 && (o.Move.Type.String() != CoinOf(SUI()).String() || o.Version() != 41 || o.ID()[0] != 50) {
			t.Errorf("gas coin is %s, version %d, ID %s", o.Move.Type, o.Version(), o.ID())
		}
	}
}

func TestEffectsVectors(t *testing.T) {
	seen := map[FailureKind]bool{PackageUpgradeError: true} // only the SDK reads those, see TestSDKReadsOurs
	for i, want := range readVectors(t).Effects {
		e, err := UnmarshalEffects(want)
		if err != nil {
			t.Errorf("effects %d: %v", i, err)
			continue
		}
		if !bytes.Equal(e.Marshal(), want) {
			t.Errorf("effects %d came back as %x, not %x", i, e.Marshal(), want)
		}
		if f := e.Status.Failure; f != nil {
			seen[f.Kind] = true
		}
	}
	if len(seen) != failureKinds {
		t.Errorf("%d of %d kinds of failure have a vector", len(seen), failureKinds)
	}
}

func TestFieldVectors(t *testing.T) {
	for _, v := range readVectors(t).Fields {
		tag, err := ParseTypeTag(v.Type)
		if err != nil {
			t.Fatal(err)
		}
		if got := DynamicFieldID(v.Parent, tag, v.Key); got != v.ID {
			t.Errorf("field under a %s is %s, not %s", v.Type, got, v.ID)
		}
	}
}

func TestDigestAndIDVectors(t *testing.T) {
	v := readVectors(t)
	o, err := UnmarshalObject(v.Objects[1])
	if err != nil || o.Digest() != v.CoinDigest {
		t.Errorf("object's digest is %s, not %s, %v", o.Digest(), v.CoinDigest, err)
	}
	e, err := UnmarshalEffects(v.Effects[0])
	if err != nil || e.Digest() != v.EffectsDigest {
		t.Errorf("effects' digest is %s, not %s, %v", e.Digest(), v.EffectsDigest, err)
	}
	for _, c := range v.Created {
		if got := DerivedObjectID(fill(3), c.Counter); got != c.ID {
			t.Errorf("object %d is %s, not %s", c.Counter, got, c.ID)
		}
	}
}
