package crypto

import (
	"crypto/sha256"
	"strings"
)

// Profile is what a lasting identity is recognized by.
type Profile struct {
	VerifyKey [32]byte      // Ed25519, checks the grants it signs
	Recipient RecipientHash // of its lasting recipient
}

// Fingerprint returns the hash over both halves of p.
func (p Profile) Fingerprint() Fingerprint {
	h := sha256.New()
	h.Write([]byte(labelFingerprint))
	h.Write(p.Recipient[:])
	h.Write(p.VerifyKey[:])
	return Fingerprint(h.Sum(nil))
}

// Fingerprint identifies a person. Programs compare all of it; people compare
// Words. Short only reminds: 44 bits don't stop somebody who searches.
type Fingerprint [32]byte

const (
	fingerprintWords = 12 // · 11 bits = 132 bits
	shortWords       = 4
)

// Words returns twelve words: 132 bits.
func (f Fingerprint) Words() string { return strings.Join(f.words(fingerprintWords), " ") }

// Short returns the first four of Words.
func (f Fingerprint) Short() string { return strings.Join(f.words(shortWords), " ") }

func (f Fingerprint) String() string { return f.Words() }

func (f Fingerprint) words(n int) []string {
	out := make([]string, n)
	for i := range out {
		var w int
		for bit := 11 * i; bit < 11*(i+1); bit++ {
			w = w<<1 | int(f[bit/8]>>(7-bit%8)&1)
		}
		out[i] = word(w)
	}
	return out
}
