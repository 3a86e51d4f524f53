package crypto

import (
	"strings"
	"testing"
)

func TestFingerprintWords(t *testing.T) {
	for fill, want := range map[byte]string{
		0x00: strings.TrimSpace(strings.Repeat("abandon ", 12)),
		0xff: strings.TrimSpace(strings.Repeat("zoo ", 12)),
		// 0x8080…: BIP-39's own vector for 128 bits of it gives these eleven words first.
		0x80: "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd",
	} {
		var f Fingerprint
		for i := range f {
			f[i] = fill
		}
		if got := f.Words(); got != want {
			t.Errorf("%#x: %q, want %q", fill, got, want)
		}
		if !strings.HasPrefix(want, f.Short()+" ") || strings.Count(f.Short(), " ") != 3 {
			t.Errorf("%#x: short form %q", fill, f.Short())
		}
	}
}

func TestFingerprintCoversBothHalves(t *testing.T) {
	p := NewSeed().Identity().Profile()
	f := p.Fingerprint()
	for i := range 32 {
		q := p
		q.VerifyKey[i] ^= 1
		if q.Fingerprint() == f {
			t.Errorf("byte %d of the verify key doesn't count", i)
		}
		q = p
		q.Recipient[i] ^= 1
		if q.Fingerprint() == f {
			t.Errorf("byte %d of the recipient doesn't count", i)
		}
	}
}
