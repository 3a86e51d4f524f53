package crypto

import (
	"strings"
	"unicode"
)

// splitLink finds the digits of id and secret in what somebody pasted. The
// secret is "" where there is none.
func splitLink(text string) (id, secret string, err error) {
	rest := linkFragment(tidy(text))
	if id, rest, err = takeDigits(rest, linkIDChars); err != nil {
		return "", "", err
	}
	afterDot, ok := strings.CutPrefix(strings.TrimLeft(rest, "\n"), ".")
	afterDot = strings.TrimLeft(afterDot, "\n")
	if !ok || afterDot == "" || !isDigit(rune(afterDot[0])) {
		// No secret; a lone dot ends a sentence.
		return id, "", checkTail(rest)
	}
	if secret, rest, err = takeDigits(afterDot, linkSecretChars); err != nil {
		return "", "", err
	}
	return id, secret, checkTail(rest)
}

// tidy drops what can't be seen (soft hyphens, zero-width spaces, byte order
// marks), resolves percent-encoding, and leaves of all white space one kind of
// line break, which mail puts into long links, and one kind of space, which
// ends them.
func tidy(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case r == '\r':
			return '\n'
		case r != '\n' && unicode.IsSpace(r):
			return ' '
		}
		return r
	}, unescape(unescape(text))) // twice: two programs on the way may have escaped it
	return strings.TrimSpace(text)
}

// linkFragment returns what follows # in a URL, or all of a text that is none.
func linkFragment(text string) string {
	if _, fragment, ok := strings.Cut(text, linkPath); ok {
		return fragment
	}
	if _, fragment, ok := strings.Cut(text, "#"); ok {
		return fragment
	}
	if strings.Contains(text, "/") {
		return "" // a URL that lost its fragment
	}
	return strings.TrimLeftFunc(text, isWrapping)
}

// unescape resolves percent-encoding and leaves alone what isn't any.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			b.WriteByte(hexValue(s[i+1])<<4 | hexValue(s[i+2]))
			i += 2
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

const hexDigits = "0123456789abcdefABCDEF"

func isHex(c byte) bool { return strings.IndexByte(hexDigits, c) >= 0 }

func hexValue(c byte) byte {
	v := strings.IndexByte(hexDigits, c)
	if v > 15 {
		v -= 6
	}
	return byte(v)
}

// takeDigits takes n base64url digits from s, over line breaks, and returns
// what follows them.
func takeDigits(s string, n int) (digits, rest string, err error) {
	var b strings.Builder
	for i, r := range s {
		switch {
		case b.Len() == n:
			return b.String(), s[i:], nil
		case isDigit(r):
			b.WriteRune(r)
		case r != '\n':
			return "", "", judgeShort(s[i:])
		}
	}
	if b.Len() < n {
		return "", "", ErrLinkCut
	}
	return b.String(), "", nil
}

// judgeShort judges a text whose digits end too early, at rest: sentences end,
// and a program that shortens what it shows puts an ellipsis. Anything else
// never was a link.
func judgeShort(rest string) error {
	if strings.HasPrefix(rest, "…") || strings.HasPrefix(rest, "...") {
		return ErrLinkCut
	}
	if checkTail(rest) == nil {
		return ErrLinkCut
	}
	return ErrLinkMalformed
}

// checkTail accepts what may stand behind a link: parameters, or punctuation,
// the two digits that are punctuation included, up to white space.
func checkTail(rest string) error {
	if strings.HasPrefix(rest, "?") || strings.HasPrefix(rest, "&") || strings.HasPrefix(rest, "#") {
		return nil
	}
	for _, r := range rest {
		if unicode.IsSpace(r) {
			return nil
		}
		if r != '-' && r != '_' && !isWrapping(r) {
			return ErrLinkMalformed
		}
	}
	return nil
}

func isDigit(r rune) bool {
	return r == '-' || r == '_' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
}

// isWrapping is what people and programs put around links.
func isWrapping(r rune) bool {
	return !isDigit(r) && (unicode.IsPunct(r) || unicode.IsSymbol(r))
}
