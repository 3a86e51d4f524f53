package suitx

import (
	"errors"
	"strings"
)

// Bech32 is BIP 173's: prefix ‖ "1" ‖ digits of five bits ‖ checksum of six.

const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// errBech32 says nothing of the text, which may be a secret.
var errBech32 = errors.New("it isn't valid Bech32")

func bech32Encode(prefix string, data []byte) string {
	digits := toFives(data)
	sum := bech32Sum(prefix, append(digits, make([]byte, 6)...)) ^ 1
	for i := range 6 {
		digits = append(digits, byte(sum>>(25-5*i))&31)
	}
	text := []byte(prefix + "1")
	for _, d := range digits {
		text = append(text, bech32Digits[d])
	}
	return string(text)
}

// bech32Decode reads what bech32Encode writes after the same prefix, in small
// letters or in capitals, but not mixed.
func bech32Decode(prefix, text string) ([]byte, error) {
	lower := strings.ToLower(text)
	if len(lower) != len(text) || text != lower && text != strings.ToUpper(text) {
		return nil, errBech32
	}
	rest, ok := strings.CutPrefix(lower, prefix+"1")
	if !ok || len(rest) < 6 {
		return nil, errBech32
	}
	digits := make([]byte, len(rest))
	for i := range digits {
		d := strings.IndexByte(bech32Digits, rest[i])
		if d < 0 {
			return nil, errBech32
		}
		digits[i] = byte(d)
	}
	if bech32Sum(prefix, digits) != 1 {
		return nil, errBech32
	}
	return fromFives(digits[:len(digits)-6])
}

// toFives cuts bytes into groups of five bits, the last filled with zeros.
func toFives(data []byte) (digits []byte) {
	have, n := uint(0), 0
	for _, b := range data {
		have, n = have<<8|uint(b), n+8
		for ; n >= 5; n -= 5 {
			digits = append(digits, byte(have>>(n-5))&31)
		}
	}
	if n > 0 {
		digits = append(digits, byte(have<<(5-n))&31)
	}
	return digits
}

// fromFives undoes toFives and refuses what that never gives.
func fromFives(digits []byte) (data []byte, err error) {
	have, n := uint(0), 0
	for _, d := range digits {
		have, n = have<<5|uint(d), n+5
		if n >= 8 {
			n -= 8
			data = append(data, byte(have>>n))
		}
	}
	if n >= 5 || have&(1<<n-1) != 0 {
		return nil, errBech32
	}
	return data, nil
}

func bech32Sum(prefix string, digits []byte) uint32 {
	all := make([]byte, 0, 2*len(prefix)+1+len(digits))
	for i := range len(prefix) {
		all = append(all, prefix[i]>>5)
	}
	all = append(all, 0)
	for i := range len(prefix) {
		all = append(all, prefix[i]&31)
	}
	sum := uint32(1)
	for _, d := range append(all, digits...) {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(d)
		for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			sum ^= g * (top >> i & 1)
		}
	}
	return sum
}
