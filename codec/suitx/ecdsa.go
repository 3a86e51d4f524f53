package suitx

import "crypto/sha256"

// Sui's ECDSA is narrower than the standard's: a signature is r ‖ s, 64 bytes
// big-endian, never DER; the message is hashed with SHA-256; r and s are 1 to
// n − 1; s is at most n / 2; a key is 33 bytes, 02 or 03 ‖ x, and lies on the
// curve. For every (r, s) of ECDSA there is (r, n − s): exactly the one with the
// lower s counts, so that nobody but the signer can make a second signature.
//
// The library that Sui's validators verify secp256r1 with also knows keys that
// begin with 05, without the sign of y. No wallet makes them: here they are
// refused.

// VerifySecp256k1 says whether sig is the signature of message under key by
// Sui's rules. The curve is Bitcoin's.
func VerifySecp256k1(key, message, sig []byte) bool {
	h := sha256.Sum256(message)
	return isECDSA(key, sig) && curve256k1.lowS(sig) && verify256k1(key, h, [64]byte(sig))
}

// VerifySecp256r1 says whether sig is the signature of message under key by
// Sui's rules. The curve is NIST's P-256.
func VerifySecp256r1(key, message, sig []byte) bool {
	h := sha256.Sum256(message)
	return isECDSA(key, sig) && curve256r1.lowS(sig) && verify256r1(key, h, [64]byte(sig))
}

// isECDSA looks at the lengths and at the key's first byte.
func isECDSA(key, sig []byte) bool {
	return len(sig) == 64 && len(key) == 33 && (key[0] == 2 || key[0] == 3)
}
