package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"sync"
	"time"

	"floe/codec/suitx"
	"floe/server"
	"floe/server/api"
	"floe/server/committee"
	"floe/server/sui"
)

// What the relay gives away on networks elsewhere, where it is real money, if
// the flags don't say; and how often such networks are asked how they are.
const (
	remoteGas   = 10_000_000_000 // MIST in a day
	remoteWAL   = 10_000_000_000 // FROST in a day
	clientShare = 10             // one address gets that part of it, at most
	remoteEvery = time.Minute
	remoteLate  = 10 * time.Second
	storedFor   = 7 * 24 * time.Hour // what pages propose
)

// remote is a Sui and a Walrus that run elsewhere.
type remote struct {
	dir     *dataDir
	place   api.Place
	client  *sui.Client
	peers   *storage
	sponsor ed25519.PrivateKey // nil: nobody pays for others
	stop    context.CancelFunc
	tasks   sync.WaitGroup
}

// openRemote connects. The caller closes what it returns, also with an error.
func openRemote(ctx context.Context, cfg Config, dir *dataDir) (*remote, error) {
	r := &remote{dir: dir, place: cfg.Place, stop: func() {}}
	var err error
	if cfg.SponsorKey != "" {
		if r.sponsor, err = readKey("sponsor's key", cfg.SponsorKey); err != nil {
			return r, err
		}
	}
	target, tls, err := r.place.Target()
	if err != nil {
		return r, err
	}
	if r.client, err = sui.Dial(ctx, sui.Config{Target: target, TLS: tls, IDs: r.place.NetworkIDs}); err != nil {
		return r, err
	}
	if err := r.checkPackage(ctx); err != nil {
		return r, err
	}
	options := committee.Options{Scheme: r.place.NodeScheme, AllowLocal: r.place.LocalNodes, Logger: cfg.Logger}
	if r.peers, err = newStorage(ctx, r.client, options, rhythm{remoteEvery, remoteLate}); err != nil {
		return r, err
	}
	background, stop := context.WithCancel(context.Background())
	r.stop = stop
	r.tasks.Go(func() { r.peers.follow(background) })
	r.introduce(cfg.Logger)
	return r, nil
}

// checkPackage makes sure that Floe's package is where the network file says.
func (r *remote) checkPackage(ctx context.Context) error {
	found, err := r.client.Objects(ctx, r.place.FloePackage)
	if err != nil {
		return err
	}
	if found[0] == nil || found[0].Package == nil {
		return fmt.Errorf("the ledger at %s has no package %s: either floe_package in the network file is wrong, or the ledger is another network's",
			r.place.Ledger, suitx.Address(r.place.FloePackage))
	}
	return nil
}

func (r *remote) introduce(log *slog.Logger) {
	sponsor := "nobody"
	if r.sponsor != nil {
		sponsor = suitx.AddressOf(r.sponsor.Public().(ed25519.PublicKey)).String()
	}
	log.Info("working on a network elsewhere", "name", r.place.Name, "ledger", r.place.Ledger, "chain", r.client.ChainID(), "sponsor", sponsor)
	if isOverheard(r.place) {
		log.Warn("the ledger is asked without TLS: whoever is on the way can read and change what it answers; https:// in the network file prevents that", "ledger", r.place.Ledger)
	}
}

// isOverheard reports whether what the ledger answers crosses a network without TLS.
func isOverheard(p api.Place) bool {
	target, tls, err := p.Target()
	if err != nil || tls {
		return false
	}
	host, _, err := net.SplitHostPort(target)
	if err != nil {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return host != "localhost" && (err != nil || !ip.Unmap().IsLoopback())
}

// relay makes it a [network]. What it pays for is permanent: a blob that can't be
// deleted can't be farmed for its storage.
func (r *remote) relay() (server.Config, error) {
	ledger := chain{r.client}
	total := server.Cost{Bytes: math.MaxInt64, WAL: remoteWAL, Gas: remoteGas}
	return server.Config{
		IDs:           r.place.NetworkIDs,
		Ledger:        ledger,
		Chain:         ledger,
		Nodes:         r.peers,
		Sponsor:       r.sponsor,
		DefaultEpochs: epochsFor(storedFor, r.peers.Committee().EpochDuration),
		LookEvery:     remoteEvery,
		Limits: server.Limits{
			PerClient: server.Cost{Bytes: clientBytes, WAL: total.WAL / clientShare, Gas: total.Gas / clientShare},
			Total:     total,
			Live:      math.MaxInt64,
			Book:      book{r.dir},
		},
	}, nil
}

// book is spent.json: what a day's budget has given so far, so that a restart
// doesn't give it again.
type book struct{ dir *dataDir }

// page is what stands in the book.
type page struct {
	Bytes, WAL, Gas uint64
	At              time.Time
}

func (b book) Read() (server.Cost, time.Time, error) {
	var p page
	_, err := b.dir.read(&p, "spent.json")
	return server.Cost{Bytes: p.Bytes, WAL: p.WAL, Gas: p.Gas}, p.At, err
}

func (b book) Write(given server.Cost, at time.Time) error {
	return b.dir.write(page{given.Bytes, given.WAL, given.Gas, at.UTC()}, "spent.json")
}

// epochsFor is how many epochs last that long, the present one not counted, as
// it may be over soon; within what Walrus sells.
func epochsFor(d, epoch time.Duration) uint32 {
	const most = 53
	if epoch <= 0 || d/epoch >= most {
		return most
	}
	return uint32((d+epoch-1)/epoch) + 1
}

func (r *remote) Close() error {
	r.stop()
	r.tasks.Wait()
	if r.client == nil {
		return nil
	}
	if err := r.client.Close(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("couldn't close the connection to Sui: %w", err)
	}
	return nil
}
