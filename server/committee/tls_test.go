package committee

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
	storage "floe/server/node"
)

// tlsNode is somebody who answers at a member's address.
type tlsNode struct {
	server   *httptest.Server
	asked    int
	proto    string
	redirect string
}

func serveTLS(t *testing.T, conf *tls.Config) *tlsNode {
	t.Helper()
	n := &tlsNode{}
	n.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.asked, n.proto = n.asked+1, r.Proto
		if n.redirect != "" {
			http.Redirect(w, r, n.redirect, http.StatusTemporaryRedirect)
		}
		_, _ = io.WriteString(w, `{"success":{"code":200,"data":{}}}`)
	}))
	n.server.Config.ErrorLog = log.New(io.Discard, "", 0) // failed handshakes are the point
	if conf == nil {
		n.server.Start()
	} else {
		n.server.TLS = conf
		n.server.EnableHTTP2 = true
		n.server.StartTLS()
	}
	t.Cleanup(n.server.Close)
	return n
}

func (n *tlsNode) address() string { return n.server.Listener.Addr().String() }

// networkKeyOf makes a network key and its public half.
func networkKeyOf(t *testing.T) (key storage.NetworkKey, secret *ecdsa.PrivateKey, public []byte) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	scalar, err := secret.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if key, err = storage.ParseNetworkKey(scalar); err != nil {
		t.Fatal(err)
	}
	if public, err = key.Public(); err != nil {
		t.Fatal(err)
	}
	return key, secret, public
}

// signedBy makes a certificate for key, with other dates and names than a
// node's own.
func signedBy(t *testing.T, key, signer crypto.Signer, from, to time.Time) *tls.Config {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "walrus.example"},
		DNSNames: []string{"walrus.example"}, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// clientOf is a client of a committee of one.
