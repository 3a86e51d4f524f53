package crypto

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"filippo.io/age"
)

// Identity is a person's or device's lasting identity: grants are sealed to its
// recipient, and it signs the grants it makes. It never prints itself.
type Identity struct {
	Hybrid *age.HybridIdentity
	Signer ed25519.PrivateKey
}

// Recipient returns what others seal grants to. Its String is what to publish.
func (i *Identity) Recipient() *age.HybridRecipient { return i.Hybrid.Recipient() }

// Profile returns what others recognize the identity by.
func (i *Identity) Profile() Profile {
	return Profile{
		VerifyKey: [32]byte(i.Signer.Public().(ed25519.PublicKey)),
		Recipient: HashRecipient(i.Recipient()),
	}
}

// Fingerprint returns the fingerprint of i's profile.
func (i *Identity) Fingerprint() Fingerprint { return i.Profile().Fingerprint() }

// Format keeps the identity out of logs and errors whatever the verb.
func (i Identity) Format(f fmt.State, _ rune) { f.Write([]byte("[identity]")) }

// NewParcelIdentity returns a random identity for one parcel.
func NewParcelIdentity() (*age.HybridIdentity, error) { return age.GenerateHybridIdentity() }

// ParseParcelIdentity reads AGE-SECRET-KEY-PQ-1…, as a recovery note or a
// sender's own records hold it. The error is ErrMalformedIdentity.
func ParseParcelIdentity(text string) (*age.HybridIdentity, error) {
	id, err := age.ParseHybridIdentity(strings.TrimSpace(text))
	if err != nil {
		return nil, ErrMalformedIdentity
	}
	return id, nil
}

// Recipient is whom a grant can be sealed to: an *age.HybridRecipient or an
// *age.X25519Recipient.
type Recipient interface {
	age.Recipient
	String() string
}

// ParseRecipient reads age1pq1… (hybrid) and classic age1… (X25519) recipients.
// Other kinds (passphrases, plugins, SSH) are refused with
// ErrMalformedRecipient, a secret with ErrIsSecret.
func ParseRecipient(text string) (Recipient, error) {
	text = dropSpace(text)
	upper := strings.ToUpper(text)
	if strings.HasPrefix(upper, "AGE-SECRET-KEY-") || strings.HasPrefix(upper, "FLOE-SEED-") {
		return nil, ErrIsSecret
	}
	if strings.HasPrefix(text, "age1pq1") {
		if r, err := age.ParseHybridRecipient(text); err == nil {
			return r, nil
		}
	} else if r, err := age.ParseX25519Recipient(text); err == nil {
		return r, nil
	}
	return nil, ErrMalformedRecipient
}

// PostQuantum says whether what is sealed to r stays closed to quantum computers.
func PostQuantum(r Recipient) bool {
	_, ok := r.(*age.HybridRecipient)
	return ok
}

// RecipientHash stands for a recipient where its text is too long.
type RecipientHash [32]byte

// HashRecipient returns the SHA-256 of r's text.
func HashRecipient(r Recipient) RecipientHash { return sha256.Sum256([]byte(r.String())) }

func (h RecipientHash) String() string { return hex.EncodeToString(h[:]) }
