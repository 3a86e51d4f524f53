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
// no name twice, none in other letters, nothing after the object.
func challengeOf(clientData string) (c [32]byte, err error) {
	d := json.NewDecoder(strings.NewReader(clientData))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return c, errors.New("it is no JSON object")
	}
	members := make(map[string]json.RawMessage)
	for d.More() {
		var value json.RawMessage
		name, err := d.Token()
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			return c, errors.New("it is no JSON object")
		}
		if members[name.(string)] != nil {
			return c, fmt.Errorf("it has two of %q", name)
		}
		members[name.(string)] = value
	}
	if _, err := d.Token(); err != nil {
		return c, errors.New("it is no JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return c, errors.New("it goes on after the JSON object")
	}
	return challengeIn(members)
}

func challengeIn(members map[string]json.RawMessage) (c [32]byte, err error) {
	var kind, challenge, origin *string
	var crossOrigin *bool
	for name, to := range map[string]any{"type": &kind, "challenge": &challenge, "origin": &origin, "crossOrigin": &crossOrigin} {
		if value := members[name]; value != nil && json.Unmarshal(value, to) != nil {
			return c, fmt.Errorf("%s is something else than it should be", name)
		}
	}
	switch {
	case kind == nil || *kind != "webauthn.get":
		return c, errors.New("its type isn't webauthn.get")
	case origin == nil:
		return c, errors.New("it has no origin")
	case challenge == nil:
		return c, errors.New("it has no challenge")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(*challenge)
	if err != nil || len(b) != 32 || len(*challenge) != 43 {
		return c, errors.New("its challenge isn't 32 bytes in base64url")
	}
	return [32]byte(b), nil
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
