package node

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"net"
	"strings"
	"time"
)

// NetworkKey is a node's key for TLS, on P-256.
type NetworkKey struct{ secret *ecdsa.PrivateKey }

// ParseNetworkKey reads the scalar, 32 bytes big-endian.
func ParseNetworkKey(scalar []byte) (NetworkKey, error) {
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil {
		return NetworkKey{}, fmt.Errorf("couldn't read network key: %w", err)
	}
	return NetworkKey{k}, nil
}

// Public is the compressed point, 33 bytes, as the node registers it.
func (k NetworkKey) Public() ([]byte, error) {
	point, err := k.secret.PublicKey.Bytes() // 04 ‖ x ‖ y
	if err != nil {
		return nil, fmt.Errorf("couldn't write network key: %w", err)
	}
	return append([]byte{2 | point[64]&1}, point[1:33]...), nil
}

// ServerName is the name that Walrus gives the holder of a network key: its
// first four bytes in hex, each without a leading zero, below network.walrus.alt.
func ServerName(public []byte) string {
	var name strings.Builder
	for _, b := range public[:min(4, len(public))] {
		fmt.Fprintf(&name, "%x", b)
	}
	return name.String() + ".network.walrus.alt"
}

// TLS is the node's side of TLS, 1.2 or 1.3, with a certificate that the
// network key signed itself: subject and issuer are ServerName, alternative
// names that and host, a DNS name or an IP address. It doesn't expire. Walrus'
// clients accept it because they know the key; Web browsers don't.
func (k NetworkKey) TLS(host string) (*tls.Config, error) {
	der, err := k.certificate(host)
	if err != nil {
		return nil, fmt.Errorf("couldn't make the node's certificate: %w", err)
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: k.secret}},
	}, nil
}

func (k NetworkKey) certificate(host string) ([]byte, error) {
	public, err := k.Public()
	if err != nil {
		return nil, err
	}
	name := ServerName(public)
	subject, err := distinguishedName(name)
	if err != nil {
		return nil, err
	}
	serial := sha256.Sum256(public)
	template := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(serial[:8]),
		RawSubject:            subject,
		NotBefore:             time.Unix(0, 0).UTC(),
		NotAfter:              time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), // RFC 5280's "never"
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              []string{name},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else if host != "" {
		template.DNSNames = append(template.DNSNames, host)
	}
	return x509.CreateCertificate(rand.Reader, template, template, &k.secret.PublicKey, k.secret)
}

// distinguishedName is CN=name in UTF-8. Walrus' clients compare the issuer byte
// for byte with what they make of the key themselves, so the kind of string
// matters; package pkix would choose another.
func distinguishedName(name string) ([]byte, error) {
	return asn1.Marshal(pkix.RDNSequence{{{
		Type:  asn1.ObjectIdentifier{2, 5, 4, 3},
		Value: asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte(name)},
	}}})
}
