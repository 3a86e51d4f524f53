package node

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"testing"
	"time"
)

func newNetworkKey(t *testing.T) NetworkKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	scalar, err := k.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ParseNetworkKey(scalar)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestServerName(t *testing.T) {
	for want, public := range map[string][]byte{
		"2abcdef.network.walrus.alt":  {0x02, 0xab, 0xcd, 0xef, 0x55},
		"30ff1.network.walrus.alt":    {0x03, 0x00, 0xff, 0x01},
		"3101112.network.walrus.alt":  append([]byte{0x03, 0x10, 0x11, 0x12}, make([]byte, 29)...),
		".network.walrus.alt":         nil,
		"ffffffff.network.walrus.alt": {255, 255, 255, 255},
	} {
		if got := ServerName(public); got != want {
			t.Errorf("%x is called %s, not %s", public, got, want)
		}
	}
}

// Walrus' client makes a root of its own from the key that it knows, named
// CN=<server name>, and demands that the certificate is signed by it, names the
// host and is no authority itself.
func TestCertificateIsWhatWalrusExpects(t *testing.T) {
	for _, host := range []string{"walrus.example", "127.0.0.1", "::1"} {
		k := newNetworkKey(t)
		public, err := k.Public()
		if err != nil {
			t.Fatal(err)
		}
		conf, err := k.TLS(host)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(conf.Certificates[0].Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		name := ServerName(public)
		if cert.Subject.CommonName != name || !bytes.Equal(cert.RawIssuer, cert.RawSubject) || cert.IsCA {
			t.Errorf("subject %s, issuer %s, authority %v", cert.Subject, cert.Issuer, cert.IsCA)
		}
		if !bytes.Contains(cert.RawSubject, append([]byte{asn1.TagUTF8String, byte(len(name))}, name...)) {
			t.Errorf("the name isn't UTF-8: %x", cert.RawSubject)
		}
		if err := cert.VerifyHostname(host); err != nil {
			t.Error(err)
		}
		if err := cert.VerifyHostname(name); err != nil {
			t.Error(err)
		}
		if err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
			t.Error(err)
		}
		now := time.Now()
		if now.Before(cert.NotBefore) || cert.NotAfter.Sub(now) < 100*365*24*time.Hour {
			t.Errorf("valid from %s to %s", cert.NotBefore, cert.NotAfter)
		}
		if len(public) != 33 || (public[0] != 2 && public[0] != 3) {
			t.Errorf("public half %x", public)
		}
		key, ok := cert.PublicKey.(*ecdsa.PublicKey)
		if !ok || key.Curve != elliptic.P256() {
			t.Fatalf("the certificate's key is a %T", cert.PublicKey)
		}
		if point, err := key.Bytes(); err != nil || !bytes.Equal(point[1:33], public[1:]) || public[0]&1 != point[64]&1 {
			t.Errorf("the certificate has another key: %v", err)
		}
	}
}

func TestParseNetworkKeyRefuses(t *testing.T) {
	for _, scalar := range [][]byte{nil, make([]byte, 32), make([]byte, 31), bytes.Repeat([]byte{255}, 32)} {
		if _, err := ParseNetworkKey(scalar); err == nil {
			t.Errorf("%x is a key", scalar)
		}
	}
}
