package crypto

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"
	"golang.org/x/crypto/scrypt"
	"golang.org/x/text/unicode/norm"
)

// Secret is what a link carries besides the parcel's ID. It never prints itself.
type Secret struct {
	Key        [32]byte
	Passphrase bool // a passphrase is needed besides
}

// scrypt's cost: 128 MiB, about half a second.
const (
	scryptN = 1 << 17
	scryptR = 8
	scryptP = 1
)

// NewSecret returns a random secret.
func NewSecret(passphrase bool) *Secret {
	s := &Secret{Passphrase: passphrase}
	rand.Read(s.Key[:])
	return s
}

// Slot returns where the link's grant stands. It doesn't depend on the
// passphrase, so a wrong one is told from a grant that was taken away.
func (s *Secret) Slot() [32]byte { return [32]byte(derive(s.Key[:], labelLinkSlot)) }

// Identity returns the identity that the link's grant is sealed to. It takes
// about half a second and 128 MiB where a passphrase is needed, and returns
// ErrPassphraseNeeded if there is none; otherwise passphrase is ignored.
func (s *Secret) Identity(passphrase string) (*age.HybridIdentity, error) {
	if !s.Passphrase {
		return hybridIdentity(derive(s.Key[:], labelLinkIdentity)), nil
	}
	passphrase = norm.NFC.String(strings.TrimSpace(passphrase))
	if passphrase == "" {
		return nil, ErrPassphraseNeeded
	}
	salt := derive(s.Key[:], labelLinkSalt)
	stretched, err := scrypt.Key([]byte(passphrase), salt, scryptN, scryptR, scryptP, 32)
	if err != nil {
		return nil, fmt.Errorf("couldn't stretch the passphrase: %w", err)
	}
	return hybridIdentity(derive(slices.Concat(s.Key[:], stretched), labelLinkIdentityPhrase)), nil
}

// Format keeps the secret out of logs and errors whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { f.Write([]byte("[secret]")) }

// NewSlot returns a random slot, for the grant of a named recipient.
func NewSlot() (slot [32]byte) {
	rand.Read(slot[:])
	return slot
}
