package suitx

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"floe/codec/bcs"
)

// Passkey is a WebAuthn assertion whose challenge is the digest. In BCS:
//
//	authenticator data  bytes
//	client data         string: the JSON that the browser made
//	signature           bytes: 02 ‖ signature 64 ‖ key 33
//
// The secp256r1 signature is over authenticator data ‖ SHA-256(client data), and
// the address is BLAKE2b-256(06 ‖ key). Of the client data, the type must be
// webauthn.get and the challenge the digest, in base64url without padding; there
// must be an origin. As on Sui, which origin it is and what the authenticator's
// flags say doesn't matter: the key counts.
type Passkey struct {
	AuthenticatorData []byte
	ClientData        string
	By                KeySignature // secp256r1
	challenge         [32]byte
}

func parsePasskey(b []byte) (*Passkey, error) {
	r := bcs.NewReader(b)
	p := &Passkey{AuthenticatorData: r.Bytes(), ClientData: r.String()}
	inner := r.Bytes()
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: passkey: %w", ErrBadSignature, err)
	}
	if len(inner) != 98 || inner[0] != SchemeSecp256r1 {
		return nil, fmt.Errorf("%w: passkey: it isn't signed with secp256r1", ErrBadSignature)
	}
	p.By = KeySignature{By: Key{SchemeSecp256r1, inner[65:]}, Bytes: [64]byte(inner[1:])}
	var err error
	if p.challenge, err = challengeOf(p.ClientData); err != nil {
		return nil, fmt.Errorf("%w: passkey: client data: %w", ErrBadSignature, err)
	}
	return p, nil
}

// challengeOf reads the client data as strictly as Sui's validators do, or more:
// no name twice, none in other letters, nothing after the object, no surrogates
// (which WebAuthn never writes), numbers that are some, and not too deep.
func challengeOf(clientData string) (c [32]byte, err error) {
	members, err := readMembers(clientData)
	if err != nil {
		return c, err
	}
	challenge, isText := members["challenge"].(string)
	_, hasOrigin := members["origin"].(string)
	cross, given := members["crossOrigin"]
	_, isBool := cross.(bool)
	switch {
	case members["type"] != "webauthn.get":
		return c, errors.New("its type isn't webauthn.get")
	case !hasOrigin:
		return c, errors.New("it has no origin")
	case given && cross != nil && !isBool:
		return c, errors.New("its crossOrigin is neither true nor false")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(challenge)
	if !isText || err != nil || len(b) != 32 || len(challenge) != 43 {
		return c, errors.New("its challenge isn't 32 bytes in base64url")
	}
	return [32]byte(b), nil
}

var errNoObject = errors.New("it is no JSON object")

// readMembers reads one JSON object and nothing after it.
func readMembers(text string) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') || strings.Contains(strings.ToLower(text), `\ud`) {
		return nil, errNoObject
	}
	members := make(map[string]any)
	for d.More() {
		var value any
		name, err := d.Token()
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil || !isTame(value, 1) {
			return nil, errNoObject
		}
		if _, twice := members[name.(string)]; twice {
			return nil, fmt.Errorf("it has two of %q", name)
		}
		members[name.(string)] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, errNoObject
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("it goes on after the JSON object")
	}
	return members, nil
}

// maxDepth is half of what Sui's JSON reader goes to.
const maxDepth = 64

// isTame says whether a value is one that every JSON reader takes.
func isTame(value any, depth int) bool {
	ok := depth < maxDepth
	switch v := value.(type) {
	case json.Number:
		_, err := v.Float64()
		return err == nil
	case []any:
		for _, item := range v {
			ok = ok && isTame(item, depth+1)
		}
	case map[string]any:
		for _, item := range v {
			ok = ok && isTame(item, depth+1)
		}
	}
	return ok
}

// Key is the key as an account or a member of a multisig.
func (p *Passkey) Key() Key { return Key{SchemePasskey, p.By.By.Bytes} }

func (p *Passkey) Scheme() byte    { return SchemePasskey }
func (p *Passkey) Signer() Address { return p.Key().Address() }

func (p *Passkey) Marshal() []byte {
	var w bcs.Writer
	w.U8(SchemePasskey)
	w.Bytes(p.AuthenticatorData)
	w.String(p.ClientData)
	w.Bytes(p.By.Marshal())
	return w.Data()
}

func (p *Passkey) check(digest [32]byte) error {
	if p.challenge != digest {
		return fmt.Errorf("%w: the passkey signed something else", ErrBadSignature)
	}
	h := sha256.Sum256([]byte(p.ClientData))
	return p.By.checkMessage(append(bytes.Clone(p.AuthenticatorData), h[:]...))
}
