package zip

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	for _, name := range []string{
		"a", "a.txt", "ordner/été.txt", "日本語/ファイル.bin", "a b", " a", "a.", "...", "..a", "a..",
		"CON", "aux.c", "what?.txt", "a:b/c:d:e", "12:30.png", "\u202eexe.gpj", strings.Repeat("n", maxName),
	} {
		if err := CheckName(name); strings.HasPrefix(name, "a:") != (err != nil) {
			t.Errorf("CheckName(%.40q) = %v", name, err)
		}
	}
	for what, name := range map[string]string{
		"empty": "", "absolute": "/a", "above": "../a", "above, deep": "a/../../b", "above at the end": "a/..",
		"here": "./a", "here inside": "a/./b", "empty part": "a//b", "folder": "a/", "only dots": "..",
		"drive": `c:\a`, "drive with slash": "C:/a", "drive relative": "C:a", "backslash": `a\b`, "share": `\\host\a`,
		"NUL": "a\x00b", "line feed": "a\nb", "escape": "a\x1b[0m", "DEL": "a\x7f", "C1": "a\u0085b",
		"line separator": "a\u2028b", "paragraph separator": "a\u2029b",
		"NFD": "e\u0301", "not UTF-8": "a\xff", "surrogate": "a\xed\xa0\x80", "too long": strings.Repeat("n", maxName+1),
	} {
		if err := CheckName(name); !errors.Is(err, ErrName) {
			t.Errorf("%s: CheckName(%.40q) = %v, want ErrName", what, name, err)
		}
	}
}

func TestCleanNames(t *testing.T) {
	for _, c := range []struct{ in, want []string }{
		{[]string{"a.txt", "b/c.txt"}, []string{"a.txt", "b/c.txt"}},
		{[]string{"a.txt", "a.txt", "A.TXT"}, []string{"a.txt", "a (2).txt", "A (3).TXT"}},
		{[]string{"e\u0301.txt", "é.txt"}, []string{"é.txt", "é (2).txt"}},
		{[]string{"Straße", "STRASSE"}, []string{"Straße", "STRASSE (2)"}},
		{[]string{"a", "a/b", "a/c"}, []string{"a", "a (2)/b", "a (2)/c"}},
		{[]string{"a/b", "a"}, []string{"a/b", "a (2)"}},
		{[]string{"/etc/passwd", "../../x", "a/./b//c/", "C:/x"}, []string{"etc/passwd", "_/_/x", "a/b/c", "C_/x"}},
		{[]string{`a\b`, "a\x00b", "a\xffb"}, []string{"a_b", "a_b (2)", "a_b (3)"}},
		{[]string{"", ".", "/"}, []string{"_", "_ (2)", "_ (3)"}},
		{[]string{".profile", ".profile"}, []string{".profile", ".profile (2)"}},
		{[]string{"no.ext-is-this-long-a-word", "no.ext-is-this-long-a-word"},
			[]string{"no.ext-is-this-long-a-word", "no.ext-is-this-long-a-word (2)"}},
	} {
		got := CleanNames(c.in)
		if !slices.Equal(got, c.want) {
			t.Errorf("CleanNames(%q) = %q, want %q", c.in, got, c.want)
		}
		checkClean(t, got)
	}
}

// checkClean holds what CleanNames promises.
func checkClean(t *testing.T, names []string) {
	t.Helper()
	seen := newNameSet()
	for _, n := range names {
		if err := CheckName(n); err != nil {
			t.Errorf("%q: %v", n, err)
		}
		if err := seen.add(n); err != nil {
			t.Error(err)
		}
	}
	if again := CleanNames(names); !slices.Equal(again, names) {
		t.Errorf("names that fit were changed: %q to %q", names, again)
	}
}
