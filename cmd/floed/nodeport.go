package main

import (
	"io"
	"log"
	"net"
	"net/http"

	"floe/server/api"
	"floe/server/node"
)

// nodePort is where a node that is a process of its own is served.
type nodePort struct {
	listener net.Listener
	server   *http.Server
	served   chan error
}

// openNodePort listens and serves at once.
func openNodePort(cfg nodeConfig, me api.Member, key node.NetworkKey, h http.Handler) (*nodePort, error) {
	l, err := net.Listen("tcp", cfg.listenAddress(me))
	if err != nil {
		return nil, cfg.explainListen(err)
	}
	p := &nodePort{listener: l, served: make(chan error, 1)}
	p.server = &http.Server{
		Handler:           notePanics(hurry(h), cfg.Logger),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		Protocols:         new(http.Protocols),
		ErrorLog:          log.New(io.Discard, "", 0), // it names remote addresses
	}
	p.server.Protocols.SetHTTP1(true)
	p.server.Protocols.SetHTTP2(true)
	if !cfg.TLS {
		p.server.Protocols.SetUnencryptedHTTP2(true)
		go func() { p.served <- p.server.Serve(l) }()
		return p, nil
	}
	host, _, err := net.SplitHostPort(me.Address)
	if err == nil {
		p.server.TLSConfig, err = key.TLS(host)
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	go func() { p.served <- p.server.ServeTLS(l, "", "") }()
	return p, nil
}
