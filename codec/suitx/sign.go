package suitx

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"floe/codec/bcs"
)

// Signature schemes by their flag. The values are Sui's: never reorder.
const (
	SchemeEd25519   = 0
	SchemeSecp256k1 = 1
	SchemeSecp256r1 = 2
	SchemeMultisig  = 3
	SchemeZkLogin   = 5
	SchemePasskey   = 6
)

var schemeNames = map[byte]string{
	SchemeEd25519: "Ed25519", SchemeSecp256k1: "secp256k1", SchemeSecp256r1: "secp256r1", SchemeMultisig: "multisig",
	SchemeZkLogin: "zkLogin", SchemePasskey: "passkey",
}

var (
	// ErrBadSignature says that a signature isn't the signer's over that transaction.
	ErrBadSignature = errors.New("bad signature")
	// ErrUnsupportedScheme says that the signature is of a scheme that isn't verified here.
	ErrUnsupportedScheme = errors.New("unsupported signature scheme")
)

// SigningDigest returns what is signed for a transaction: BLAKE2b-256(00 00 00 ‖ txBytes).
func SigningDigest(txBytes []byte) [32]byte {
	return hashOf([]byte{0, 0, 0}, txBytes)
}

// PersonalDigest returns what is signed for a message that isn't a transaction:
// BLAKE2b-256(03 00 00 ‖ length uleb128 ‖ message).
func PersonalDigest(message []byte) [32]byte {
	var w bcs.Writer
	w.Bytes(message)
	return hashOf([]byte{3, 0, 0}, w.Data())
}

// SignTransaction returns the 97 bytes 00 ‖ signature ‖ key.
func SignTransaction(priv ed25519.PrivateKey, txBytes []byte) []byte {
	d := SigningDigest(txBytes)
	sig := append([]byte{SchemeEd25519}, ed25519.Sign(priv, d[:])...)
	return append(sig, priv.Public().(ed25519.PublicKey)...)
}

// VerifyTransaction says whether sig is signer's over txBytes. It fails with
// ErrBadSignature, or with ErrUnsupportedScheme for zkLogin, the legacy form of
// multisig and flags that Sui doesn't know.
func VerifyTransaction(txBytes, sig []byte, signer Address) error {
	return verify(SigningDigest(txBytes), sig, signer)
}

// VerifyPersonalMessage does for a message what VerifyTransaction does for a
// transaction. A signature over one never counts for the other.
func VerifyPersonalMessage(message, sig []byte, signer Address) error {
	return verify(PersonalDigest(message), sig, signer)
}

func verify(digest [32]byte, sig []byte, signer Address) error {
	s, err := ParseSignature(sig)
	if err != nil {
		return err
	}
	if by := s.Signer(); by != signer {
		return fmt.Errorf("%w: made by %s, not %s", ErrBadSignature, by, signer)
	}
	if err := s.check(digest); err != nil {
		return fmt.Errorf("%w by %s", err, signer)
	}
	return nil
}

// SignerOf returns the address whose signature sig claims to be; it verifies nothing.
func SignerOf(sig []byte) (Address, error) {
	s, err := ParseSignature(sig)
	if err != nil {
		return Address{}, err
	}
	return s.Signer(), nil
}

// AddressOf returns the address of an Ed25519 account: BLAKE2b-256(00 ‖ pub).
func AddressOf(pub ed25519.PublicKey) Address {
	return hashOf([]byte{SchemeEd25519}, pub)
}

func schemeName(flag byte) string {
	if name := schemeNames[flag]; name != "" {
		return name
	}
	return fmt.Sprintf("flag %d", flag)
}
