package suitx

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

type keyVector struct {
	Scheme      byte
	Secret, Key hexBytes
	Text        string
	Address     Address
}

// readKeys reads what testdata/keys.mjs wrote with @mysten/sui.
func readKeys(t testing.TB) (keys []keyVector) {
	t.Helper()
	b, err := os.ReadFile("testdata/keys.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &keys); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 12 {
		t.Fatalf("there are %d keys", len(keys))
	}
	return keys
}

func TestKeyVectorsAreFresh(t *testing.T) {
	want, err := os.ReadFile("testdata/keys.json")
	if err != nil {
		t.Fatal(err)
	}
	if got := runNode(t, "testdata/keys.mjs", ""); !bytes.Equal(got, want) {
		t.Error("testdata/keys.json differs from what testdata/keys.mjs writes")
	}
}

func TestSuiPrivateKey(t *testing.T) {
	for _, k := range readKeys(t) {
		for _, text := range []string{k.Text, strings.ToUpper(k.Text)} {
			scheme, secret, err := ParseSuiPrivateKey(text)
			if err != nil || scheme != k.Scheme || !bytes.Equal(secret[:], k.Secret) {
				t.Errorf("%s gave scheme %d, %x, %v", text, scheme, secret, err)
			}
		}
		if text, err := FormatSuiPrivateKey(k.Scheme, [32]byte(k.Secret)); err != nil || text != k.Text {
			t.Errorf("%x was written as %s (%v), not %s", k.Secret, text, err, k.Text)
		}
		if k.Scheme == SchemeEd25519 {
			if got := AddressOf(ed25519.NewKeyFromSeed(k.Secret).Public().(ed25519.PublicKey)); got != k.Address {
				t.Errorf("%s gives %s, not %s", k.Text, got, k.Address)
			}
		}
	}
}

func TestRefusesBadPrivateKeys(t *testing.T) {
	good := readKeys(t)[0].Text
	bad := map[string]string{
		"empty":        "",
		"prefix alone": "suiprivkey1",
		"other prefix": bech32Encode("suipubkey", make([]byte, 33)),
		"short":        bech32Encode(keyPrefix, make([]byte, 32)),
		"long":         bech32Encode(keyPrefix, make([]byte, 34)),
		"mixed case":   strings.ToUpper(good[:20]) + good[20:],
		"other script": "ſ" + good[1:],
		"Kelvin":       strings.Replace(strings.ToUpper(good), "K", "\u212a", 1),
		"space":        good + "\n",
		"multisig":     bech32Encode(keyPrefix, append([]byte{SchemeMultisig}, make([]byte, 32)...)),
		"zkLogin":      bech32Encode(keyPrefix, append([]byte{SchemeZkLogin}, make([]byte, 32)...)),
		"k1, zero":     bech32Encode(keyPrefix, append([]byte{SchemeSecp256k1}, make([]byte, 32)...)),
		"r1, too much": bech32Encode(keyPrefix, append([]byte{SchemeSecp256r1}, bytes.Repeat([]byte{0xff}, 32)...)),
		"k1, order":    bech32Encode(keyPrefix, append([]byte{SchemeSecp256k1}, unhex(t, order256k1)...)),
		"r1, order":    bech32Encode(keyPrefix, append([]byte{SchemeSecp256r1}, unhex(t, order256r1)...)),
	}
	for name, text := range bad {
		if _, secret, err := ParseSuiPrivateKey(text); !errors.Is(err, ErrBadKey) || secret != [32]byte{} {
			t.Errorf("%s gave %v", name, err)
		} else if len(text) > 20 && strings.Contains(err.Error(), text[12:]) {
			t.Errorf("%s: the error tells the secret", name)
		}
	}
	// Bech32 finds every single wrong character, whichever it is.
	for i := len(keyPrefix) + 1; i < len(good); i++ {
		for _, d := range bech32Digits {
			if byte(d) == good[i] {
				continue
			}
			if _, _, err := ParseSuiPrivateKey(good[:i] + string(d) + good[i+1:]); err == nil {
				t.Fatalf("%c at %d was accepted", d, i)
			}
		}
	}
	if _, err := FormatSuiPrivateKey(SchemePasskey, [32]byte{1}); !errors.Is(err, ErrUnsupportedScheme) {
		t.Errorf("a passkey's secret gave %v", err)
	}
}

func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
