package zip

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DisplayName returns name as it may be shown: characters that reorder or hide
// text are written out, so that "exe.gpj" can't pass for "jpg.exe".
func DisplayName(name string) string {
	var b strings.Builder
	for _, r := range name {
		if isForbidden(r) || isReordering(r) {
			fmt.Fprintf(&b, "‹U+%04X›", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isReordering says whether r changes the direction of its neighbours.
func isReordering(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

const (
	maxPart     = 255 // bytes of the longest file name that common disks hold
	partReserve = 32  // of these, left for a number
)

// SaveNames returns what to call the files of an archive on a disk of any kind,
// Windows included: its reserved names and characters, dots and spaces at the
// end of a part, parts that are too long and reordering characters are mended,
// and no two results are one.
func SaveNames(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		parts := strings.Split(name, "/")
		for j, part := range parts {
			parts[j] = savePart(part)
		}
		out[i] = strings.Join(parts, "/")
	}
	return CleanNames(out)
}

func savePart(part string) string {
	part = strings.Map(func(r rune) rune {
		switch {
		case isReordering(r):
			return -1
		case isForbidden(r) || strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, part)
	if len(part) > maxPart-partReserve {
		stem, ext := splitExt(part)
		part = cutBytes(stem, maxPart-partReserve-len(ext)) + ext
	}
	if trimmed := strings.TrimRight(part, ". "); trimmed != part || part == "" {
		part = trimmed + "_"
	}
	if isDevice(part) {
		part = "_" + part
	}
	return part
}

// isDevice says whether Windows opens a device instead of a file called part,
// whatever its case and extension.
func isDevice(part string) bool {
	stem, _, _ := strings.Cut(part, ".")
	switch stem = strings.ToUpper(strings.TrimRight(stem, " ")); stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	rest, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		rest, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && utf8.RuneCountInString(rest) == 1 && strings.Contains("0123456789¹²³", rest)
}
