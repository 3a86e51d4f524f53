package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"floe/crypto"
)

// secretForms returns every shape in which a link's secret, or the identity
// that follows from it, could show up somewhere.
func secretForms(t *testing.T, text string) [][]byte {
	t.Helper()
	link, err := crypto.ParseLink(text)
	if err != nil || link.Secret == nil {
		t.Fatalf("the page's link can't be read: %v", err)
	}
	_, fragment, _ := strings.Cut(text, ".")
	raw := link.Secret.Key[:]
	forms := [][]byte{
		[]byte(fragment),
		raw,
		[]byte(hex.EncodeToString(raw)),
		[]byte(strings.ToUpper(hex.EncodeToString(raw))),
		[]byte(base64.RawURLEncoding.EncodeToString(raw))[:42],
		[]byte(base64.RawStdEncoding.EncodeToString(raw))[:42],
	}
	if !link.Secret.Passphrase {
		identity, err := link.Secret.Identity("")
		if err != nil {
			t.Fatal(err)
		}
		forms = append(forms, []byte(identity.String()), []byte(strings.ToLower(identity.String())))
	}
	return forms
}

// reportNeedles fails the test for each needle in a haystack. It doesn't print
// the needle: logs of tests are kept, too.
func reportNeedles(t *testing.T, where string, haystack []byte, needles [][]byte) {
	t.Helper()
	for i, needle := range needles {
		if len(needle) > 0 && bytes.Contains(haystack, needle) {
			t.Errorf("%s holds secret or plaintext number %d (%d bytes)", where, i, len(needle))
		}
	}
}
