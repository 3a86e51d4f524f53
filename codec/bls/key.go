package bls

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/big"

	bls12381 "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fr"
)

// Key is a node's secret to sign with.
type Key struct {
	s   big.Int
	pub PublicKey
}

// GenerateKey makes a key from 32 bytes of rand.
func GenerateKey(rand io.Reader) (*Key, error) {
	seed := make([]byte, 32)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return nil, fmt.Errorf("couldn't read randomness: %w", err)
	}
	return KeyFromSeed(seed)
}

// KeyFromSeed derives a key from at least 32 secret bytes, as KeyGen of
// draft-irtf-cfrg-bls-signature does.
func KeyFromSeed(seed []byte) (*Key, error) {
	if len(seed) < 32 {
		return nil, errors.New("seed of a BLS key is shorter than 32 bytes")
	}
	salt := []byte("BLS-SIG-KEYGEN-SALT-")
	for {
		h := sha256.Sum256(salt)
		salt = h[:]
		okm, err := hkdf.Key(sha256.New, append(seed[:len(seed):len(seed)], 0), salt, "\x00\x30", 48)
		if err != nil {
			return nil, fmt.Errorf("couldn't derive BLS key: %w", err)
		}
		var s big.Int
		s.SetBytes(okm)
		if s.Mod(&s, fr.Modulus()); s.Sign() != 0 {
			return newKey(s), nil
		}
	}
}

// ParseKey reads what Bytes returns.
func ParseKey(b []byte) (*Key, error) {
	var s big.Int
	s.SetBytes(b)
	if len(b) != fr.Bytes || s.Sign() == 0 || s.Cmp(fr.Modulus()) >= 0 {
		return nil, errors.New("not a BLS key")
	}
	return newKey(s), nil
}

func newKey(s big.Int) *Key {
	k := &Key{s: s}
	k.pub.p.ScalarMultiplicationBase(&k.s)
	return k
}

// Bytes returns the secret scalar, big-endian.
func (k *Key) Bytes() [fr.Bytes]byte {
	var b [fr.Bytes]byte
	k.s.FillBytes(b[:])
	return b
}

func (k *Key) Public() PublicKey { return k.pub }

// Sign returns the 96 bytes of the signature over message.
func (k *Key) Sign(message []byte) ([]byte, error) {
	h, err := bls12381.HashToG2(message, domain)
	if err != nil {
		return nil, fmt.Errorf("couldn't hash to G2: %w", err)
	}
	h.ScalarMultiplication(&h, &k.s)
	b := h.Bytes()
	return b[:], nil
}
