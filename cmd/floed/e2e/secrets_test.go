package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"regexp"
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
	forms := append(rawForms(link.Secret.Key[:]), []byte(fragment))
	if !link.Secret.Passphrase {
		identity, err := link.Secret.Identity("")
		if err != nil {
			t.Fatal(err)
		}
		forms = append(forms, identityForms(t, identity.String())...)
	}
	return forms
}

// identityForms returns the shapes of the first age identity in a text.
func identityForms(t *testing.T, text string) [][]byte {
	t.Helper()
	identity := regexp.MustCompile(`AGE-SECRET-KEY-PQ-1[A-Z0-9]+`).FindString(text)
	if _, err := crypto.ParseParcelIdentity(identity); err != nil {
		t.Fatalf("no identity is to be found: %v", err)
	}
	return append(rawForms(unBech32(t, identity)), []byte(identity), []byte(strings.ToLower(identity)))
}

// rawForms returns the shapes of 32 secret bytes. The last character of a
// base64 text without padding depends on what follows and is left off.
func rawForms(raw []byte) [][]byte {
	return [][]byte{
		raw,
		[]byte(hex.EncodeToString(raw)),
		[]byte(strings.ToUpper(hex.EncodeToString(raw))),
		[]byte(base64.RawURLEncoding.EncodeToString(raw))[:42],
		[]byte(base64.RawStdEncoding.EncodeToString(raw))[:42],
	}
}

// unBech32 returns the 32 bytes that a bech32 text holds; its checksum was
// verified by whoever parsed it.
func unBech32(t *testing.T, text string) []byte {
	t.Helper()
	const alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
	digits := text[strings.LastIndexByte(text, '1')+1:]
	var raw []byte
	bits, n := 0, 0
	for _, c := range digits[:len(digits)-6] {
		bits, n = bits<<5|strings.IndexRune(alphabet, c), n+5
		if n >= 8 {
			n -= 8
			raw = append(raw, byte(bits>>n))
			bits &= 1<<n - 1
		}
	}
	if len(raw) != 32 {
		t.Fatalf("an identity of %d bytes, want 32", len(raw))
	}
	return raw
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
