package zip

import (
	"testing"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Two characters fold to one here exactly if they do by Unicode's full case
// folding, as golang.org/x/text/cases knows it (too large for the page).
func TestFoldAgreesWithUnicode(t *testing.T) {
	caser := cases.Fold()
	ours, theirs := map[string]string{}, map[string]string{}
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if unicode.Is(unicode.Cherokee, r) {
			continue // x/text swaps its cases instead of folding them
		}
		if !unicode.In(r, unicode.Letter, unicode.Mark, unicode.Number, unicode.Symbol) {
			continue
		}
		a := fold(string(r))
		b := norm.NFD.String(caser.String(norm.NFD.String(string(r))))
		if prior, ok := ours[a]; ok && prior != b {
			t.Errorf("%U: folded with %q, Unicode folds it to %q", r, prior, b)
		}
		if prior, ok := theirs[b]; ok && prior != a {
			t.Errorf("%U: not folded with %q, Unicode folds it to %q", r, prior, b)
		}
		ours[a], theirs[b] = b, a
	}
	if len(ours) < 100_000 {
		t.Errorf("only %d classes seen", len(ours))
	}
}

func TestFoldKnowsCherokee(t *testing.T) {
	if fold("Ꭰ") != fold("ꭰ") || fold("Ᏸ") != fold("ᏸ") || fold("Ꭰ") == fold("Ꭱ") {
		t.Error("Cherokee isn't folded")
	}
}
