package crypto

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func testLink(passphrase bool) Link {
	l := Link{Secret: NewSecret(passphrase)}
	other := NewSecret(false)
	l.Parcel = other.Key
	return l
}

func sameLink(a, b Link) bool {
	if a.Secret == nil || b.Secret == nil {
		return a.Parcel == b.Parcel && a.Secret == b.Secret
	}
	return a.Parcel == b.Parcel && *a.Secret == *b.Secret
}

// What messengers, mail and people make of a link still opens.
func TestParseLinkAsPasted(t *testing.T) {
	for range 50 {
		for _, l := range []Link{testLink(false), testLink(true), {Parcel: testLink(false).Parcel}} {
			f := l.Fragment()
			u := l.URL("https://floe.example/")
			if u != "https://floe.example/open#"+f {
				t.Fatalf("URL is %s", u)
			}
			for what, text := range map[string]string{
				"bare":            f,
				"with #":          "#" + f,
				"URL":             u,
				"port":            l.URL("http://127.0.0.1:8080"),
				"white space":     " \t" + u + "\r\n",
				"brackets":        "<" + u + ">",
				"quotes":          "“" + u + "”",
				"parentheses":     "(" + u + ").",
				"full stop":       u + ".",
				"comma, sentence": u + ", please have a look",
				"exclamation":     u + "!!",
				"bold":            "**" + u + "**",
				"italic":          "_" + u + "_",
				"bare, quoted":    "\"" + f + "\"",
				"sentence":        "Here it is: " + u + " (until Friday)",
				"next line":       u + "\nGreetings, Eve",
				"Markdown":        "[files](" + u + ")",
				"tracker":         u + "?fbclid=IwAR0",
				"tracker, &":      u + "&utm_source=mail",
				"text fragment":   u + "#:~:text=floe",
				"escaped":         strings.ReplaceAll(strings.ReplaceAll(u, "#", "%23"), ".", "%2E"),
				"escaped -_":      strings.ReplaceAll(strings.ReplaceAll(u, "-", "%2d"), "_", "%5f"),
				"query-escaped":   url.QueryEscape(u),
				"twice escaped":   url.QueryEscape(url.QueryEscape(u)),
				"wrapped":         u[:60] + "\r\n" + u[60:],
				"wrapped often":   "https://floe.example/open#" + strings.Join(split(f, 10), "\n"),
				"soft hyphens":    "https://floe.example/open#" + strings.Join(split(f, 7), "\u00ad"),
				"zero-width":      "\ufeff" + strings.Join(split(u, 9), "\u200b") + "\u2060",
			} {
				if got, err := ParseLink(text); err != nil || !sameLink(got, l) {
					t.Fatalf("%s: %v", what, err)
				}
			}
		}
	}
}

func split(s string, n int) (parts []string) {
	for ; len(s) > n; s = s[n:] {
		parts = append(parts, s[:n])
	}
	return append(parts, s)
}

func TestParseLinkCut(t *testing.T) {
	l := testLink(true)
	f := l.Fragment()
	for n := range len(f) {
		got, err := ParseLink("https://floe.example/open#" + f[:n])
		switch {
		case n == linkIDChars || n == linkIDChars+1: // with or without the dot, the secret is missing whole
			if err != nil || got.Parcel != l.Parcel || got.Secret != nil {
				t.Errorf("cut to the id: %v", err)
			}
		case err != ErrLinkCut:
			t.Errorf("cut to %d of %d: %v", n, len(f), err)
		}
		if n == linkIDChars || n == linkIDChars+1 {
			continue
		}
		for _, end := range []string{"…", "...", " ", ".", "?", "\n"} {
			if _, err := ParseLink("https://floe.example/open#" + f[:n] + end); err != ErrLinkCut {
				t.Errorf("cut to %d of %d and %q: %v", n, len(f), end, err)
			}
		}
	}
	for _, text := range []string{"", "#", " ", "https://floe.example/open", "https://floe.example/open#", f[:20] + "…" + f[60:]} {
		if _, err := ParseLink(text); err != ErrLinkCut {
			t.Errorf("%.30q: %v", text, err)
		}
	}
}

