package daemon

import (
	"strconv"
	"strings"
)

// maxRanges is how many ranges one request may ask for.
const maxRanges = 32

// span is n bytes at an offset.
type span struct{ off, n uint64 }

// parseRanges reads a Range header of RFC 9110 against a size:
//
//	bytes=a-b   bytes=a-   bytes=-n   bytes=a-b, c-d, …
//
// What reaches beyond the end is cut there; what begins there is left out. No
// spans without an error mean that the header is to be ignored: for it isn't
// about bytes, or asks for more than the whole. An error says that it can't be
// read, or that nothing of what it asks for exists.
func parseRanges(header string, size uint64) ([]span, error) {
	unit, set, found := strings.Cut(header, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(unit), "bytes") {
		return nil, nil
	}
	var spans []span
	sum := uint64(0)
	specs := strings.Split(set, ",")
	if len(specs) > maxRanges {
		return nil, unsatisfiable("at most %d ranges can be asked for at once", maxRanges)
	}
	for _, spec := range specs {
		if spec = strings.Trim(spec, " \t"); spec == "" {
			continue // RFC 9110 lets lists have empty elements
		}
		s, some, err := parseRange(spec, size)
		if err != nil {
			return nil, err
		}
		if some {
			spans = append(spans, s)
			sum += min(s.n, size)
		}
	}
	switch {
	case len(spans) == 0:
		return nil, unsatisfiable("nothing of it is within the %d bytes there are", size)
	case len(spans) > 1 && sum > size:
		return nil, nil
	}
	return spans, nil
}

// parseRange reads one of a set; some is false if it is beyond the end.
func parseRange(spec string, size uint64) (s span, some bool, err error) {
	first, last, found := strings.Cut(spec, "-")
	if !found {
		return s, false, unsatisfiable("%.40q is no range", spec)
	}
	if first == "" {
		n, err := position(last, spec)
		if err != nil || n == 0 || size == 0 {
			return s, false, err
		}
		n = min(n, size)
		return span{size - n, n}, true, nil
	}
	from, err := position(first, spec)
	if err != nil {
		return s, false, err
	}
	to := size - 1
	if last != "" {
		end, err := position(last, spec)
		if err != nil {
			return s, false, err
		}
		if end < from {
			return s, false, unsatisfiable("%.40q ends before it begins", spec)
		}
		to = min(end, to)
	}
	if from >= size {
		return s, false, nil
	}
	return span{from, to - from + 1}, true, nil
}

// position reads digits. A number too large to be one is beyond every end.
func position(digits, spec string) (uint64, error) {
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, unsatisfiable("%.40q is no range", spec)
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 1<<64 - 1, nil
	}
	return n, nil
}

// sameTag compares an entity tag that a caller gives with one of ours, whose
// quotes many tools leave away, as upstream does.
func sameTag(given, tag string) bool {
	given = strings.TrimPrefix(strings.TrimSpace(given), "W/")
	return strings.Trim(given, `"`) == tag
}

// anyTag reports whether a list of tags names ours.
func anyTag(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one == "*" || sameTag(one, tag) {
			return true
		}
	}
	return false
}