func clientOf(t *testing.T, address string, networkKey []byte, o Options) *Client {
	t.Helper()
	key, err := bls.KeyFromSeed(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	o.AllowLocal = true
	c, err := New(&api.Committee{NShards: 4, Members: []api.Member{{Name: "Ice Age", ID: suitx.Address{1}, Address: address,
		PublicKey: key.Public().Compressed(), NetworkKey: networkKey, Shards: []int{0, 1, 2, 3}}}}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whoever holds the network key is the node, whatever else its certificate says.
func TestTLSTakesTheNode(t *testing.T) {
	key, secret, public := networkKeyOf(t)
	own := func(host string) *tls.Config {
		conf, err := key.TLS(host)
		if err != nil {
			t.Fatal(err)
		}
		return conf
	}
	_, authority, _ := networkKeyOf(t)
	now := time.Now()
	old := own("127.0.0.1")
	old.MaxVersion = tls.VersionTLS12
	for name, conf := range map[string]*tls.Config{
		"its own certificate":      own("127.0.0.1"),
		"TLS 1.2":                  old,
		"behind another name":      own("walrus.example"),
		"an authority's signature": signedBy(t, secret, authority, now.Add(-time.Hour), now.Add(time.Hour)),
		"expired":                  signedBy(t, secret, secret, now.Add(-2*time.Hour), now.Add(-time.Hour)),
		"not valid yet":            signedBy(t, secret, secret, now.Add(time.Hour), now.Add(2*time.Hour)),
	} {
		node := serveTLS(t, conf)
		c := clientOf(t, node.address(), public, Options{})
		for range 2 { // the second time over the same connection
			if err := c.Probe(t.Context(), 0); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if node.proto != "HTTP/2.0" || node.asked != 2 {
			t.Errorf("%s: asked %d times over %s", name, node.asked, node.proto)
		}
	}
}

func TestTLSRefusesEverybodyElse(t *testing.T) {
	_, secret, public := networkKeyOf(t)
	_, otherSecret, otherPublic := networkKeyOf(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	valid := func(key, signer crypto.Signer) *tls.Config {
		return signedBy(t, key, signer, now.Add(-time.Hour), now.Add(time.Hour))
	}
	// The node's certificate in the hands of somebody without its key.
	stolen := valid(secret, secret)
	stolen.Certificates[0].PrivateKey = otherSecret
	// The node's certificate after one's own.
	chained := valid(otherSecret, otherSecret)
	chained.Certificates[0].Certificate = append(chained.Certificates[0].Certificate, valid(secret, secret).Certificates[0].Certificate[0])
	tls11 := valid(secret, secret)
	tls11.MinVersion, tls11.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	mirrored := append([]byte{public[0] ^ 1}, public[1:]...)
	for name, c := range map[string]struct {
		conf     *tls.Config
		key      []byte
		wrongKey bool
	}{
		"another key":                 {valid(otherSecret, otherSecret), public, true},
		"another key, signed by it":   {valid(otherSecret, secret), public, true},
		"the mirrored key":            {valid(secret, secret), mirrored, true},
		"P-384":                       {valid(p384, p384), public, true},
		"Ed25519":                     {valid(edKey, edKey), public, true},
		"RSA":                         {valid(rsaKey, rsaKey), public, true},
		"its certificate second":      {chained, public, true},
		"its certificate, stolen":     {stolen, public, false},
		"TLS 1.1":                     {tls11, public, false},
		"no TLS":                      {nil, public, false},
		"a key that is no point":      {valid(secret, secret), append([]byte{2}, bytes.Repeat([]byte{0xff}, 32)...), false},
		"a key that isn't there":      {valid(secret, secret), nil, false},
		"a key that isn't compressed": {valid(secret, secret), append(otherPublic, make([]byte, 32)...), false},
	} {
		node := serveTLS(t, c.conf)
		err := clientOf(t, node.address(), c.key, Options{}).Probe(t.Context(), 0)
		var at *NodeError
		if !errors.As(err, &at) || at.Index != 0 || errors.Is(err, errWrongKey) != c.wrongKey {
			t.Errorf("%s: %v", name, err)
		}
		if c.wrongKey && (!strings.Contains(err.Error(), "Ice Age") || !strings.Contains(err.Error(), node.address())) {
			t.Errorf("%s: the node isn't named: %v", name, err)
		}
		if node.asked > 0 {
			t.Errorf("%s: it was asked", name)
		}
	}
}

// A node that sends us to a server without TLS isn't followed there.
func TestTLSIsNotLeft(t *testing.T) {
	key, _, public := networkKeyOf(t)
	plain := serveTLS(t, nil)
	conf, err := key.TLS("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	node := serveTLS(t, conf)
	node.redirect = plain.server.URL
	c := clientOf(t, node.address(), public, Options{})
	if err := c.Probe(t.Context(), 0); err == nil || plain.asked > 0 {
		t.Errorf("%v; the other was asked %d times", err, plain.asked)
	}
}

// Nor is what the node was to store lent to it for good by that: Put would never
// return, and so the node could hold all that the relay has memory for.
func TestRedirectedPutReturns(t *testing.T) {
	key, _, public := networkKeyOf(t)
	conf, err := key.TLS("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	node := serveTLS(t, conf)
	node.redirect = "https://elsewhere.example/"
	c := clientOf(t, node.address(), public, Options{})
	ended := make(chan error, 1)
	go func() {
		_, _, err := c.Put(t.Context(), 0, api.Frame{Kind: api.FramePrimary, Body: make([]byte, 100_000)})
		ended <- err
	}()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("a redirect counts as an answer")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Put doesn't return")
	}
}

// A member that changes its network key is reached with the new one at once.
func TestTLSNewKey(t *testing.T) {
	key, _, public := networkKeyOf(t)
	conf, err := key.TLS("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	node := serveTLS(t, conf)
	c := clientOf(t, node.address(), public, Options{})
	if err := c.Probe(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	_, _, next := networkKeyOf(t)
	com := *c.Committee()
	com.Members = slices.Clone(com.Members)
	com.Members[0].NetworkKey = next
	if err := c.Update(&com); err != nil {
		t.Fatal(err)
	}
	if err := c.Probe(t.Context(), 0); !errors.Is(err, errWrongKey) {
		t.Errorf("the old key is still taken: %v", err)
	}
}

// TLS doesn't make our own machines public.
func TestTLSDialsPublicAddressesOnly(t *testing.T) {
	key, _, public := networkKeyOf(t)
	conf, err := key.TLS("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	node := serveTLS(t, conf)
	c := clientOf(t, node.address(), public, Options{})
	guarded, err := New(c.Committee(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := guarded.Probe(t.Context(), 0); !errors.Is(err, errPrivate) || node.asked > 0 {
		t.Errorf("a loopback address was dialled: %v", err)
	}
}
