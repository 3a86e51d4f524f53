package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"floe/server/api"
	"floe/server/ledger/rpc"
)

const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
	graceTime     = 3 * time.Second
)

// port is the one port on which everything is served: Sui's API below
// /sui.rpc.v2., the storage nodes below /node/, the site everywhere else. What
// isn't there yet answers 503.
type port struct {
	listener net.Listener
	server   *http.Server
	served   chan error
	ledger   atomic.Pointer[http.Handler]
	nodes    atomic.Pointer[[]http.Handler]
	site     atomic.Pointer[http.Handler]
	visitors atomic.Int64 // requests to the site now
}

// openPort listens and serves at once.
func openPort(address string, logger *slog.Logger) (*port, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("couldn't listen: %w", err)
	}
	p := &port{listener: l, served: make(chan error, 1)}
	p.server = &http.Server{
		Handler:           notePanics(hurry(p), logger),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		Protocols:         new(http.Protocols),
		// net/http names remote addresses in what it logs.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	p.server.Protocols.SetHTTP1(true)
	p.server.Protocols.SetUnencryptedHTTP2(true) // for gRPC
	go func() { p.served <- p.server.Serve(l) }()
	return p, nil
}

func (p *port) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, rpc.Prefix):
		serve(p.ledger.Load(), w, r)
	case strings.HasPrefix(r.URL.Path, api.PathNode):
		p.serveNode(w, r)
	default:
		p.visitors.Add(1)
		defer p.visitors.Add(-1)
		serve(p.site.Load(), w, r)
	}
}

// serveNode finds the node in /node/<i>/v1/….
func (p *port) serveNode(w http.ResponseWriter, r *http.Request) {
	number, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, api.PathNode), "/")
	nodes := p.nodes.Load()
	i, err := strconv.Atoi(number)
	if nodes == nil || err != nil || i < 0 || i >= len(*nodes) || strconv.Itoa(i) != number {
		http.NotFound(w, r)
		return
	}
	http.StripPrefix(api.PathNode+number, (*nodes)[i]).ServeHTTP(w, r)
}

func serve(h *http.Handler, w http.ResponseWriter, r *http.Request) {
	if h == nil {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "starting", http.StatusServiceUnavailable)
		return
	}
	(*h).ServeHTTP(w, r)
}

// notePanics logs what net/http would only swallow here.
func notePanics(next http.Handler, logger *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v != nil && v != http.ErrAbortHandler {
				logger.Error("internal error", "panic", v, "stack", string(debug.Stack()))
			}
			if v != nil {
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// calm waits until nobody is being served by the site, but not for long.
func (p *port) calm() {
	for end := time.Now().Add(graceTime); p.visitors.Load() > 0 && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
}

// leave turns new visitors away and waits for those who are being served.
func (p *port) leave() {
	var closed http.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		http.Error(w, "closing", http.StatusServiceUnavailable)
	})
	p.site.Store(&closed)
	p.calm()
}

func (p *port) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), graceTime)
	defer cancel()
	err := p.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = p.server.Close()
	}
	return err
}

// actual is the listener's address as others on this machine reach it.
func (p *port) actual() string {
	a := p.listener.Addr().(*net.TCPAddr)
	ip := a.IP
	if ip.IsUnspecified() {
		ip = net.IPv4(127, 0, 0, 1)
	}
	return net.JoinHostPort(ip.String(), strconv.Itoa(a.Port))
}

// loopback reports whether only this machine can connect.
func (p *port) loopback() bool {
	return p.listener.Addr().(*net.TCPAddr).IP.IsLoopback()
}

// door leads from the address at which the network began to where floed listens
// now, and nowhere else: the relay and the nodes reach each other through it,
// whatever an address on the ledger or an answer says.
type door struct {
	logical string
	actual  string
}

func (d door) dial(ctx context.Context, address string) (net.Conn, error) {
	if address != d.logical {
		return nil, fmt.Errorf("couldn't dial %s: it isn't an address of the embedded network", address)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, "tcp", d.actual)
}

// today is a node's address on the ledger as it is reached now. Those of nodes
// that are processes of their own stay, whatever they begin with.
func (d door) today(address string) string {
	if path, ours := strings.CutPrefix(address, d.logical+"/"); ours {
		return d.actual + "/" + path
	}
	return address
}
