package suitx

import (
	"crypto/ed25519"
	"errors"
	"fmt"
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

// SignTransaction returns the 97 bytes 00 ‖ signature ‖ key.
func SignTransaction(priv ed25519.PrivateKey, txBytes []byte) []byte {
	d := SigningDigest(txBytes)
	sig := append([]byte{SchemeEd25519}, ed25519.Sign(priv, d[:])...)
	return append(sig, priv.Public().(ed25519.PublicKey)...)
}

// VerifyTransaction says whether sig is signer's over txBytes. It fails with
// ErrBadSignature, or with ErrUnsupportedScheme for anything but Ed25519.
func VerifyTransaction(txBytes, sig []byte, signer Address) error {
	by, err := SignerOf(sig)
	if err != nil {
		return err
	}
	if by != signer {
		return fmt.Errorf("%w: made by %s, not %s", ErrBadSignature, by, signer)
	}
	d := SigningDigest(txBytes)
	if !VerifyEd25519(sig[65:], d[:], sig[1:65]) {
		return fmt.Errorf("%w by %s", ErrBadSignature, signer)
	}
	return nil
}

// SignerOf returns the address whose signature sig claims to be; it verifies nothing.
func SignerOf(sig []byte) (Address, error) {
	if len(sig) == 0 {
		return Address{}, fmt.Errorf("%w: it is empty", ErrBadSignature)
	}
	if sig[0] != SchemeEd25519 {
		return Address{}, fmt.Errorf("%w: %s", ErrUnsupportedScheme, schemeName(sig[0]))
	}
	if len(sig) != 97 {
		return Address{}, fmt.Errorf("%w: %d bytes instead of 97", ErrBadSignature, len(sig))
	}
	return AddressOf(sig[65:]), nil
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
