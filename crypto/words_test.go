package crypto

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

func TestWordListIsBIP39English(t *testing.T) {
	const want = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
	if sum := sha256.Sum256([]byte(wordList)); hex.EncodeToString(sum[:]) != want {
		t.Errorf("words.txt has SHA-256 %x, want %s", sum, want)
	}
	words := strings.Fields(wordList)
	if len(words) != wordCount || !slices.IsSorted(words) {
		t.Fatalf("%d words, sorted %v", len(words), slices.IsSorted(words))
	}
	for _, i := range []int{0, 1, 1023, 2047} {
		if word(i) != words[i] {
			t.Errorf("word(%d) = %q, want %q", i, word(i), words[i])
		}
	}
}

// Six words drawn from 2,048 without bias: over 60,000 draws each word is
// expected 29.3 times, and chi-squared with 2,047 degrees of freedom stays
// within 2,047 ± 6·64 but for one run in a billion.
func TestPassphraseWordsAreEquallyLikely(t *testing.T) {
	count := map[string]int{}
	const phrases = 10_000
	for range phrases {
		words := strings.Split(NewPassphrase(), " ")
		if len(words) != passphraseWords {
			t.Fatalf("%d words", len(words))
		}
		for _, w := range words {
			count[w]++
		}
	}
	if len(count) != wordCount {
		t.Fatalf("%d different words drawn, want all %d", len(count), wordCount)
	}
	const expected = float64(phrases*passphraseWords) / wordCount
	var chi float64
	for _, n := range count {
		chi += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	if chi < 2047-6*64 || chi > 2047+6*64 {
		t.Errorf("chi-squared %.0f, expected about 2047", chi)
	}
}
