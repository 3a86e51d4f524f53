package crypto

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"

	"filippo.io/age"
)

// The lines of a grant, in order: see the package documentation.
const (
	grantFirstLine  = "# floe grant 1"
	grantMaxNetwork = 64
)

// signedText returns what the sender signs: the lines above the signature.
func (g *Grant) signedText() []byte {
	var b bytes.Buffer
	b.WriteString(labelGrant)
	g.writeTerms(&b)
	return b.Bytes()
}

func (g *Grant) writeTerms(b *bytes.Buffer) {
	fmt.Fprintln(b, grantFirstLine)
	fmt.Fprintf(b, "# network: %s\n", g.Network)
	fmt.Fprintf(b, "# sender: %s\n", g.Sender)
	fmt.Fprintf(b, "# for: %s\n", g.For)
	fmt.Fprintf(b, "# blobs: %x\n", g.BlobsHash)
	fmt.Fprintf(b, "# parcel: %s\n", HashRecipient(g.Parcel.Recipient()))
	fmt.Fprintf(b, "# from: %x %s\n", g.From.VerifyKey, g.From.Recipient)
	fmt.Fprintf(b, "# fingerprint: %s\n", g.From.Fingerprint().Words())
}

// text returns the identity file that is sealed.
func (g *Grant) text() []byte {
	var b bytes.Buffer
	g.writeTerms(&b)
	fmt.Fprintf(&b, "# signature: %x\n", g.Signature)
	fmt.Fprintln(&b, g.Parcel.String())
	return b.Bytes()
}

// checkTerms refuses what a reader would refuse.
func (g *Grant) checkTerms() error {
	if len(g.Network) < 1 || len(g.Network) > grantMaxNetwork || strings.ContainsFunc(g.Network, isUnprintable) {
		return fmt.Errorf("%w: network", ErrMalformedGrant)
	}
	address, ok := strings.CutPrefix(g.Sender, "0x")
	if !ok || !parseHex(address, make([]byte, 32)) {
		return fmt.Errorf("%w: sender", ErrMalformedGrant)
	}
	if g.Parcel == nil {
		return fmt.Errorf("%w: no identity", ErrMalformedGrant)
	}
	return nil
}

func isUnprintable(r rune) bool { return r < '!' || r > '~' }

// parseGrant reads the text of a grant. It takes what it needs from each line
// and leaves it to writing the grant again to notice all that is wrong besides.
func parseGrant(text []byte) (*Grant, error) {
	lines := strings.Split(string(text), "\n")
	if len(lines) < 1 || lines[0] != grantFirstLine {
		return nil, fmt.Errorf("%w: not a grant of version 1", ErrMalformedGrant)
	}
	if len(lines) != 11 {
		return nil, fmt.Errorf("%w: %d lines", ErrMalformedGrant, len(lines))
	}
	var g Grant
	verifyKey, recipient, _ := strings.Cut(strings.TrimPrefix(lines[6], "# from: "), " ")
	g.Network = strings.TrimPrefix(lines[1], "# network: ")
	g.Sender = strings.TrimPrefix(lines[2], "# sender: ")
	for _, field := range []struct {
		name, hex string
		into      []byte
	}{
		{"for", strings.TrimPrefix(lines[3], "# for: "), g.For[:]},
		{"blobs", strings.TrimPrefix(lines[4], "# blobs: "), g.BlobsHash[:]},
		{"from", verifyKey, g.From.VerifyKey[:]},
		{"from", recipient, g.From.Recipient[:]},
		{"signature", strings.TrimPrefix(lines[8], "# signature: "), g.Signature[:]},
	} {
		if !parseHex(field.hex, field.into) {
			return nil, fmt.Errorf("%w: %s", ErrMalformedGrant, field.name)
		}
	}
	var err error
	if g.Parcel, err = age.ParseHybridIdentity(lines[9]); err != nil {
		return nil, fmt.Errorf("%w: identity", ErrMalformedGrant)
	}
	if err := g.checkTerms(); err != nil {
		return nil, err
	}
	if !bytes.Equal(g.text(), text) {
		return nil, fmt.Errorf("%w: its lines disagree with each other", ErrMalformedGrant)
	}
	return &g, nil
}

// parseHex reads exactly len(into) bytes of lower-case hex.
func parseHex(s string, into []byte) bool {
	if len(s) != 2*len(into) || strings.ToLower(s) != s {
		return false
	}
	_, err := hex.Decode(into, []byte(s))
	return err == nil
}
