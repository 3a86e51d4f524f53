package crypto

import (
	"errors"
	"strings"
)

// Bech32 (BIP-173) as age uses it: no limit on the length, and a prefix in
// capitals gives a text in capitals.

const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

var errBech32 = errors.New("not valid Bech32")

// bech32Encode writes data after prefix; all of it in capitals if upper.
func bech32Encode(prefix string, data []byte, upper bool) string {
	digits := append(regroup(data), 0, 0, 0, 0, 0, 0)
	sum := bech32Checksum(prefix, digits) ^ 1
	for i := range 6 {
		digits[len(digits)-6+i] = byte(sum>>(5*(5-i))) & 31
	}
	var b strings.Builder
	b.WriteString(prefix)
	b.WriteByte('1')
	for _, d := range digits {
		b.WriteByte(bech32Digits[d])
	}
	if upper {
		return strings.ToUpper(b.String())
	}
	return b.String()
}

// bech32Decode reads what bech32Encode writes after the same prefix. Like its
// errors, it says nothing of the text.
func bech32Decode(prefix, text string) ([]byte, error) {
	if !isASCII(text) || (text != strings.ToLower(text) && text != strings.ToUpper(text)) {
		return nil, errBech32
	}
	rest, ok := strings.CutPrefix(strings.ToLower(text), prefix+"1")
	if !ok || len(rest) < 6 {
		return nil, errBech32
	}
	digits := make([]byte, len(rest))
	for i := range len(rest) {
		d := strings.IndexByte(bech32Digits, rest[i])
		if d < 0 {
			return nil, errBech32
		}
		digits[i] = byte(d)
	}
	if bech32Checksum(prefix, digits) != 1 {
		return nil, errBech32
	}
	return ungroup(digits[:len(digits)-6])
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// regroup turns bytes into groups of five bits, the last filled with zeros.
func regroup(data []byte) []byte {
	out := make([]byte, 0, len(data)*8/5+7)
	var acc uint32
	var bits uint
	for _, b := range data {
		acc = acc<<8 | uint32(b)
		for bits += 8; bits >= 5; bits -= 5 {
			out = append(out, byte(acc>>(bits-5))&31)
		}
	}
	if bits > 0 {
		out = append(out, byte(acc<<(5-bits))&31)
	}
	return out
}

// ungroup is the inverse of regroup and refuses what regroup never gives.
func ungroup(digits []byte) ([]byte, error) {
	out := make([]byte, 0, len(digits)*5/8)
	var acc uint32
	var bits uint
	for _, d := range digits {
		acc = acc<<5 | uint32(d)
		if bits += 5; bits >= 8 {
			bits -= 8
			out = append(out, byte(acc>>bits))
		}
	}
	if bits >= 5 || acc&(1<<bits-1) != 0 {
		return nil, errBech32
	}
	return out, nil
}

// bech32Checksum is BIP-173's polymod over the expanded prefix and the digits.
func bech32Checksum(prefix string, digits []byte) uint32 {
	sum := uint32(1)
	for i := range len(prefix) {
		sum = bech32Step(sum, prefix[i]>>5)
	}
	sum = bech32Step(sum, 0)
	for i := range len(prefix) {
		sum = bech32Step(sum, prefix[i]&31)
	}
	for _, d := range digits {
		sum = bech32Step(sum, d)
	}
	return sum
}

func bech32Step(sum uint32, digit byte) uint32 {
	top := sum >> 25
	sum = sum&0x1ffffff<<5 ^ uint32(digit)
	for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}
