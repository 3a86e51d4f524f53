package crypto

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"

	"filippo.io/age"
)

// The purposes of what is derived. Each is part of the format: never change
// one, never use one twice, let none be the beginning of another.
const (
	labelLastingIdentity    = "floe v1 lasting identity"
	labelLastingSigningKey  = "floe v1 lasting signing key"
	labelParcelKey          = "floe v1 parcel key " // + index, 4 bytes, big-endian
	labelLinkSlot           = "floe v1 link slot"
	labelLinkIdentity       = "floe v1 link identity"
	labelLinkIdentityPhrase = "floe v1 passphrase link identity"
	labelLinkSalt           = "floe v1 link salt"

	labelLinkChecksum = "floe v1 checksum"
	labelFingerprint  = "floe v1 fingerprint"
	labelGrant        = "floe v1 grant\n"
)

// derive returns 32 bytes for one purpose.
func derive(secret []byte, info string) []byte {
	out, err := hkdf.Key(sha256.New, secret, nil, info, 32)
	if err != nil {
		panic("crypto: internal error: HKDF of 32 bytes: " + err.Error())
	}
	return out
}

// hybridIdentity makes an age identity of its 32 secret bytes.
func hybridIdentity(secret []byte) *age.HybridIdentity {
	id, err := age.ParseHybridIdentity(bech32Encode("age-secret-key-pq-", secret, true))
	if err != nil {
		panic("crypto: internal error: age refuses an identity of 32 bytes")
	}
	return id
}

func signingKey(secret []byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(secret)
}
