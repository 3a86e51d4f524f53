package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server"
	"floe/server/api"
)

// frameTime is the longest that anything may take: a frame for a node.
const frameTime = 30 * time.Second

// Whoever announces a body and doesn't send it is cut off, whatever she asks
// for: connections can't be piled up.
func TestUnfinishedBodiesAreCutOff(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, t.TempDir())
	blob := codec.BlobID{1}.String()
	var cutOff sync.WaitGroup
	defer cutOff.Wait() // all are waited for at once
	for _, head := range []string{
		"GET / HTTP/1.1",
		"POST /nothing HTTP/1.1",
		"POST /api/v1/network HTTP/1.1",
		"POST /api/v1/register HTTP/1.1\r\nContent-Type: application/json",
		"POST /api/v1/faucet HTTP/1.1",
		"POST /api/v1/store/0 HTTP/1.1",
		"GET /node/0/v1/health HTTP/1.1",
		"PUT /node/0/v1/blobs/" + blob + "/metadata HTTP/1.1",
		"POST /sui.rpc.v2.LedgerService/GetServiceInfo HTTP/1.1\r\nContent-Type: application/json",
		"POST /sui.rpc.v2.LedgerService/Nothing HTTP/1.1\r\nContent-Type: application/grpc-web-text",
	} {
		c, err := net.Dial("tcp", strings.TrimPrefix(d.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "%s\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx", head)
		c.SetReadDeadline(time.Now().Add(frameTime + 10*time.Second))
		cutOff.Go(func() {
			defer c.Close()
			if _, err := io.ReadAll(c); err != nil {
				t.Errorf("%s: the connection is still open: %v", strings.Fields(head)[:2], err)
			}
		})
	}
}

// Certificates for blobs that nobody registered are refused at once: nodes wait
// for registrations that they haven't seen, and whoever could have them wait
// for nothing would keep all others from them.
func TestUnregisteredBlobsKeepNoNodeBusy(t *testing.T) {
	d := startDaemon(t, t.TempDir())
	v := newTraveller(t, d)
	c := v.pack(sealed(30_000))
	v.send([]byte("grant"), c)
	for range 6 {
		go func() {
			var req api.CertificateRequest
			for range api.MaxBlobsPerTx {
				var id codec.BlobID
				var object suitx.Address
				rand.Read(id[:])
				rand.Read(object[:])
				req.Blobs = append(req.Blobs, api.CertificateBlob{BlobID: id.String(), ObjectID: object.String()})
			}
			v.tryPost(api.PathCertificate, req, nil)
		}()
	}
	time.Sleep(500 * time.Millisecond)
	start := time.Now()
	v.readBack(c.id, c.data)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("reading took %v beside requests for certificates of nothing", took)
	}
}

// Behind a proxy on the same machine callers are many, and each has a share.
func TestProxiedCallersHaveShares(t *testing.T) {
	usual := server.Limits{
		PerClient: server.Cost{Bytes: 10, WAL: 20, Gas: 30},
		Total:     server.Cost{Bytes: 100, WAL: 400, Gas: 900},
	}
	for args, want := range map[string]server.Cost{
		"":                              usual.Total,
		"-trusted-proxies=127.0.0.1/32": usual.PerClient,
		"-wal-budget=4 -gas-budget=0.5": {Bytes: 100, WAL: 4_000_000_000, Gas: 500_000_000},
		"-wal-budget=4 -trusted-proxies=127.0.0.1/32":   {Bytes: 10, WAL: 200_000_000, Gas: 30},
		"-client-quota=5 -trusted-proxies=127.0.0.1/32": {Bytes: 5, WAL: 20, Gas: 30},
	} {
		cfg, err := parseFlags(strings.Fields(args), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if l := limitsOf(cfg, usual, true); l.PerClient != want {
			t.Errorf("%q: a share of %+v", args, l.PerClient)
		}
	}
}
