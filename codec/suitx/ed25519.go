package suitx

import (
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// VerifyEd25519 says whether sig is the signature of message under key.
//
// Sui's validators (fastcrypto, on ed25519-consensus) follow ZIP 215: S < L, the
// equation multiplied by the cofactor, and any encoding of any point as key and
// R, so also keys of small order. This rule is narrower. As crypto/ed25519, it
// demands S < L and R's canonical encoding, and doesn't multiply by the
// cofactor. On top of that it refuses keys in a non-canonical encoding and keys
// of small order: to the latter anybody can find signatures, so they prove
// nothing, not even here, where a link's reader relies on them.
//
// Everything accepted here is valid on Sui. The two differ only where R or the
// key has a part of small order or an odd encoding. Who makes her key and
// signatures as RFC 8032 says never has such: no client with an honest key can
// tell this rule from Sui's.
func VerifyEd25519(key, message, sig []byte) bool {
	return len(key) == ed25519.PublicKeySize && len(sig) == ed25519.SignatureSize &&
		!isWeakKey([32]byte(key)) && ed25519.Verify(key, message, sig)
}

// The y coordinates of the points whose order divides 8, little-endian in four
// words: orders 4, 1, 2, and 8 twice. Each stands for both signs of x.
var smallOrder = [5][4]uint64{
	{},
	{1},
	{0xffffffffffffffec, 0xffffffffffffffff, 0xffffffffffffffff, 0x7fffffffffffffff},
	wordsOf("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
	wordsOf("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
}

// isWeakKey says whether key is of small order or not in its canonical encoding.
func isWeakKey(key [32]byte) bool {
	key[31] &= 0x7f // the sign of x
	y := words(key)
	for _, s := range smallOrder {
		if y == s {
			return true
		}
	}
	return !belowPrime(y)
}

// belowPrime says whether y < 2^255 − 19. Points with x = 0 whose sign bit is
// set aren't canonical either; they are of small order, so isWeakKey has them.
func belowPrime(y [4]uint64) bool {
	p := [4]uint64{0xffffffffffffffed, 0xffffffffffffffff, 0xffffffffffffffff, 0x7fffffffffffffff}
	var borrow uint64
	for i := range y {
		_, borrow = bits.Sub64(y[i], p[i], borrow)
	}
	return borrow == 1
}

func words(b [32]byte) (w [4]uint64) {
	for i := range w {
		w[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return w
}

func wordsOf(digits string) [4]uint64 {
	b, err := hex.DecodeString(digits)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return words([32]byte(b))
}
