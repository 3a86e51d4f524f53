package crypto

import (
	"fmt"
	"math/bits"
)

const (
	// ChunkSize is how much plaintext age authenticates at once. Reads that
	// keep to its multiples decrypt nothing twice.
	ChunkSize = 64 << 10

	// HeaderSize is how many bytes of a sealed parcel come before the first
	// chunk: the version line, one mlkem768x25519 stanza whose argument has 1,120
	// bytes and whose body has 32, the MAC, and the nonce.
	HeaderSize = len("age-encryption.org/v1\n") +
		len("-> mlkem768x25519 ") + (1120*8+5)/6 + 1 +
		(32*8+5)/6 + 1 +
		len("--- ") + (32*8+5)/6 + 1 +
		16

	chunkOverhead = 16 // Poly1305's tag
)

// SealedSize returns how long the age file of a parcel of plain bytes is.
func SealedSize(plain int64) int64 {
	chunks := max(1, (plain+ChunkSize-1)/ChunkSize)
	return int64(HeaderSize) + plain + chunks*chunkOverhead
}

// PlainSize is the inverse of SealedSize; a length that no sealed parcel has
// gives ErrDamaged.
func PlainSize(sealed int64) (int64, error) {
	payload := sealed - int64(HeaderSize)
	chunks := (payload + ChunkSize + chunkOverhead - 1) / (ChunkSize + chunkOverhead)
	plain := payload - chunks*chunkOverhead
	if payload < chunkOverhead || SealedSize(plain) != sealed {
		return 0, fmt.Errorf("%w: no sealed parcel has %d bytes", ErrDamaged, sealed)
	}
	return plain, nil
}

// Padme rounds n up to the grid of PURBs' Padmé, which keeps as many leading
// bits as the length's own length needs: at most 12 % more, less the longer.
func Padme(n int64) int64 {
	if n < 2 {
		return n
	}
	e := bits.Len64(uint64(n)) - 1
	mask := int64(1)<<(e-bits.Len(uint(e))) - 1
	return (n + mask) &^ mask
}

// PaddedSize returns the smallest length ≥ plain whose sealed size is on
// Padmé's grid. A ZIP padded to it tells observers no more than that.
func PaddedSize(plain int64) int64 {
	// Few sizes on the grid belong to no age file; then the next one does.
	for sealed := Padme(SealedSize(plain)); ; sealed = Padme(sealed + 1) {
		if n, err := PlainSize(sealed); err == nil {
			return n
		}
	}
}
