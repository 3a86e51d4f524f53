package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"floe/server"
	"floe/server/api"
	"floe/static"
)

// What the relay gives away if the flags don't say.
const (
	defaultEpochs  = 7
	maxParcelSize  = 4 << 30
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
	origin, err := readOrigin(dir, cfg, port.actual())
	if err != nil {
		return err
	}
	starting, cancel := context.WithTimeout(ctx, startupTimeout)
	defer cancel()
	network, err := openEmbedded(starting, dir, port, origin, cfg.Logger)
	defer closing("the embedded network", network.Close)
	if err != nil {
		return err
	}
	relay, err := openRelay(starting, cfg, dir, port, origin, network)
	if err != nil {
		return err
	}
	defer relay.Close()

	background, stop := context.WithCancel(context.Background())
	var tasks sync.WaitGroup
	tasks.Go(func() { relay.Run(background) })
	defer tasks.Wait()
	defer stop()
	fmt.Fprintf(stdout, "floe: ready at http://%s\n", port.actual())
	select {
	case <-ctx.Done():
		port.leave()
		return nil
	case err := <-port.served:
		return fmt.Errorf("couldn't go on serving: %w", err)
	}
}

// openRelay makes the site and puts it on the port.
func openRelay(ctx context.Context, cfg Config, dir *dataDir, port *port, o origin, network *embedded) (*server.Server, error) {
	sponsor, err := readSponsor(dir)
	if err != nil {
		return nil, err
	}
	limits, err := limitsOf(cfg, dir, port)
	if err != nil {
		return nil, err
	}
	ids, _ := api.Networks(cfg.Network)
	ledger := chain{network.client, door{o.Host, port.actual()}}
	relay, err := server.New(ctx, server.Config{
		IDs:            ids,
		Ledger:         ledger,
		Chain:          ledger,
		Nodes:          network.peers,
		Local:          network,
		Sponsor:        sponsor,
		Deletable:      true,
		DefaultEpochs:  defaultEpochs,
		MaxParcelSize:  maxParcelSize,
		Limits:         limits,
		Loopback:       port.loopback(),
		TrustedProxies: cfg.TrustedProxies,
		Assets:         static.Assets,
		Logger:         cfg.Logger,
	})
	if err != nil {
		return nil, err
	}
	site := relay.Handler()
	port.site.Store(&site)
	return relay, nil
}

// limitsOf bounds what the relay gives away. On a loopback listener all callers
// are one, who may have everything that the disk holds, unless proxies tell them
// apart.
func limitsOf(cfg Config, dir *dataDir, port *port) (server.Limits, error) {
	free, err := dir.free()
	if err != nil {
		return server.Limits{}, err
	}
	capacity := (free - min(free, keepFree)) / 5 * 4
	if cfg.Capacity > 0 {
		capacity = uint64(cfg.Capacity)
	}
	l := server.Limits{
		Window:    quotaWindow,
		PerClient: server.Cost{Bytes: clientBytes, WAL: clientWAL, Gas: clientGas},
		Total:     server.Cost{Bytes: math.MaxInt64, WAL: totalWAL, Gas: totalGas},
		Live:      capacity,
	}
	if port.loopback() && len(cfg.TrustedProxies) == 0 {
		l.PerClient = l.Total
	}
	if cfg.ClientQuota > 0 {
		l.PerClient.Bytes = uint64(cfg.ClientQuota)
	}
	return l, nil
}
