package suitx

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
)

// keyPrefix is what Sui's wallets and command line begin a secret with.
const keyPrefix = "suiprivkey"

// ErrBadKey says that a text isn't one of Sui's secrets, or not of an account
// that has a secret of 32 bytes.
var ErrBadKey = errors.New("bad key")

// The orders of the groups in which the scalars of the two ECDSA schemes lie.
const (
	order256k1 = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
	order256r1 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
)

// ParseSuiPrivateKey reads the text in which Sui's wallets and command line hand
// out a secret: Bech32, suiprivkey1…, of scheme u8 ‖ secret. The scheme is
// SchemeEd25519 (the secret is a seed), SchemeSecp256k1 or SchemeSecp256r1 (it
// is a scalar, big-endian). Errors wrap [ErrBadKey] and say nothing of the text.
func ParseSuiPrivateKey(text string) (scheme byte, secret [32]byte, err error) {
	b, err := bech32Decode(keyPrefix, text)
	switch {
	case err != nil:
		return 0, secret, fmt.Errorf("%w: %w beginning with %s1", ErrBadKey, err, keyPrefix)
	case len(b) != 33:
		return 0, secret, fmt.Errorf("%w: it holds %d bytes instead of 33", ErrBadKey, len(b))
	}
	scheme, secret = b[0], [32]byte(b[1:])
	if err := checkSecret(scheme, secret); err != nil {
		return 0, [32]byte{}, err
	}
	return scheme, secret, nil
}

// FormatSuiPrivateKey writes what [ParseSuiPrivateKey] reads.
func FormatSuiPrivateKey(scheme byte, secret [32]byte) (string, error) {
	if err := checkSecret(scheme, secret); err != nil {
		return "", err
	}
	return bech32Encode(keyPrefix, append([]byte{scheme}, secret[:]...)), nil
}

func checkSecret(scheme byte, secret [32]byte) error {
	order := map[byte]string{SchemeSecp256k1: order256k1, SchemeSecp256r1: order256r1}[scheme]
	switch {
	case scheme == SchemeEd25519:
		return nil
	case order == "":
		return fmt.Errorf("%w: %w: %s", ErrBadKey, ErrUnsupportedScheme, schemeName(scheme))
	}
	most, err := hex.DecodeString(order)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	if secret == [32]byte{} || bytes.Compare(secret[:], most) >= 0 {
		return fmt.Errorf("%w: it is no scalar of %s", ErrBadKey, schemeName(scheme))
	}
	return nil
}