// Whichever character is taken for another, the link is refused; with a secret
// it is even known to be complete.
func TestParseLinkWrong(t *testing.T) {
	l := testLink(false)
	f := l.Fragment()
	for i := range f {
		for _, c := range base64urlDigits {
			if byte(c) == f[i] || i == linkIDChars {
				continue
			}
			if _, err := ParseLink(f[:i] + string(c) + f[i+1:]); err != ErrLinkWrong {
				t.Errorf("character %d changed to %c: %v", i, c, err)
			}
		}
		if i > 0 && f[i] != f[i-1] && i != linkIDChars && i != linkIDChars+1 {
			swapped := f[:i-1] + string(f[i]) + string(f[i-1]) + f[i+1:]
			if _, err := ParseLink(swapped); err != ErrLinkWrong {
				t.Errorf("characters %d and %d swapped: %v", i-1, i, err)
			}
		}
	}
	for what, text := range map[string]string{
		"case":              strings.ToLower(f),
		"another parcel's":  testLink(false).Fragment()[:linkIDChars] + f[linkIDChars:],
		"id with loose end": strings.Repeat("A", linkIDChars-1) + "B",
	} {
		if _, err := ParseLink(text); err != ErrLinkWrong {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestParseLinkMalformed(t *testing.T) {
	f := testLink(false).Fragment()
	for what, text := range map[string]string{
		"no link":           "a=b",
		"another site":      "https://example.org/page#section=2",
		"umlaut":            f[:10] + "ä" + f[11:],
		"plus":              f[:10] + "+" + f[11:],
		"longer":            f + "A",
		"longer id":         f[:linkIDChars] + "A",
		"id longer, secret": f[:linkIDChars] + "A" + f[linkIDChars:],
		"no dot":            f[:linkIDChars] + f[linkIDChars+1:],
		"colon for dot":     f[:linkIDChars] + ":" + f[linkIDChars+1:],
		"age recipient":     "age1pq1" + strings.Repeat("q", 100),
	} {
		if _, err := ParseLink(text); err != ErrLinkMalformed {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestParseLinkVersion(t *testing.T) {
	l := testLink(false)
	for digit := range byte(64) {
		sum := linkChecksum(digit, l.Parcel, l.Secret.Key)
		text := base64url(l.Parcel[:]) + "." + string(base64urlDigits[digit]) + base64url(append(l.Secret.Key[:], sum[:]...))
		got, err := ParseLink(text)
		switch digit {
		case 4, 5:
			if err != nil || got.Secret.Passphrase != (digit == 5) {
				t.Errorf("digit %d: %v", digit, err)
			}
		default:
			if err != ErrLinkVersion {
				t.Errorf("digit %d: %v", digit, err)
			}
		}
	}
}

// Errors of a link never quote it.
func TestLinkErrorsKeepSecrets(t *testing.T) {
	f := testLink(true).Fragment()
	for i := range f {
		for _, text := range []string{f[:i], f[:i] + "ä" + f[i+1:], f[:i] + "x" + f[i+1:]} {
			if _, err := ParseLink(text); err != nil && strings.Contains(fmt.Sprintf("%+v", err), f[50:58]) {
				t.Fatal("an error quotes the link")
			}
		}
	}
}

func FuzzLinkRoundTrip(f *testing.F) {
	for _, v := range readDerivations(f).Links {
		id, key := bytes32(f, v.ID), bytes32(f, v.Key)
		f.Add(id[:], key[:], v.Passphrase != nil, true, "https://floe.example")
	}
	f.Fuzz(func(t *testing.T, id, key []byte, passphrase, secret bool, base string) {
		var l Link
		copy(l.Parcel[:], id)
		if secret {
			l.Secret = &Secret{Passphrase: passphrase}
			copy(l.Secret.Key[:], key)
		}
		if got, err := ParseLink(l.Fragment()); err != nil || !sameLink(got, l) {
			t.Fatalf("fragment: %v", err)
		}
		if !strings.ContainsAny(base, "#%") && !strings.Contains(base, linkPath) {
			if got, err := ParseLink(l.URL(base)); err != nil || !sameLink(got, l) {
				t.Fatalf("URL: %v", err)
			}
		}
	})
}

// A link that isn't the one that was given out is refused, unless its secret is
// gone whole and its id alone is left.
func FuzzParseLinkNeverAcceptsDamaged(f *testing.F) {
	l := testLink(true)
	whole := l.URL("https://floe.example")
	f.Add(whole, 0, 0, "")
	f.Add(whole, 30, 31, "x")
	f.Add(whole, 60, 60, "\n")
	f.Add(whole, 80, len(whole), "…")
	f.Add(whole, 69, 70, "%2e")
	f.Fuzz(func(t *testing.T, text string, from, to int, with string) {
		if from >= 0 && from <= to && to <= len(text) {
			text = text[:from] + with + text[to:]
		}
		got, err := ParseLink(text)
		if err != nil {
			for _, known := range []error{ErrLinkCut, ErrLinkWrong, ErrLinkMalformed, ErrLinkVersion} {
				if errors.Is(err, known) {
					return
				}
			}
			t.Fatalf("an error nobody can branch on: %v", err)
		}
		if got.Secret != nil && !strings.Contains(tidied(text), got.Fragment()) {
			t.Fatal("accepted a link that isn't there")
		}
		if again, err := ParseLink(got.Fragment()); err != nil || !sameLink(got, again) {
			t.Fatalf("a link that was accepted isn't one: %v", err)
		}
	})
}

// tidied is all of a pasted text that can count.
func tidied(text string) string {
	return strings.ReplaceAll(tidy(text), "\n", "")
}
