package crypto

import "errors"

// What callers branch on. No error of this package contains a secret, nor any
// text it was given.
var (
	// ErrWrongIdentity says that nothing here is sealed to these identities: for
	// a link with a passphrase, that the passphrase is wrong.
	ErrWrongIdentity = errors.New("sealed to somebody else")
	// ErrDamaged says that the bytes are no age file, or were changed or cut.
	ErrDamaged = errors.New("damaged or tampered with")

	// ErrMalformedGrant says that a grant opened but isn't what a grant must be.
	ErrMalformedGrant = errors.New("malformed grant")
	// ErrGrantSignature says that the sender whom a grant names didn't sign it.
	ErrGrantSignature = errors.New("grant isn't signed by the sender it names")
	// ErrGrantDisagrees says that a grant is of another parcel, or for another
	// recipient, than where it was found.
	ErrGrantDisagrees = errors.New("grant belongs elsewhere")

	// ErrLinkCut says that the end of a link, or its part after #, is missing.
	ErrLinkCut = errors.New("link is cut")
	// ErrLinkWrong says that a link is complete but has a wrong character.
	ErrLinkWrong = errors.New("link has a wrong character")
	// ErrLinkMalformed says that a text is no link at all.
	ErrLinkMalformed = errors.New("not a link")
	// ErrLinkVersion says that a link is intact but of a later version.
	ErrLinkVersion = errors.New("link needs a later version")
	// ErrPassphraseNeeded says that a link needs a passphrase and got none.
	ErrPassphraseNeeded = errors.New("passphrase needed")

	// ErrMalformedSeed says that a text is no exported seed.
	ErrMalformedSeed = errors.New("malformed seed")
	// ErrMalformedIdentity says that a text is no hybrid age identity.
	ErrMalformedIdentity = errors.New("malformed identity")
	// ErrMalformedRecipient says that a text is no recipient that a grant can be
	// sealed to.
	ErrMalformedRecipient = errors.New("malformed recipient")
	// ErrIsSecret says that a text given as a recipient is a secret: an identity
	// or a seed. It must not be handed to anybody.
	ErrIsSecret = errors.New("this is a secret, not a recipient")
)
