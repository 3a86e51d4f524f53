// Package bls signs and verifies what Walrus' storage nodes sign: confirmations
// that they hold a blob's slivers, and certificates that aggregate them.
//
// The scheme is BLS over BLS12-381 with keys in G1 and signatures in G2
// ("min-pk"), domain BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_, over the bytes
// themselves, unhashed:
//
//	public key   48 bytes compressed, or 96 uncompressed as Sui's objects hold it
//	signature    96 bytes compressed
//
// A node calls [Key.Sign] over [Confirmation.Marshal]; whoever gathers
// confirmations calls [PublicKey.Verify] for each, then [Aggregate]; the ledger
// calls [VerifyAggregate]. Aggregates over one message are safe only among keys
// whose owners have proved that they know the secret: [PublicKey.VerifyPossession].
//
// It is too large for the page and never imported there.
package bls

import (
	"errors"
	"fmt"

	bls12381 "github.com/consensys/gnark-crypto/ecc/bls12-381"
)

const (
	CompressedSize   = 48 // of a public key
	UncompressedSize = 96 // of a public key
	SignatureSize    = 96
)

var domain = []byte("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_")

var (
	// ErrBadSignature says that a signature isn't that of the keys over the message.
	ErrBadSignature = errors.New("bad BLS signature")
	// ErrBadKey says that bytes are no public key: no point, the wrong subgroup, or infinity.
	ErrBadKey = errors.New("bad BLS public key")
)

// PublicKey is a checked point of G1. The zero PublicKey verifies nothing.
type PublicKey struct {
	p bls12381.G1Affine
}

// ParsePublicKey reads 48 compressed or 96 uncompressed bytes.
func ParsePublicKey(b []byte) (PublicKey, error) {
	var k PublicKey
	n, err := 0, errors.New("wrong length")
	if len(b) == CompressedSize || len(b) == UncompressedSize {
		n, err = k.p.SetBytes(b)
	}
	if err != nil {
		return PublicKey{}, fmt.Errorf("%w: %v", ErrBadKey, err)
	}
	if n != len(b) || k.p.IsInfinity() { // curve and subgroup were checked by SetBytes
		return PublicKey{}, ErrBadKey
	}
	return k, nil
}

func (k PublicKey) Compressed() [CompressedSize]byte { return k.p.Bytes() }

func (k PublicKey) Uncompressed() [UncompressedSize]byte { return k.p.RawBytes() }

// Verify fails with ErrBadSignature unless sig is k's over message.
func (k PublicKey) Verify(message, sig []byte) error {
	s, err := parseSignature(sig)
	if err != nil {
		return err
	}
	if k.p.IsInfinity() {
		return fmt.Errorf("%w: key at infinity", ErrBadSignature)
	}
	h, err := bls12381.HashToG2(message, domain)
	if err != nil {
		return fmt.Errorf("couldn't hash to G2: %w", err)
	}
	_, _, g1, _ := bls12381.Generators()
	g1.Neg(&g1)
	ok, err := bls12381.PairingCheck([]bls12381.G1Affine{k.p, g1}, []bls12381.G2Affine{h, s})
	if err != nil || !ok {
		return ErrBadSignature
	}
	return nil
}

// AggregateKeys returns the key that verifies the aggregate of all their signatures.
func AggregateKeys(keys []PublicKey) PublicKey {
	var sum bls12381.G1Jac
	for i := range keys {
		sum.AddMixed(&keys[i].p)
	}
	var k PublicKey
	k.p.FromJacobian(&sum)
	return k
}

// VerifyAggregate fails with ErrBadSignature unless sig aggregates a signature
// of each of the keys over message.
func VerifyAggregate(keys []PublicKey, message, sig []byte) error {
	return AggregateKeys(keys).Verify(message, sig)
}

// Aggregate adds signatures over one message up. It doesn't verify them.
func Aggregate(sigs [][]byte) ([]byte, error) {
	if len(sigs) == 0 {
		return nil, fmt.Errorf("%w: none to aggregate", ErrBadSignature)
	}
	var sum bls12381.G2Jac
	for i, b := range sigs {
		s, err := parseSignature(b)
		if err != nil {
			return nil, fmt.Errorf("couldn't aggregate signature %d: %w", i, err)
		}
		sum.AddMixed(&s)
	}
	var out bls12381.G2Affine
	out.FromJacobian(&sum)
	b := out.Bytes()
	return b[:], nil
}

func parseSignature(b []byte) (s bls12381.G2Affine, err error) {
	if len(b) != SignatureSize {
		return s, fmt.Errorf("%w: %d bytes instead of %d", ErrBadSignature, len(b), SignatureSize)
	}
	n, err := s.SetBytes(b)
	if err != nil {
		return s, fmt.Errorf("%w: %v", ErrBadSignature, err)
	}
	if n != len(b) || s.IsInfinity() {
		return s, fmt.Errorf("%w: not a point in use", ErrBadSignature)
	}
	return s, nil
}
