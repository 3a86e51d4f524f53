package crypto

import (
	"crypto/rand"
	_ "embed"
	"encoding/binary"
	"strings"
)

// words.txt is the BIP-39 English word list, unchanged: 2,048 words in
// alphabetical order, unique in their first four letters. Source:
// https://github.com/bitcoin/bips/blob/master/bip-0039/english.txt (MIT),
// SHA-256 2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda.
//
//go:embed words.txt
var wordList string

const (
	wordCount       = 2048
	passphraseWords = 6 // · 11 bits = 66 bits, behind scrypt and a link's secret
)

// word returns word number i, counted from 0.
func word(i int) string {
	rest := wordList
	for ; i > 0; i-- {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	w, _, _ := strings.Cut(rest, "\n")
	return w
}

// NewPassphrase returns six random words, 66 bits. Each of the 2,048 words is
// equally likely, for 2,048 divides 65,536.
func NewPassphrase() string {
	words := make([]string, passphraseWords)
	for i := range words {
		var b [2]byte
		rand.Read(b[:])
		words[i] = word(int(binary.LittleEndian.Uint16(b[:])) % wordCount)
	}
	return strings.Join(words, " ")
}
