package crypto

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// derivations is testdata/derive.json, written by testdata/derive.mjs with
// Node's crypto and typage.
type derivations struct {
	Seeds []struct {
		Seed          string
		Export        string
		Identity      string
		RecipientHash string `json:"recipient_hash"`
		VerifyKey     string `json:"verify_key"`
		Fingerprint   string
		Words         string
		ParcelKeys    map[uint32]string `json:"parcel_keys"`
	}
	Links []struct {
		Key, ID    string
		Passphrase *string
		Fragment   string
		Slot       string
		Identity   string
	}
}

func readDerivations(t testing.TB) *derivations {
	b, err := os.ReadFile("testdata/derive.json")
	if err != nil {
		t.Fatal(err)
	}
	var d derivations
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Seeds) < 3 || len(d.Links) < 4 {
		t.Fatal("vectors are missing")
	}
	return &d
}

func bytes32(t testing.TB, s string) [32]byte {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 32 {
		t.Fatalf("not 32 bytes: %q", s)
	}
	return [32]byte(b)
}

func TestSeedDerivations(t *testing.T) {
	for _, v := range readDerivations(t).Seeds {
		seed := Seed(bytes32(t, v.Seed))
		id := seed.Identity()
		p := id.Profile()
		for _, c := range []struct{ what, got, want string }{
			{"export", seed.Export(), v.Export},
			{"identity", id.Hybrid.String(), v.Identity},
			{"recipient", p.Recipient.String(), v.RecipientHash},
			{"verify key", hex.EncodeToString(p.VerifyKey[:]), v.VerifyKey},
			{"fingerprint", id.Fingerprint().Words(), v.Words},
		} {
			if c.got != c.want {
				t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
			}
		}
		if id.Fingerprint() != Fingerprint(bytes32(t, v.Fingerprint)) {
			t.Error("fingerprint differs")
		}
		for i, want := range v.ParcelKeys {
			got := seed.ParcelKey(i).Public().(ed25519.PublicKey)
			if hex.EncodeToString(got) != want {
				t.Errorf("parcel key %d: %x, want %s", i, got, want)
			}
		}
		if len(v.ParcelKeys) < 4 {
			t.Error("parcel keys are missing")
		}
	}
}

func TestLinkDerivations(t *testing.T) {
	for _, v := range readDerivations(t).Links {
		s := &Secret{Key: bytes32(t, v.Key), Passphrase: v.Passphrase != nil}
		l := Link{Parcel: bytes32(t, v.ID), Secret: s}
		if l.Fragment() != v.Fragment {
			t.Errorf("fragment %s, want %s", l.Fragment(), v.Fragment)
		}
		if parsed, err := ParseLink(v.Fragment); err != nil || parsed.Parcel != l.Parcel || *parsed.Secret != *s {
			t.Errorf("%s is read otherwise: %v", v.Fragment, err)
		}
		if s.Slot() != bytes32(t, v.Slot) {
			t.Error("slot differs")
		}
		var passphrase string
		if v.Passphrase != nil {
			passphrase = *v.Passphrase
		}
		id, err := s.Identity(passphrase)
		if err != nil || id.String() != v.Identity {
			t.Errorf("identity differs: %v", err)
		}
	}
}

func TestPassphraseIsNormalized(t *testing.T) {
	s := NewSecret(true)
	composed, err := s.Identity("Ångström")
	if err != nil {
		t.Fatal(err)
	}
	for _, same := range []string{norm.NFD.String("Ångström"), "\u212bngström", " Ångström\r\n"} {
		if got, err := s.Identity(same); err != nil || got.String() != composed.String() {
			t.Errorf("%q gives another identity: %v", same, err)
		}
	}
	if got, err := s.Identity("ångström"); err != nil || got.String() == composed.String() {
		t.Errorf("case doesn't count: %v", err)
	}
}

func TestPassphraseNeeded(t *testing.T) {
	for _, none := range []string{"", " \n"} {
		if _, err := NewSecret(true).Identity(none); err != ErrPassphraseNeeded {
			t.Error(err)
		}
	}
	s := NewSecret(false)
	a, err := s.Identity("")
	b, err2 := s.Identity("ignored")
	if err != nil || err2 != nil || a.String() != b.String() {
		t.Errorf("a passphrase that isn't needed isn't ignored: %v, %v", err, err2)
	}
	s.Passphrase = true
	if c, err := s.Identity("ignored"); err != nil || c.String() == a.String() {
		t.Errorf("a passphrase that is needed is ignored: %v", err)
	}
}

// The labels keep purposes apart only if they differ.
func TestLabelsDiffer(t *testing.T) {
	labels := []string{
		labelLastingIdentity, labelLastingSigningKey, labelParcelKey, labelLinkSlot, labelLinkIdentity,
		labelLinkIdentityPhrase, labelLinkSalt, labelLinkChecksum, labelFingerprint, labelGrant,
	}
	slices.Sort(labels)
	for i := 1; i < len(labels); i++ {
		if strings.HasPrefix(labels[i], labels[i-1]) {
			t.Errorf("%q begins with %q", labels[i], labels[i-1])
		}
	}
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range labels {
		if !bytes.Contains(doc, []byte(`"`+strings.TrimSpace(l))) {
			t.Errorf("%q isn't documented", l)
		}
	}
}
