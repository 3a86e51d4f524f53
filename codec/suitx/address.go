package suitx

import (
	"encoding/hex"
	"fmt"
	"strings"

	"floe/codec/bcs"
)

// Address names an account, an object or a package.
type Address [32]byte

// FrameworkAddress returns the address that ends in n, as in 0x2.
func FrameworkAddress(n byte) Address { return Address{31: n} }

// ParseAddress reads 0x and 1 to 64 hex digits; short forms are filled with zeros on the left.
func ParseAddress(s string) (Address, error) {
	digits, ok := strings.CutPrefix(s, "0x")
	if !ok || len(digits) == 0 || len(digits) > 64 {
		return Address{}, fmt.Errorf("%w address %q", ErrMalformedText, s)
	}
	var a Address
	full := strings.Repeat("0", 64-len(digits)) + digits
	if _, err := hex.Decode(a[:], []byte(full)); err != nil {
		return Address{}, fmt.Errorf("%w address %q", ErrMalformedText, s)
	}
	return a, nil
}

// String returns 0x and 64 hex digits.
func (a Address) String() string { return "0x" + hex.EncodeToString(a[:]) }

// Short returns 0x and the hex digits without leading zeros, as in 0x2.
func (a Address) Short() string {
	digits := strings.TrimLeft(hex.EncodeToString(a[:]), "0")
	if digits == "" {
		digits = "0"
	}
	return "0x" + digits
}

func (a Address) IsZero() bool { return a == Address{} }

func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

func (a *Address) UnmarshalText(b []byte) (err error) {
	*a, err = ParseAddress(string(b))
	return err
}

func writeAddress(w *bcs.Writer, a Address) { w.Fixed(a[:]) }

func readAddress(r *bcs.Reader) (a Address) {
	r.Fixed(a[:])
	return a
}
