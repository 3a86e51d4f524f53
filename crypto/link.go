package crypto

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Link names a parcel and, unless it is meant for people's own identities,
// carries the secret that opens it.
type Link struct {
	Parcel [32]byte
	Secret *Secret // nil: none, or it was cut off whole
}

// A link's text: see the package documentation.
const (
	linkIDChars     = 43 // 32 bytes
	linkSecretChars = 49 // a digit of version and flags, 36 bytes
	checksumSize    = 4

	linkVersion        = 1
	linkFlagPassphrase = 1
	linkFlagReserved   = 2

	linkPath = "/open#"

	base64urlDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// Fragment returns what stands after the # of the link.
func (l Link) Fragment() string {
	id := base64url(l.Parcel[:])
	if l.Secret == nil {
		return id
	}
	digit := byte(linkVersion << 2)
	if l.Secret.Passphrase {
		digit |= linkFlagPassphrase
	}
	sum := linkChecksum(digit, l.Parcel, l.Secret.Key)
	return id + "." + base64urlDigits[digit:digit+1] + base64url(append(l.Secret.Key[:], sum[:]...))
}

// URL returns the link on the server at base, such as https://floe.example.
func (l Link) URL(base string) string {
	return strings.TrimRight(base, "/") + linkPath + l.Fragment()
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func linkChecksum(digit byte, parcel, key [32]byte) (sum [checksumSize]byte) {
	h := sha256.New()
	h.Write([]byte(labelLinkChecksum))
	h.Write([]byte{digit})
	h.Write(parcel[:])
	h.Write(key[:])
	copy(sum[:], h.Sum(nil))
	return sum
}

// ParseLink reads a link as people paste it: a whole URL, its fragment with or
// without #, percent-encoded, wrapped over lines, in brackets or quotes, with
// punctuation or a tracker's parameters behind it. A link that lacks its whole
// secret is one for people: the caller finds out whether it is.
//
// Errors are ErrLinkCut, ErrLinkWrong, ErrLinkMalformed and ErrLinkVersion.
func ParseLink(text string) (Link, error) {
	idText, secretText, err := splitLink(text)
	if err != nil {
		return Link{}, err
	}
	var l Link
	id, err := decodeStrictly(idText)
	if err != nil {
		return Link{}, ErrLinkWrong
	}
	copy(l.Parcel[:], id)
	if secretText == "" {
		return l, nil
	}
	if l.Secret, err = parseSecret(l.Parcel, secretText); err != nil {
		return Link{}, err
	}
	return l, nil
}

// parseSecret reads the linkSecretChars of a secret.
func parseSecret(parcel [32]byte, text string) (*Secret, error) {
	digit := byte(strings.IndexByte(base64urlDigits, text[0]))
	b, err := decodeStrictly(text[1:])
	if err != nil {
		return nil, ErrLinkWrong
	}
	s := &Secret{Key: [32]byte(b[:32]), Passphrase: digit&linkFlagPassphrase != 0}
	// The checksum guards against accidents only, so it needn't be compared in
	// constant time; and it comes first, so that damage isn't taken for a version.
	if linkChecksum(digit, parcel, s.Key) != [checksumSize]byte(b[32:]) {
		return nil, ErrLinkWrong
	}
	if digit>>2 != linkVersion || digit&linkFlagReserved != 0 {
		return nil, ErrLinkVersion
	}
	return s, nil
}

// decodeStrictly refuses a last digit with bits that mean nothing, so that each
// link has one text.
func decodeStrictly(s string) ([]byte, error) {
	return base64.RawURLEncoding.Strict().DecodeString(s)
}
