package suitx

import "fmt"

// A Signature is a user's signature taken apart: a [*KeySignature], a
// [*Multisig] or a [*Passkey]. On the wire its scheme's flag comes first:
//
//	00 ‖ signature 64 ‖ key 32              Ed25519
//	01 ‖ signature 64 ‖ key 33              secp256k1
//	02 ‖ signature 64 ‖ key 33              secp256r1
//	03 ‖ BCS of Multisig                    multisig
//	06 ‖ BCS of Passkey                     passkey
//
// What is signed is a digest of 32 bytes ([SigningDigest], [PersonalDigest]).
// Ed25519 signs the digest as it is. The ECDSA schemes hash it once more, with
// SHA-256, as a message. A passkey signs it as the challenge of its client data.
type Signature interface {
	Scheme() byte
	// Signer is the address whose signature this claims to be.
	Signer() Address
	// Marshal gives back what ParseSignature took.
	Marshal() []byte
	check(digest [32]byte) error
}

// ParseSignature takes a signature apart; it verifies nothing. It fails with
// ErrBadSignature or ErrUnsupportedScheme.
func ParseSignature(b []byte) (Signature, error) {
	if len(b) == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrBadSignature)
	}
	switch scheme := b[0]; scheme {
	case SchemeEd25519, SchemeSecp256k1, SchemeSecp256r1:
		want := 65 + keySize(scheme)
		if len(b) != want {
			return nil, fmt.Errorf("%w: %d bytes instead of %d", ErrBadSignature, len(b), want)
		}
		return &KeySignature{By: Key{scheme, b[65:]}, Bytes: [64]byte(b[1:])}, nil
	case SchemeMultisig:
		return parseMultisig(b[1:])
	case SchemePasskey:
		return parsePasskey(b[1:])
	default:
		return nil, fmt.Errorf("%w: %s", ErrUnsupportedScheme, schemeName(scheme))
	}
}

// Key is the public half of one signer: an account, or a member of a multisig.
type Key struct {
	Scheme byte
	Bytes  []byte // 32 for Ed25519, 33 (compressed) for the ECDSA schemes and passkeys
}

func keySize(scheme byte) int {
	if scheme == SchemeEd25519 {
		return 32
	}
	return 33
}

// Address is BLAKE2b-256(scheme ‖ key).
func (k Key) Address() Address { return hashOf([]byte{k.Scheme}, k.Bytes) }

func (k Key) equal(other Key) bool {
	return k.Scheme == other.Scheme && string(k.Bytes) == string(other.Bytes)
}

// KeySignature is the signature of one key: Ed25519, secp256k1 or secp256r1.
type KeySignature struct {
	By    Key
	Bytes [64]byte // R ‖ S or r ‖ s
}

func (s *KeySignature) Scheme() byte    { return s.By.Scheme }
func (s *KeySignature) Signer() Address { return s.By.Address() }

func (s *KeySignature) Marshal() []byte {
	return append(append([]byte{s.By.Scheme}, s.Bytes[:]...), s.By.Bytes...)
}

func (s *KeySignature) check(digest [32]byte) error { return s.checkMessage(digest[:]) }

func (s *KeySignature) checkMessage(message []byte) error {
	if !verifyWith(s.By)(s.By.Bytes, message, s.Bytes[:]) {
		return ErrBadSignature
	}
	return nil
}

func verifyWith(k Key) func(key, message, sig []byte) bool {
	switch k.Scheme {
	case SchemeEd25519:
		return VerifyEd25519
	case SchemeSecp256k1:
		return VerifySecp256k1
	default:
		return VerifySecp256r1
	}
}
