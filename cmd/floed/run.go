package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"floe/server"
	"floe/server/api"
	"floe/static"
)

// What the relay gives away if the flags don't say.
const (
	defaultEpochs  = 7
	maxParcelSize  = 4<<30 + 256<<20 // 4 GiB of files, their list, padding
	quotaWindow    = 24 * time.Hour
	clientBytes    = 64 << 30
	clientWAL      = 1_000_000_000_000  // FROST
	clientGas      = 20_000_000_000     // MIST
	totalWAL       = 20_000_000_000_000 // FROST
	totalGas       = 400_000_000_000    // MIST
	keepFree       = 512 << 20          // bytes of disk that are never given away
	startupTimeout = 2 * time.Minute
)

// Run serves until ctx ends or something fails that nothing can be served
// without. What it opened it closes, in the order that lets what is under way
// come to an end.
func Run(ctx context.Context, cfg Config, stdout io.Writer) (err error) {
	dir, err := openDataDir(cfg.Data)
	if err != nil {
		return err
	}
	closing := func(what string, f func() error) {
		if cerr := f(); cerr != nil {
			err = errors.Join(err, fmt.Errorf("couldn't close %s: %w", what, cerr))
		}
	}
	defer closing("the data directory", dir.Close)
	port, err := openPort(cfg.Listen, cfg.Logger)
	if err != nil {
		return err
	}
	defer closing("the port", port.Close)
	starting, cancel := context.WithTimeout(ctx, startupTimeout)
	defer cancel()
	network, err := openNetwork(starting, cfg, dir, port)
	defer closing("the network", network.Close)
	if err != nil {
		return err
	}
	made, relay, closeSite, err := openSite(starting, cfg, dir, port, network)
	if err != nil {
		return err
	}
	defer closeSite()
	walrus, err := openWalrus(cfg, dir, made, relay)
	if err != nil {
		return err
	}
	defer closing("Walrus' interfaces", walrus.Close)
	if walrus != nil {
		fmt.Fprintf(stdout, "floe: walrus at http://%s\n", walrus.actual())
	}
	debug.FreeOSMemory() // compressing what is served took some, once
	fmt.Fprintf(stdout, "floe: ready at http://%s\n", port.actual())
	select {
	case <-ctx.Done():
		port.leave()
		return nil
	case err := <-port.served:
		return fmt.Errorf("couldn't go on serving: %w", err)
	case err := <-walrus.failed():
		return fmt.Errorf("couldn't go on serving Walrus' interfaces: %w", err)
	}
}

// network is what the relay works on: the embedded one, or one elsewhere.
type network interface {
	// relay returns what a relay is made of there.
	relay() (server.Config, error)
	Close() error
}

// openNetwork opens the one that the flags name. The caller closes what it
// returns, also with an error.
func openNetwork(ctx context.Context, cfg Config, dir *dataDir, port *port) (network, error) {
	if cfg.Network == api.Local {
		return openEmbedded(ctx, cfg, dir, port)
	}
	return openRemote(ctx, cfg, dir)
}

// openSite puts pages and relay on the port, or what an embedded network has
// without them; relay is nil then.
func openSite(ctx context.Context, cfg Config, dir *dataDir, port *port, network network) (made server.Config, relay *server.Server, closeSite func(), err error) {
	made, err = network.relay()
	if err != nil {
		return made, nil, nil, err
	}
	made.MaxParcelSize = maxParcelSize
	made.Limits = limitsOf(cfg, made.Limits, port.loopback())
	made.Loopback = port.loopback()
	made.TrustedProxies = cfg.TrustedProxies
	made.Assets = static.Assets
	made.Logger = cfg.Logger
	if cfg.Daemon.on() {
		if made.Uploader, err = uploaderOf(made); err != nil {
			return made, nil, nil, err
		}
	}
	if !cfg.Relay {
		site := server.Bare(made)
		port.site.Store(&site)
		return made, nil, func() {}, nil
	}
	made.Spool = dir.join("uploads")
	if err := emptySpool(made.Spool); err != nil {
		return made, nil, nil, err
	}
	relay, err = server.New(ctx, made)
	if err != nil {
		return made, nil, nil, err
	}
	site := relay.Handler()
	port.site.Store(&site)
	background, stop := context.WithCancel(context.Background())
	var tasks sync.WaitGroup
	tasks.Go(func() { relay.Run(background) })
	return made, relay, func() {
		stop()
		tasks.Wait()
		relay.Close()
	}, nil
}

// limitsOf bounds what the relay gives away: what suits the network, or what the
// flags say. On a loopback listener all callers are one, who may have everything,
// unless proxies tell them apart.
func limitsOf(cfg Config, l server.Limits, loopback bool) server.Limits {
	l.Window = quotaWindow
	if cfg.GasBudget > 0 {
		l.PerClient.Gas = share(l.PerClient.Gas, l.Total.Gas, cfg.GasBudget)
		l.Total.Gas = cfg.GasBudget
	}
	if cfg.WALBudget > 0 {
		l.PerClient.WAL = share(l.PerClient.WAL, l.Total.WAL, cfg.WALBudget)
		l.Total.WAL = cfg.WALBudget
	}
	if loopback && len(cfg.TrustedProxies) == 0 {
		l.PerClient = l.Total
	}
	if cfg.ClientQuota > 0 {
		l.PerClient.Bytes = uint64(cfg.ClientQuota)
	}
	if cfg.Capacity > 0 {
		l.Live = uint64(cfg.Capacity)
	}
	return l
}

// share is the part of budget that part was of all.
func share(part, all, budget uint64) uint64 {
	return uint64(float64(part) / float64(all) * float64(budget))
}
