package crypto

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// MaxGrant is the length of the longest grant that is read.
const MaxGrant = 12 << 10

// Grant hands a parcel's identity to one recipient. It never prints itself.
type Grant struct {
	Network   string              // the ledger's name, or what else the caller knows it by
	Sender    string              // the address that signs the parcel's transactions: 0x and 64 hex digits
	BlobsHash [32]byte            // over count and order of the parcel's blob IDs
	Parcel    *age.HybridIdentity // opens the parcel

	// Filled in by SealGrant and OpenGrant.
	For       RecipientHash // whom the grant is sealed to
	From      Profile       // who made it
	Signature [64]byte      // by From's lasting key
}

// SealGrant signs g as from and seals it to one recipient. A grant to a classic
// recipient isn't post-quantum: see PostQuantum.
func SealGrant(g Grant, from *Identity, to Recipient) ([]byte, error) {
	g.For = HashRecipient(to)
	g.From = from.Profile()
	if err := g.checkTerms(); err != nil {
		return nil, err
	}
	g.Signature = [64]byte(ed25519.Sign(from.Signer, g.signedText()))
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err != nil {
		return nil, fmt.Errorf("couldn't seal the grant: %w", err)
	}
	if _, err := w.Write(g.text()); err != nil {
		return nil, fmt.Errorf("couldn't seal the grant: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("couldn't seal the grant: %w", err)
	}
	return sealed.Bytes(), nil
}

// OpenGrant opens a grant with whichever of ids it is sealed to and checks all
// that can be checked without the ledger: that there is no other way to write
// it, that it is for the identity that opened it, and that whom it names signed
// it. [Grant.Check] checks the rest.
//
// Errors are ErrWrongIdentity, ErrDamaged, ErrMalformedGrant,
// ErrGrantDisagrees and ErrGrantSignature.
func OpenGrant(sealed []byte, ids ...age.Identity) (*Grant, error) {
	if len(sealed) > MaxGrant {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformedGrant, len(sealed))
	}
	for _, id := range ids {
		to, err := recipientOf(id)
		if err != nil {
			return nil, err
		}
		r, err := Open(bytes.NewReader(sealed), id)
		if errors.Is(err, ErrWrongIdentity) {
			continue
		}
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		return readGrant(text, to)
	}
	return nil, ErrWrongIdentity
}

// readGrant checks the text of a grant that was sealed to to.
func readGrant(text []byte, to Recipient) (*Grant, error) {
	g, err := parseGrant(text)
	if err != nil {
		return nil, err
	}
	if g.For != HashRecipient(to) {
		return nil, fmt.Errorf("%w: it was made for another recipient", ErrGrantDisagrees)
	}
	if !ed25519.Verify(g.From.VerifyKey[:], g.signedText(), g.Signature[:]) {
		return nil, ErrGrantSignature
	}
	return g, nil
}

// recipientOf returns the recipient of an identity that a grant can be for.
func recipientOf(id age.Identity) (Recipient, error) {
	switch id := id.(type) {
	case *age.HybridIdentity:
		return id.Recipient(), nil
	case *age.X25519Identity:
		return id.Recipient(), nil
	}
	return nil, fmt.Errorf("couldn't open the grant: identities of type %T open none", id)
}

// Check compares what g says with the signed transaction it was found in; what
// differs gives ErrGrantDisagrees.
func (g *Grant) Check(network, sender string, blobsHash [32]byte) error {
	switch {
	case g.Network != network:
		return fmt.Errorf("%w: it is of another network", ErrGrantDisagrees)
	case g.Sender != sender:
		return fmt.Errorf("%w: it is of another sender", ErrGrantDisagrees)
	case g.BlobsHash != blobsHash:
		return fmt.Errorf("%w: it is of other blobs", ErrGrantDisagrees)
	}
	return nil
}

// Format keeps the parcel's identity out of logs and errors whatever the verb.
func (g Grant) Format(f fmt.State, _ rune) { f.Write([]byte("[grant]")) }
