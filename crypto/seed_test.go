package crypto

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"
)

func TestSeedExport(t *testing.T) {
	seed := NewSeed()
	text := seed.Export()
	if !strings.HasPrefix(text, "FLOE-SEED-1") {
		t.Errorf("exported as %.12s…", text)
	}
	for what, in := range map[string]string{
		"as it is":   text,
		"lower case": strings.ToLower(text),
		"mixed case": strings.ToLower(text[:9]) + text[9:],
		"spaced":     " " + text[:20] + "\r\n" + text[20:] + "\n",
	} {
		if got, err := ParseSeed(in); err != nil || got != seed {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range text {
		if _, err := ParseSeed(text[:i] + "b" + text[i+1:]); !errors.Is(err, ErrMalformedSeed) {
			t.Errorf("character %d changed: %v", i, err)
		}
		if _, err := ParseSeed(text[:i]); !errors.Is(err, ErrMalformedSeed) {
			t.Errorf("cut to %d: %v", i, err)
		}
	}
	if _, err := ParseSeed(bech32Encode(seedPrefix, seed[:31], true)); !errors.Is(err, ErrMalformedSeed) {
		t.Errorf("31 bytes: %v", err)
	}
	if _, err := ParseSeed(seed.Identity().Hybrid.String()); !errors.Is(err, ErrMalformedSeed) {
		t.Errorf("an identity: %v", err)
	}
}

func TestKeysDiffer(t *testing.T) {
	seen := map[string]string{}
	take := func(what, secret string) {
		if prior, ok := seen[secret]; ok {
			t.Errorf("%s equals %s", what, prior)
		}
		seen[secret] = what
	}
	for s := range 3 {
		seed := NewSeed()
		take(fmt.Sprint("identity of seed ", s), seed.Identity().Hybrid.String())
		take(fmt.Sprint("lasting key of seed ", s), string(seed.Identity().Signer))
		for _, i := range []uint32{0, 1, 255, 256, 1 << 24, 1<<32 - 1} {
			take(fmt.Sprintf("parcel key %d of seed %d", i, s), string(seed.ParcelKey(i)))
		}
	}
}

// Whatever holds a secret, printed by whatever verb, keeps it.
func TestSecretsDontPrint(t *testing.T) {
	seed := NewSeed()
	secret := NewSecret(true)
	parcel, err := NewParcelIdentity()
	if err != nil {
		t.Fatal(err)
	}
	id := seed.Identity()
	grant := Grant{Network: "local", Parcel: parcel}
	link := Link{Secret: secret}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, v := range []any{seed, &seed, *secret, secret, id, *id, grant, &grant, link, &link, []any{seed, link, grant, id}} {
			got := strings.ToLower(fmt.Sprintf(verb, v))
			for _, leak := range []string{
				parcel.String(), id.Hybrid.String(), seed.Export(),
				fmt.Sprintf("%x", seed[:4]), fmt.Sprint(seed[:4]), fmt.Sprintf("%x", secret.Key[:4]), fmt.Sprint(secret.Key[:4]),
				fmt.Sprintf("%x", []byte(id.Signer[:4])), fmt.Sprint([]byte(id.Signer[:4])),
			} {
				if strings.Contains(got, strings.ToLower(strings.Trim(leak, "[]"))) {
					t.Errorf("%s of %T prints a secret", verb, v)
				}
			}
		}
	}
}

func TestParseRecipient(t *testing.T) {
	hybrid, err := NewParcelIdentity()
	if err != nil {
		t.Fatal(err)
	}
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []Recipient{hybrid.Recipient(), classic.Recipient()} {
		text := r.String()
		got, err := ParseRecipient(" " + text[:30] + "\n" + text[30:] + "\n")
		if err != nil || got.String() != text || PostQuantum(got) != (r.String() == hybrid.Recipient().String()) {
			t.Errorf("%.12s…: %v", text, err)
		}
	}
	seed := NewSeed()
	for _, secret := range []string{
		hybrid.String(), classic.String(), strings.ToLower(classic.String()), seed.Export(), strings.ToLower(seed.Export()),
	} {
		if _, err := ParseRecipient(secret); !errors.Is(err, ErrIsSecret) || strings.Contains(err.Error(), secret[12:]) {
			t.Errorf("a secret: %v", err)
		}
	}
	text := hybrid.Recipient().String()
	for _, bad := range []string{
		"", "age1", "age1pq1", text[:len(text)-1], text + "q", "age1tag1qwqfjs", "ssh-ed25519 AAAA", "somebody@example.org",
		strings.ToUpper(text), classic.Recipient().String()[:61],
	} {
		if _, err := ParseRecipient(bad); !errors.Is(err, ErrMalformedRecipient) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func TestParseParcelIdentity(t *testing.T) {
	id, err := NewParcelIdentity()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseParcelIdentity(id.String() + "\n"); err != nil || got.String() != id.String() {
		t.Error(err)
	}
	if _, err := ParseParcelIdentity(id.String()[:40]); !errors.Is(err, ErrMalformedIdentity) || strings.Contains(err.Error(), id.String()[20:40]) {
		t.Error(err)
	}
}
