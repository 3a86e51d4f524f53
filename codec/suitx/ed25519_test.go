package suitx

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// Wycheproof's vectors through the function that VerifyTransaction uses. Keys
// and points of its valid cases are canonical, so ours takes exactly these.
func TestWycheproof(t *testing.T) {
	b, err := os.ReadFile("../../../shared/testdata/wycheproof/ed25519.json")
	if err != nil {
		missing(t, "shared", "../shared/testdata")
	}
	var file struct {
		NumberOfTests int
		TestGroups    []struct {
			PublicKey struct{ PK hexBytes }
			Tests     []struct {
				TCID     int
				Comment  string
				Msg, Sig hexBytes
				Result   string
			}
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, g := range file.TestGroups {
		for _, c := range g.Tests {
			n++
			if got := VerifyEd25519(g.PublicKey.PK, c.Msg, c.Sig); got != (c.Result == "valid") {
				t.Errorf("case %d (%s): got %v for %s", c.TCID, c.Comment, got, c.Result)
			}
		}
	}
	if n != file.NumberOfTests || n == 0 {
		t.Errorf("%d of %d cases ran", n, file.NumberOfTests)
	}
}

// Small-order keys: crypto/ed25519 takes "signatures" made without a secret.
// These are all their encodings, canonical and not.
func TestRefusesKeysOfSmallOrder(t *testing.T) {
	accepted := 0
	for _, key := range weakKeys(t) {
		if !isWeakKey([32]byte(key)) {
			t.Errorf("key %x isn't recognized", key)
		}
		for i := range 64 {
			msg, sig := []byte{byte(i)}, make([]byte, 64)
			sig[0] = 1 // R is the neutral element and S is zero
			if ed25519.Verify(key, msg, sig) {
				accepted++
			}
			if VerifyEd25519(key, msg, sig) {
				t.Errorf("key %x signed message %d without a secret", key, i)
			}
		}
	}
	if accepted == 0 {
		t.Error("no key was accepted by crypto/ed25519: this test proves nothing")
	}
}

func weakKeys(t *testing.T) (keys [][]byte) {
	t.Helper()
	for _, digits := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000", // order 4
		"0100000000000000000000000000000000000000000000000000000000000000", // order 1
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 2
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", // order 8
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p: y = 0
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p + 1: y = 1
	} {
		key, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		negative := append([]byte(nil), key...)
		negative[31] |= 0x80
		keys = append(keys, key, negative)
	}
	return keys
}

func TestRefusesKeysNotCanonical(t *testing.T) {
	for y := byte(0xed); y != 0; y++ { // p … 2^255 − 1
		key := [32]byte(fill(0xff))
		key[0], key[31] = y, 0x7f
		if !isWeakKey(key) {
			t.Errorf("p + %d is canonical", y-0xed)
		}
	}
	for range 100 {
		pub, priv, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if isWeakKey([32]byte(pub)) || !VerifyEd25519(pub, []byte("m"), ed25519.Sign(priv, []byte("m"))) {
			t.Errorf("an honest key was refused: %x", pub)
		}
	}
}

// missing skips loudly, or fails when FLOE_REQUIRE asks for what is missing.
func missing(t *testing.T, what, where string) {
	t.Helper()
	msg := "LOUD: needs " + what + " (" + where + "); FLOE_REQUIRE=" + what + " makes this a failure"
	if strings.Contains(os.Getenv("FLOE_REQUIRE"), what) {
		t.Fatal(msg)
	}
	t.Skip(msg)
}
