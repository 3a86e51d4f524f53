package zip

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold returns what names are compared by: equal for names that any common disk
// takes for one. It is Unicode's canonical caseless matching, with the smallest
// member of each class of cases instead of the lower-case one.
func fold(name string) string {
	if isASCII(name) {
		return strings.ToUpper(name)
	}
	name = norm.NFD.String(name)
	var b strings.Builder
	b.Grow(len(name))
	for _, r := range name {
		if long, ok := longFolds[r]; ok {
			for _, l := range long {
				b.WriteRune(foldRune(l))
			}
			continue
		}
		b.WriteRune(foldRune(r))
	}
	return norm.NFD.String(b.String())
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// foldRune returns the smallest of all runes that differ from r by case.
func foldRune(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	if r < 0x80 {
		return r
	}
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// longFolds are the characters that fold to several and that NFD doesn't take
// apart (status F of Unicode's CaseFolding.txt).
var longFolds = map[rune]string{
	'ß': "ss", 'ẞ': "ss", 'ŉ': "ʼn", 'ẚ': "aʾ", 'և': "եւ",
	'ﬀ': "ff", 'ﬁ': "fi", 'ﬂ': "fl", 'ﬃ': "ffi", 'ﬄ': "ffl", 'ﬅ': "st", 'ﬆ': "st",
	'ﬓ': "մն", 'ﬔ': "մե", 'ﬕ': "մի", 'ﬖ': "վն", 'ﬗ': "մխ",
}

// nameSet holds names that can stand side by side.
type nameSet struct {
	files   map[string]bool // folded
	folders map[string]bool // folded, without the last slash
}

func newNameSet() *nameSet {
	return &nameSet{map[string]bool{}, map[string]bool{}}
}

// conflict says which part of name, counted from 0, keeps it out of the set: the
// last if name is taken, an earlier one if a file stands where name wants a
// folder.
func (s *nameSet) conflict(name string) (part int, taken bool) {
	key := fold(name)
	for i := range len(key) {
		if key[i] != '/' {
			continue
		}
		if s.files[key[:i]] {
			return part, true
		}
		part++
	}
	return part, s.files[key] || s.folders[key]
}

// insert takes name in.
func (s *nameSet) insert(name string) {
	key := fold(name)
	s.files[key] = true
	for i := range len(key) {
		if key[i] == '/' {
			s.folders[key[:i]] = true
		}
	}
}

// add takes name in, or returns an error wrapping ErrDuplicate.
func (s *nameSet) add(name string) error {
	if _, taken := s.conflict(name); taken {
		return fmt.Errorf("%w: %q", ErrDuplicate, DisplayName(name))
	}
	s.insert(name)
	return nil
}
