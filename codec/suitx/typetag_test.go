package suitx

import (
	"errors"
	"strings"
	"testing"

	"floe/codec/bcs"
)

func TestParseTypeRefuses(t *testing.T) {
	for _, s := range []string{
		"", "u9", "vector", "vector<>", "vector<u8", "vector<u8,u8>", "vector<u8>>", "u8<u8>", "0x2::sui", "0x2::sui::",
		"sui::sui::SUI", "0x2::1sui::SUI", "0x2::sui::SUI<", "0x2::sui::SUI<>", "0x2::sui::SUI<u8>x", "0x2::sui::SUI<,>",
		"0xg::sui::SUI", "0x2::sui::SUI::X", "u8 u8",
		strings.Repeat("vector<", MaxTypeDepth) + "u8" + strings.Repeat(">", MaxTypeDepth),
		strings.Repeat("vector<", 1<<20),
	} {
		if tag, err := ParseTypeTag(s); !errors.Is(err, ErrMalformedText) {
			t.Errorf("%.40q was read as %s, %v", s, tag, err)
		}
	}
	if _, err := ParseStructTag("vector<u8>"); !errors.Is(err, ErrMalformedText) {
		t.Errorf("a vector was read as a struct: %v", err)
	}
}

func TestTypeDepth(t *testing.T) {
	tag := TypeTag{Kind: TypeU8}
	for range MaxTypeDepth - 1 {
		tag = VectorOf(tag)
	}
	if _, err := UnmarshalTypeTag(tag.Marshal()); err != nil {
		t.Error(err)
	}
	if _, err := UnmarshalTypeTag(VectorOf(tag).Marshal()); !errors.Is(err, bcs.ErrMalformed) {
		t.Errorf("one deeper: %v", err)
	}
	if got, err := ParseTypeTag(tag.String()); err != nil || !got.Equal(tag) {
		t.Errorf("%s came back as %s, %v", tag, got, err)
	}
}

func TestParseAddressRefuses(t *testing.T) {
	for _, s := range []string{"", "0x", "2", "0x" + strings.Repeat("0", 65), "0xzz", "0X2", "0x 2"} {
		if a, err := ParseAddress(s); !errors.Is(err, ErrMalformedText) {
			t.Errorf("%q was read as %s, %v", s, a, err)
		}
	}
	if got := FrameworkAddress(2).Short() + (Address{}).Short(); got != "0x20x0" {
		t.Errorf("short forms are %s", got)
	}
}

func TestParseDigestRefuses(t *testing.T) {
	d := Digest(fill(200))
	if got, err := ParseDigest(d.String()); err != nil || got != d {
		t.Errorf("%s came back as %s, %v", d, got, err)
	}
	for _, s := range []string{"", "1", d.String()[3:], d.String() + "1", "0OIl", strings.Repeat("z", 44)} {
		if got, err := ParseDigest(s); !errors.Is(err, ErrMalformedText) {
			t.Errorf("%q was read as %s, %v", s, got, err)
		}
	}
}
