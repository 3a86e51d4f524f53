package zip

import (
	"slices"
	"strings"
	"testing"
)

func TestSaveNames(t *testing.T) {
	long := strings.Repeat("ä", 200) // 400 bytes
	for _, c := range []struct{ in, want []string }{
		{[]string{"a.txt", "日本語/ファイル.bin"}, []string{"a.txt", "日本語/ファイル.bin"}},
		{[]string{"CON", "aux.c", "nul .txt", "COM1", "lpt9.log", "com¹", "CONIN$"},
			[]string{"_CON", "_aux.c", "_nul .txt", "_COM1", "_lpt9.log", "_com¹", "_CONIN$"}},
		{[]string{"COM12", "COM", "console", "nul/a"}, []string{"COM12", "COM", "console", "_nul/a"}},
		{[]string{"what?.txt", "what*.txt", "12:30.png", `a<b>"c"|d`},
			[]string{"what_.txt", "what_ (2).txt", "12_30.png", "a_b__c__d"}},
		{[]string{"a.", "a ", "...", "b. .", "d./e"}, []string{"a_", "a_ (2)", "_", "b_", "d_/e"}},
		{[]string{"\u202egpj.exe", "\u200f"}, []string{"gpj.exe", "_"}},
		{[]string{long + ".txt", long + ".txt"}, []string{
			strings.Repeat("ä", 109) + ".txt", strings.Repeat("ä", 109) + " (2).txt"}},
	} {
		got := SaveNames(c.in)
		if !slices.Equal(got, c.want) {
			t.Errorf("SaveNames(%q) = %q, want %q", c.in, got, c.want)
		}
		checkClean(t, got)
	}
}

func TestDisplayName(t *testing.T) {
	for in, want := range map[string]string{
		"ordner/été.txt":        "ordner/été.txt",
		"photo\u202egpj.exe":    "photo‹U+202E›gpj.exe",
		"a\u2066b\u2069\u200ec": "a‹U+2066›b‹U+2069›‹U+200E›c",
		"a\nb":                  "a‹U+000A›b",
		"שלום.txt":              "שלום.txt",
	} {
		if got := DisplayName(in); got != want {
			t.Errorf("DisplayName(%q) = %q, want %q", in, got, want)
		}
	}
}
