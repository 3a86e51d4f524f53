package committee

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"errors"
	"fmt"

	"floe/server/api"
)

// errWrongKey says that whoever answers at a member's address isn't the member.
var errWrongKey = errors.New("not the node's certificate")

// pinnedTLS is TLS as Walrus' own client speaks it: a member is who holds the
// network key that the ledger names, a point of P-256 in 33 bytes. The server
// proves it by the handshake with a certificate of that key. Who signed the
// certificate, the node itself or an authority of the Web PKI, for which name
// and until when, doesn't matter; an authority's signature under another key
// doesn't help. (Walrus' client looks at the name too, unless the certificate has
// expired: that proves nothing which the key doesn't.) TLS is 1.2 or 1.3.
func pinnedTLS(m api.Member) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // VerifyConnection verifies, resumed connections too
		VerifyConnection:   func(s tls.ConnectionState) error { return checkPin(m, s) },
	}
}

func checkPin(m api.Member, s tls.ConnectionState) error {
	if len(s.PeerCertificates) == 0 {
		return fmt.Errorf("%w: %s (%s) shows none", errWrongKey, m.Name, m.Address)
	}
	got, err := networkKey(s.PeerCertificates[0].PublicKey)
	if err == nil && !bytes.Equal(got, m.NetworkKey) {
		err = fmt.Errorf("its key is %x, the ledger says %x", got, m.NetworkKey)
	}
	if err != nil {
		return fmt.Errorf("%w: %s (%s): %w", errWrongKey, m.Name, m.Address, err)
	}
	return nil
}

// networkKey compresses a certificate's key: 02 or 03 by the sign of y ‖ x.
func networkKey(key any) ([]byte, error) {
	k, ok := key.(*ecdsa.PublicKey)
	if !ok || k.Curve != elliptic.P256() {
		return nil, errors.New("its key isn't of P-256")
	}
	point, err := k.Bytes()
	if err != nil {
		return nil, err
	}
	return append([]byte{2 | point[64]&1}, point[1:33]...), nil
}

// checkNetworkKey says whether a certificate can have that key at all.
func checkNetworkKey(key []byte) error {
	if len(key) != 33 {
		return fmt.Errorf("its network key has %d bytes instead of 33", len(key))
	}
	if x, _ := elliptic.UnmarshalCompressed(elliptic.P256(), key); x == nil {
		return errors.New("its network key is no point of P-256")
	}
	return nil
}
