package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger"
	"floe/server/ledger/rpc"
	"floe/server/ledger/rpc/rpctest"
	"floe/server/ledgertest"
	"floe/server/sui"
)

// The client of the ledger keeps the promises that the relay relies on, wherever
// the ledger is: in this process, at another's port, behind TLS.

func TestConformanceEmbedded(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) ledgertest.Instance {
		l := laterLedger(t)
		pipe := newPipe()
		protocols := new(http.Protocols)
		protocols.SetUnencryptedHTTP2(true)
		s := &http.Server{Handler: rpc.New(rpc.Config{Ledger: l, Chain: api.Local, Server: "floe/test"}), Protocols: protocols}
		done := make(chan error, 1)
		go func() { done <- s.Serve(pipe) }()
		t.Cleanup(func() { s.Close(); <-done })
		return instanceOf(t, sui.Config{Target: "embedded:1", Dialer: pipe.dial}, func(t *testing.T, to suitx.Address) { faucet(t, l, to) })
	})
}

func TestConformanceRemote(t *testing.T) {
	d := startDaemon(t, t.TempDir(), "-relay=false", "-nodes", "5", "-shards", "13")
	target := strings.TrimPrefix(d.base, "http://")
	ledgertest.Run(t, func(t *testing.T) ledgertest.Instance {
		return instanceOf(t, sui.Config{Target: target}, d.fund)
	})
}

func TestConformanceRemoteTLS(t *testing.T) {
	d := startDaemon(t, t.TempDir(), "-relay=false", "-nodes", "5", "-shards", "13")
	front, authority := tlsFront(t, strings.TrimPrefix(d.base, "http://"))
	trusted, err := x509.ParseCertificate(authority)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(trusted)
	ledgertest.Run(t, func(t *testing.T) ledgertest.Instance {
		return instanceOf(t, sui.Config{Target: front, TLS: true, Roots: roots}, d.fund)
	})
	if _, err := sui.Dial(t.Context(), sui.Config{Target: front, TLS: true}); err == nil {
		t.Error("a host that nobody vouches for is trusted")
	}
}

func instanceOf(t *testing.T, cfg sui.Config, fund func(*testing.T, suitx.Address)) ledgertest.Instance {
	t.Helper()
	cfg.IDs, _ = api.Networks(api.Local)
	c, err := sui.Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return ledgertest.Instance{Ledger: chain{c}, Chain: chain{c}, IDs: cfg.IDs, Fund: fund, Parcels: true}
}

// laterLedger is one whose first epoch is over.
func laterLedger(t *testing.T) *ledger.Ledger {
	t.Helper()
	g := rpctest.Genesis(t)
	l, err := ledger.Open(ledger.Config{Dir: t.TempDir(), Genesis: g, Clock: func() time.Time { return g.Start.Add(3 * g.EpochDuration / 2) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func faucet(t *testing.T, l *ledger.Ledger, to suitx.Address) {
	t.Helper()
	if _, err := l.Faucet(t.Context(), to); err != nil {
		t.Fatal(err)
	}
}

// fund asks the daemon's faucet.
func (d *daemon) fund(t *testing.T, to suitx.Address) {
	t.Helper()
	b, err := json.Marshal(api.FaucetRequest{Address: to.String()})
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := d.request("POST", api.PathFaucet, "application/json", b); status != 200 {
		t.Fatalf("faucet: status %d: %s", status, answer)
	}
}

// pipe is a listener within the process.
type pipe struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipe() *pipe { return &pipe{make(chan net.Conn), make(chan struct{})} }

func (p *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipe) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p *pipe) Addr() net.Addr { return &net.UnixAddr{Name: "embedded", Net: "pipe"} }

func (p *pipe) dial(ctx context.Context, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// tlsFront ends TLS before a plain port, as a full node's operator does, and
// returns its address and the certificate of who vouches for it.
func tlsFront(t *testing.T, behind string) (address string, authority []byte) {
	t.Helper()
	cert := certificate(t)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			outside, err := l.Accept()
			if err != nil {
				return
			}
			go join(outside, behind)
		}
	}()
	return l.Addr().String(), cert.Certificate[0]
}

func join(outside net.Conn, behind string) {
	defer outside.Close()
	inside, err := net.Dial("tcp", behind)
	if err != nil {
		return
	}
	defer inside.Close()
	go func() {
		_, _ = io.Copy(inside, outside)
		inside.Close()
	}()
	_, _ = io.Copy(outside, inside)
}

func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
