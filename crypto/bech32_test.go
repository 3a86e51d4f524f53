package crypto

import (
	"bytes"
	"strings"
	"testing"

	"filippo.io/age"
)

// BIP-173's own examples, without the limit of 90 characters.
func TestBech32Vectors(t *testing.T) {
	for text, prefix := range map[string]string{
		"A12UEL5L": "a",
		"a12uel5l": "a",
		"an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs": "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio",
		"11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j": "1",
	} {
		b, err := bech32Decode(prefix, text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := bech32Encode(prefix, b, text == strings.ToUpper(text) && prefix == "a"); got != text {
			t.Errorf("%q was written as %q", text, got)
		}
	}
	for text, prefix := range map[string]string{
		"1pzry9x0s0muk": "x", "x1b4n0q5v": "x", "li1dgmt3": "li", "A1G7SGD8": "a",
		"a12UEL5L": "a", "a12uel5m": "a", "b12uel5l": "b", "": "a", "a1": "a",
		"a\u212a12uel5l": "ak",
	} {
		if b, err := bech32Decode(prefix, text); err == nil {
			t.Errorf("%q was read as %x", text, b)
		}
	}
}

func TestBech32AgreesWithAge(t *testing.T) {
	for range 20 {
		id, err := NewParcelIdentity()
		if err != nil {
			t.Fatal(err)
		}
		secret, err := bech32Decode("age-secret-key-pq-", id.String())
		if err != nil || len(secret) != 32 {
			t.Fatalf("%d bytes, %v", len(secret), err)
		}
		if got := hybridIdentity(secret); got.String() != id.String() {
			t.Error("age reads another identity than was written")
		}
		r, err := bech32Decode("age1pq", id.Recipient().String())
		if err != nil || bech32Encode("age1pq", r, false) != id.Recipient().String() {
			t.Errorf("recipient isn't written as age does: %v", err)
		}
	}
	if _, err := age.ParseHybridIdentity(bech32Encode("age-secret-key-pq-", bytes.Repeat([]byte{7}, 32), true)); err != nil {
		t.Error(err)
	}
}
