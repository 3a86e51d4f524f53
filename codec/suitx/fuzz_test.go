package suitx

import (
	"bytes"
	mathrand "math/rand/v2"
	"testing"
)

// What is read as a transaction is written back byte for byte, and its parts hold.
func FuzzTransactionRoundTrip(f *testing.F) {
	for _, v := range readVectors(f).Transactions {
		f.Add([]byte(v.BCS))
	}
	rng := mathrand.New(mathrand.NewPCG(3, 4))
	for range 20 {
		f.Add(randomTransaction(rng).Marshal())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tx, err := UnmarshalTransactionData(b)
		if err != nil {
			return
		}
		if !bytes.Equal(tx.Marshal(), b) {
			t.Errorf("%x came back as %x", b, tx.Marshal())
		}
		if k, err := UnmarshalKind(tx.KindBytes()); err != nil || !bytes.Equal(k.KindBytes(), tx.KindBytes()) {
			t.Errorf("the kind of %x doesn't come back: %v", b, err)
		}
	})
}

// No input makes a reader panic; what it takes is written back byte for byte.
func FuzzReaderNeverPanics(f *testing.F) {
	v := readVectors(f)
	for _, b := range v.Objects {
		f.Add([]byte(b))
	}
	for _, b := range v.Effects {
		f.Add([]byte(b))
	}
	for _, ty := range v.Types {
		f.Add([]byte(ty.BCS))
	}
	rng := mathrand.New(mathrand.NewPCG(5, 6))
	f.Add(MarshalEvents([]Event{{fill(1), "parcel", fill(2), CoinOf(SUI()), []byte{1}}, {fill(3), "m", fill(4), *randomStruct(rng), nil}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if o, err := UnmarshalObject(b); err == nil && (!bytes.Equal(o.Marshal(), b) || o.Ref().ID != o.ID()) {
			t.Errorf("object %x came back as %x", b, o.Marshal())
		}
		if e, err := UnmarshalEffects(b); err == nil && !bytes.Equal(e.Marshal(), b) {
			t.Errorf("effects %x came back as %x", b, e.Marshal())
		}
		if e, err := UnmarshalEvents(b); err == nil && !bytes.Equal(MarshalEvents(e), b) {
			t.Errorf("events %x came back as %x", b, MarshalEvents(e))
		}
		if tag, err := UnmarshalTypeTag(b); err == nil {
			again, err := ParseTypeTag(tag.String())
			if err != nil || !again.Equal(tag) || !bytes.Equal(tag.Marshal(), b) {
				t.Errorf("type %s came back as %s, %v", tag, again, err)
			}
		}
	})
}

func randomStruct(rng *mathrand.Rand) *StructTag {
	for {
		if tag := randomType(rng); tag.Kind == TypeStruct {
			return tag.Struct
		}
	}
}

// What ParseTypeTag takes, it takes again in the form that String gives.
func FuzzTypeTextRoundTrip(f *testing.F) {
	for _, ty := range readVectors(f).Types {
		f.Add(ty.Text)
		f.Add(ty.Full)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tag, err := ParseTypeTag(s)
		if err != nil {
			return
		}
		if again, err := ParseTypeTag(tag.String()); err != nil || !again.Equal(tag) {
			t.Errorf("%q became %s, then %s, %v", s, tag, again, err)
		}
	})
}
