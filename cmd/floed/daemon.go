package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server"
	"floe/server/api"
	"floe/server/committee"
	walrusd "floe/server/daemon"
	"floe/server/sui"
	"floe/server/uploader"
)

// encodeMemory bounds what blobs in one piece take while they are encoded: as
// much as the largest one of the embedded network needs.
const encodeMemory = 600 << 20

// walrusPort serves Walrus' own HTTP interfaces, on a port and so an origin of
// their own: package daemon says why. Its bodies lie in a directory that is made
// anew with it.
type walrusPort struct {
	*port
	spool string
}

// openWalrus serves what the flags switch on; nil if that is nothing. relay is
// nil where nobody pays.
func openWalrus(cfg Config, dir *dataDir, made server.Config, relay *server.Server) (*walrusPort, error) {
	if !cfg.Daemon.on() {
		return nil, nil
	}
	d, err := cfg.Daemon.config(made, relay)
	if err != nil {
		return nil, err
	}
	d.Trusted, d.Logger, d.Spool = cfg.TrustedProxies, cfg.Logger, dir.join("spool")
	d.Free = func() (uint64, error) {
		free, err := dir.free()
		return free - min(free, keepFree), err
	}
	if err := emptySpool(d.Spool); err != nil {
		return nil, err
	}
	handler, err := walrusd.New(d)
	if err != nil {
		return nil, fmt.Errorf("couldn't serve Walrus' interfaces: %w", err)
	}
	p, err := openPort(cfg.Daemon.Listen, cfg.Logger)
	if err != nil {
		return nil, fmt.Errorf("-daemon-listen: %w", err)
	}
	var site, nothing http.Handler = handler, http.NotFoundHandler()
	p.ledger.Store(&nothing)
	p.site.Store(&site)
	return &walrusPort{p, d.Spool}, nil
}

// emptySpool makes a directory for bodies, without those that a process left
// behind when it was killed.
func emptySpool(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("couldn't empty %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Clean(path), 0o700); err != nil {
		return fmt.Errorf("couldn't make the directory for bodies: %w", err)
	}
	return nil
}

// peersOf are the storage nodes as package daemon knows them.
func peersOf(made server.Config) (*storage, error) {
	s, ok := made.Nodes.(*storage)
	if !ok {
		return nil, errors.New("internal error: the storage nodes aren't what was made here")
	}
	return s, nil
}

// uploaderOf makes what encodes blobs for the daemon and, out of the same memory,
// for pages.
func uploaderOf(made server.Config) (*uploader.Uploader, error) {
	nodes, err := peersOf(made)
	if err != nil {
		return nil, err
	}
	return uploader.New(blobNodes{nodes}, nodes.Committee().NShards, encodeMemory)
}

// blobNodes is [daemon.Nodes] and [uploader.Nodes].
type blobNodes struct{ *storage }

func (n blobNodes) Metadata(ctx context.Context, id codec.BlobID) (*codec.Metadata, error) {
	m, err := n.Client.Metadata(ctx, id)
	return m, nodeError(err)
}

func (n blobNodes) Sliver(ctx context.Context, id codec.BlobID, kind codec.Kind, pair int) (*codec.Sliver, error) {
	s, _, err := n.Client.Sliver(ctx, id, kind, pair)
	return s, nodeError(err)
}

func (n blobNodes) Blob(ctx context.Context, id codec.BlobID, m *codec.Metadata) ([]byte, error) {
	b, err := n.Client.Blob(ctx, id, m)
	return b, nodeError(err)
}

func (n blobNodes) Status(ctx context.Context, id codec.BlobID) (walrusd.Status, error) {
	s, err := n.Client.Status(ctx, id)
	return walrusd.Status(s), nodeError(err)
}

func (n blobNodes) Store(ctx context.Context, x *codec.Expansion) error {
	_, err := n.Client.Store(ctx, x.Metadata(), x)
	return nodeError(err)
}

func (n blobNodes) Certify(ctx context.Context, id codec.BlobID, object suitx.Address, deletable bool) (*api.Certificate, error) {
	c, err := n.storage.Certify(ctx, id, object, deletable)
	if errors.Is(err, server.ErrTooFewNodes) {
		err = fmt.Errorf("%w: %w", walrusd.ErrUnavailable, err)
	}
	return c, err
}

// nodeError turns the errors of package committee into the daemon's.
func nodeError(err error) error {
	var status *committee.StatusError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &status) && status.Status == http.StatusUnavailableForLegalReasons:
		return fmt.Errorf("%w: %w", walrusd.ErrBlocked, err)
	case errors.Is(err, committee.ErrNotFound):
		return fmt.Errorf("%w: %w", walrusd.ErrNotFound, err)
	case errors.Is(err, committee.ErrTooFewNodes):
		return fmt.Errorf("%w: %w", walrusd.ErrUnavailable, err)
	}
	return err
}

// payments is what a client of Sui tells of tips.
type payments interface {
	Payment(ctx context.Context, digest suitx.Digest) (*sui.Payment, error)
}

// blobLedger is [daemon.Ledger].
type blobLedger struct {
	server.Ledger
	server.Chain
	payments payments
}

func (l blobLedger) Payment(ctx context.Context, digest suitx.Digest) (*walrusd.Payment, error) {
	p, err := l.payments.Payment(ctx, digest)
	if errors.Is(err, sui.ErrNotFound) {
		return nil, fmt.Errorf("%w: %w", walrusd.ErrNotFound, err)
	}
	return (*walrusd.Payment)(p), err
}

// blobPayer is [daemon.Payer]: the relay's sponsor.
type blobPayer struct{ relay *server.Server }

func (p blobPayer) Address() suitx.Address {
	a, _ := p.relay.Sponsor()
	return a
}

func (p blobPayer) Pay(ctx context.Context, c walrusd.Cost, build func(*suitx.Builder, suitx.Argument)) (*suitx.Effects, error) {
	res, err := p.relay.Pay(ctx, server.Cost{WAL: c.WAL, Bytes: c.Bytes}, c.Until, build)
	if errors.Is(err, server.ErrRefused) {
		err = fmt.Errorf("%w: %w", walrusd.ErrRefused, err)
	}
	if err != nil {
		return nil, err
	}
	return res.Effects, nil
}

// config makes a daemon's configuration out of what the relay is made of.
func (f DaemonFlags) config(made server.Config, relay *server.Server) (walrusd.Config, error) {
	c := f.Config
	nodes, err := peersOf(made)
	if err != nil {
		return c, err
	}
	paid, ok := made.Ledger.(payments)
	if !ok {
		return c, errors.New("internal error: the ledger's client tells nothing of payments")
	}
	c.IDs, c.Nodes = made.IDs, blobNodes{nodes}
	c.Ledger = blobLedger{made.Ledger, made.Chain, paid}
	c.Uploader = made.Uploader
	if c.Publisher == walrusd.Off {
		return c, nil
	}
	if relay == nil {
		return c, errors.New("-publisher needs the relay, whose sponsor pays; -relay=false takes it away")
	}
	if _, pays := relay.Sponsor(); !pays {
		return c, errors.New("-publisher needs somebody who pays: give -sponsor-key")
	}
	c.Payer = blobPayer{relay}
	return c, nil
}

// failed tells when it can't go on.
func (p *walrusPort) failed() <-chan error {
	if p == nil {
		return nil
	}
	return p.served
}

// Close ends it and forgets what bodies are left.
func (p *walrusPort) Close() error {
	if p == nil {
		return nil
	}
	p.leave()
	return errors.Join(p.port.Close(), os.RemoveAll(p.spool))
}
