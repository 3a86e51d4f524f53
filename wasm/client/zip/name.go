package zip

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is ZIP's own limit on the bytes of a name.
const maxName = 1<<16 - 1

// maxDepth is how many parts a name has at most. Disks hold fewer.
const maxDepth = 128

// CheckName returns an error wrapping ErrName unless name can stand in an
// archive: valid UTF-8 in NFC, at most 65,535 bytes, at most 128 parts between
// "/" that are neither empty nor "." nor "..", no leading drive letter, no backslash, no
// control character, no line separator.
func CheckName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%w: it is empty", ErrName)
	case len(name) > maxName:
		return fmt.Errorf("%w: it has %d bytes", ErrName, len(name))
	case countParts(name) > maxDepth:
		return fmt.Errorf("%w: it has %d parts", ErrName, countParts(name))
	case !utf8.ValidString(name):
		return fmt.Errorf("%w: it isn't UTF-8", ErrName)
	case !norm.NFC.IsNormalString(name):
		return fmt.Errorf("%w: it isn't in NFC", ErrName)
	case hasDrive(name):
		return fmt.Errorf("%w: it begins with a drive", ErrName)
	case strings.ContainsFunc(name, isForbidden):
		return fmt.Errorf("%w: it contains a control character or a backslash", ErrName)
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("%w: it leaves its folder", ErrName)
		}
	}
	return nil
}

func countParts(name string) int { return 1 + strings.Count(name, "/") }

// isForbidden says whether r can stand in no name.
func isForbidden(r rune) bool {
	return r == '\\' || unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}

// hasDrive says whether Windows would take name for a path on some drive.
func hasDrive(name string) bool {
	return len(name) >= 2 && name[1] == ':' && ('a' <= name[0]|0x20 && name[0]|0x20 <= 'z')
}

// CleanNames makes paths fit to be added, in order: each result passes
// CheckName, and no two are one. Names that fit already stay as they are.
func CleanNames(paths []string) []string {
	seen := newNameSet()
	tried := map[string]int{} // so that many equal names don't start over each time
	out := make([]string, len(paths))
	for i, path := range paths {
		want := strings.Split(cleanName(path), "/")
		parts := slices.Clone(want)
		for n := 2; ; n++ {
			part, taken := seen.conflict(strings.Join(parts, "/"))
			if !taken {
				break
			}
			if part == len(parts)-1 {
				parts[part] = want[part]
				at := strings.Join(parts, "/")
				tried[at]++
				parts[part] = numbered(want[part], 1+tried[at])
			} else {
				// A file stands where a folder must: what else goes into that
				// folder comes to the same new one.
				parts[part] = numbered(want[part], n)
			}
		}
		out[i] = strings.Join(parts, "/")
		seen.insert(out[i])
	}
	return out
}

// cleanName returns the closest name to path that passes CheckName.
func cleanName(path string) string {
	path = norm.NFC.String(strings.ToValidUTF8(path, "_"))
	path = strings.Map(func(r rune) rune {
		if isForbidden(r) {
			return '_'
		}
		return r
	}, path)
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		if part == ".." {
			part = "_"
		}
		if part != "" && part != "." {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return "_"
	}
	name := strings.Join(parts, "/")
	if len(name) > maxName/2 || len(parts) > maxDepth {
		name = cutBytes(parts[len(parts)-1], maxName/2) // leaves room for numbers
	}
	if hasDrive(name) {
		name = name[:1] + "_" + name[2:]
	}
	return norm.NFC.String(name)
}

// numbered puts n before the extension of a part: "a.txt" becomes "a (2).txt".
func numbered(part string, n int) string {
	stem, ext := splitExt(part)
	return fmt.Sprintf("%s (%d)%s", stem, n, ext)
}

// splitExt cuts base before its last dot, if an extension follows it.
func splitExt(base string) (stem, ext string) {
	i := strings.LastIndexByte(base, '.')
	if i <= 0 || len(base)-i > 16 {
		return base, ""
	}
	return base[:i], base[i:]
}

// cutBytes shortens s to at most n bytes of whole characters.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
