package ledger

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	k1 "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"floe/codec/suitx"
)

// A signer signs transactions with one of Sui's schemes.
type signer struct {
	suitx.Address
	sign func(tx []byte) suitx.Signature
}

func keySignature(k suitx.Key, sig []byte) *suitx.KeySignature {
	return &suitx.KeySignature{By: k, Bytes: [64]byte(sig)}
}

func signerOf(k suitx.Key, sign func(digest [32]byte) suitx.Signature) signer {
	return signer{k.Address(), func(tx []byte) suitx.Signature { return sign(suitx.SigningDigest(tx)) }}
}

func (a account) signer() signer {
	return signer{a.Address, func(tx []byte) suitx.Signature { return must(suitx.ParseSignature(suitx.SignTransaction(a.key, tx))) }}
}

func newSecp256k1() signer {
	secret := must(secp256k1.GeneratePrivateKey())
	k := suitx.Key{Scheme: suitx.SchemeSecp256k1, Bytes: secret.PubKey().SerializeCompressed()}
	return signerOf(k, func(digest [32]byte) suitx.Signature {
		hash := sha256.Sum256(digest[:])
		return keySignature(k, k1.SignCompact(secret, hash[:], true)[1:])
	})
}

// p256 is a key of P-256 that signs with the lower s.
func p256() (key []byte, sign func(message []byte) []byte) {
	secret := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	point := must(secret.PublicKey.Bytes())
	return append([]byte{2 | point[64]&1}, point[1:33]...), func(message []byte) []byte {
		hash := sha256.Sum256(message)
		r, s, err := ecdsa.Sign(rand.Reader, secret, hash[:])
		if err != nil {
			panic(err)
		}
		n := elliptic.P256().Params().N
		if s.Cmp(new(big.Int).Rsh(n, 1)) > 0 {
			s.Sub(n, s)
		}
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
}

func newSecp256r1() signer {
	key, sign := p256()
	k := suitx.Key{Scheme: suitx.SchemeSecp256r1, Bytes: key}
	return signerOf(k, func(digest [32]byte) suitx.Signature { return keySignature(k, sign(digest[:])) })
}

// newPasskey has client data that ends in padding.
func newPasskey(padding string) signer {
	key, sign := p256()
	return signerOf(suitx.Key{Scheme: suitx.SchemePasskey, Bytes: key}, func(digest [32]byte) suitx.Signature {
		p := &suitx.Passkey{AuthenticatorData: make([]byte, 37), ClientData: fmt.Sprintf(
			`{"type":"webauthn.get","challenge":%q,"origin":"http://localhost","padding":%q}`, base64.RawURLEncoding.EncodeToString(digest[:]), padding)}
		hash := sha256.Sum256([]byte(p.ClientData))
		p.By = *keySignature(suitx.Key{Scheme: suitx.SchemeSecp256r1, Bytes: key}, sign(append(p.AuthenticatorData, hash[:]...)))
		return p
	})
}

// newMultisig needs two of its members, each of weight 1; the first ones sign.
func newMultisig(signing int, members ...signer) signer {
	m := suitx.Multisig{Threshold: 2}
	for _, s := range members {
		k := keyOf(s)
		m.Members = append(m.Members, suitx.Member{Key: k, Weight: 1})
	}
	m.Bitmap = 1<<signing - 1
	return signer{m.Signer(), func(tx []byte) suitx.Signature {
		signed := m
		for _, s := range members[:signing] {
			signed.Signatures = append(signed.Signatures, s.sign(tx))
		}
		return &signed
	}}
}

func keyOf(s signer) suitx.Key {
	switch sig := s.sign(nil).(type) {
	case *suitx.KeySignature:
		return sig.By
	case *suitx.Passkey:
		return sig.Key()
	}
	panic("no key")
}

// give transfers one unit from one who may have another pay.
func (n *network) give(from, payer signer, sigs func(tx []byte) [][]byte) (*Executed, error) {
	n.t.Helper()
	var b suitx.Builder
	b.Transfer(suitx.Address{9}, b.Object(n.coin(account{Address: from.Address}, n.world.WAL()).Ref))
	data := must(b.Build(from.Address))
	data.Gas = suitx.GasData{Payment: []suitx.ObjectRef{n.coin(account{Address: payer.Address}, suitx.SUI()).Ref}, Owner: payer.Address, Price: 1000, Budget: 10_000_000}
	tx := data.Marshal()
	return n.Execute(context.Background(), tx, sigs(tx))
}

// Whatever scheme senders and sponsors sign with, in any order, they may.
func TestSchemes(t *testing.T) {
	n := newNetwork(t)
	a, b := n.rich("alice").signer(), newSecp256k1()
	all := map[string]signer{"Ed25519": a, "secp256k1": b, "secp256r1": newSecp256r1(), "passkey": newPasskey("")}
	all["multisig"] = newMultisig(2, a, all["passkey"], b)
	for from, sender := range all {
		for by, payer := range all {
			for _, s := range []signer{sender, payer} {
				if _, err := n.Faucet(t.Context(), s.Address); err != nil {
					t.Fatal(err)
				}
			}
			e, err := n.give(sender, payer, func(tx []byte) [][]byte {
				sigs := [][]byte{payer.sign(tx).Marshal()}
				if from != by {
					sigs = append(sigs, sender.sign(tx).Marshal())
				}
				return sigs
			})
			if err != nil || !e.Effects.Status.Success() {
				t.Errorf("%s, paid by %s: %v", from, by, err)
			}
		}
	}
}

func TestSchemesRefused(t *testing.T) {
	n := newNetwork(t)
	a, b := newAccount("a").signer(), newSecp256k1()
	few, long := newMultisig(1, a, b), newPasskey(strings.Repeat("x", maxTxBytes))
	for name, c := range map[string]struct {
		by   signer
		kind error
		sui  string
		sig  func(by signer, tx []byte) []byte
	}{
		"too few of a multisig": {few, ErrInvalidSignature, "InvalidSignature", nil},
		"a member alone":        {few, ErrInvalidSignature, "SignerSignatureAbsent", func(_ signer, tx []byte) []byte { return a.sign(tx).Marshal() }},
		"too long":              {long, ErrInvalidTransaction, "SizeLimitExceeded", nil},
		"high s": {b, ErrInvalidSignature, "InvalidSignature", func(by signer, tx []byte) []byte {
			sig := by.sign(tx).Marshal()
			s := new(big.Int).Sub(secp256k1.Params().N, new(big.Int).SetBytes(sig[33:65]))
			s.FillBytes(sig[33:65])
			return sig
		}},
		"zkLogin": {b, ErrUnsupported, "UnsupportedFeatureError", func(signer, []byte) []byte { return []byte{suitx.SchemeZkLogin, 1} }},
	} {
		if _, err := n.Faucet(t.Context(), c.by.Address); err != nil {
			t.Fatal(err)
		}
		_, err := n.give(c.by, c.by, func(tx []byte) [][]byte {
			if c.sig == nil {
				return [][]byte{c.by.sign(tx).Marshal()}
			}
			return [][]byte{c.sig(c.by, tx)}
		})
		if !refused(err, c.kind, c.sui) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
