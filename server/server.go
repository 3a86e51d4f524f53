// Package server is the relay: it serves the pages, passes slivers between
// senders, recipients and storage nodes without being able to open them, and
// pays for what its allow-list and its quotas permit.
//
// [New] makes a [Server] out of a [Config] that names what it consumes: a
// [Ledger] to run transactions, a [Chain] to read, the storage [Nodes] and, on
// the embedded network, its [Local] switches. [Server.Run] does what goes on in
// the background; [Server.Handler] is the site:
//
//	/, /open, …                  pages, rendered once: the same bytes for everybody
//	/static/…                    assets; below /static/<hash of all>/ to be kept for good
//	/healthz                     "ok"
//	/api/v1/…                    JSON and frames, see package api
//
// A parcel goes through here as DESIGN §2 tells: register (quota.go,
// register.go), store (store.go; light.go for whole blobs), certificates, gas
// and execute (sponsor.go, lease.go, flight.go, allow.go); where a wallet pays,
// accounts, simulate and submit in place of register, gas and execute (wallet.go,
// ownlist.go); it is read by parcels and read (read.go, metadata.go). Handlers
// return errors; errors.go alone turns them into answers. Addresses of callers
// are kept in memory for the quotas and written nowhere.
package server

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/uploader"
	"floe/server/walrus"
)

// Config is all that a Server needs to know.
type Config struct {
	IDs    api.NetworkIDs // of the network, compiled in or from its file
	Ledger Ledger
	Chain  Chain
	Nodes  Nodes
	Local  Local // nil but on the embedded network

	Sponsor       ed25519.PrivateKey // pays for others; nil: nobody does
	Deletable     bool               // register blobs that can be deleted
	DefaultEpochs uint32             // what pages propose
	MaxParcelSize int64              // bytes of ciphertext
	Limits        Limits

	Uploader *uploader.Uploader // its memory is shared with others; nil: one of the relay's own
	Spool    string             // directory for whole blobs on their way in; "": the system's

	Loopback       bool           // the listener is on a loopback address
	TLS            bool           // callers come by https
	TrustedProxies []netip.Prefix // whose X-Forwarded-For counts
	LookEvery      time.Duration  // how often the network is looked at; 0: 5 s
	Assets         fs.FS          // served below /static/
	Logger         *slog.Logger
	Clock          func() time.Time // nil: time.Now
}

// Server is the relay's state.
type Server struct {
	ids       api.NetworkIDs
	contracts atomic.Pointer[walrus.Contracts] // an upgrade changes them
	network   api.Network                      // what doesn't change
	params    codec.Params
	maxFrame  int           // bytes of one frame's body
	frameTime time.Duration // to read or write one frame
	lookEvery time.Duration
	ledger    Ledger
	chain     Chain
	nodes     Nodes
	local     Local
	loopback  bool
	trusted   []netip.Prefix
	log       *slog.Logger
	handler   http.Handler
	pages     atomic.Pointer[pages]
	assets    map[string]*asset
	tree      string // hash of all assets

	committee  *committees
	metadata   *metadatas
	health     *health
	memory     *memory
	quota      *quota
	firsts     *firsts
	owners     *keyed
	storing    *turnstile
	reading    *turnstile
	certifying *turnstile
	whole      *wholes
	accounts   *turnstile

	sponsor *sponsor // nil when nobody pays
	allowed *allowList
	own     *ownList
	leases  *leases
	flights *flights

	ctx        context.Context // ends with Close
	stop       context.CancelFunc
	background sync.WaitGroup
}

// New reads what it needs from the ledger, makes the sponsor ready and renders
// the pages. The caller calls Run and, in the end, Close.
func New(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.LookEvery == 0 {
		cfg.LookEvery = probeEvery
	}
	s := &Server{
		ids: cfg.IDs, ledger: cfg.Ledger, chain: cfg.Chain, nodes: cfg.Nodes, local: cfg.Local,
		loopback: cfg.Loopback, trusted: cfg.TrustedProxies, log: cfg.Logger, lookEvery: cfg.LookEvery,
		health: newHealth(), quota: newQuota(cfg.Limits, cfg.Clock), firsts: newFirsts(), owners: newKeyed(),
		frameTime: frameTimeout, storing: newTurnstile(storesOfOne), reading: newTurnstile(readsOfOne), certifying: newTurnstile(certifiesOfOne), accounts: newTurnstile(accountsOfOne), flights: newFlights(),
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.committee = &committees{chain: cfg.Chain, now: cfg.Clock}
	s.metadata = newMetadatas(cfg.Nodes, s.health, cfg.Logger)
	if err := s.quota.open(); err != nil {
		return nil, err
	}
	if err := s.readNetwork(ctx, cfg); err != nil {
		return nil, err
	}
	if cfg.Sponsor != nil {
		s.sponsor = newSponsor(cfg.Sponsor, cfg.IDs, cfg)
		s.network.Sponsor = s.sponsor.address.String()
		s.allowed = newAllowList(s.sponsor.address, cfg.IDs, s.callee)
		s.leases = newLeases(s.sponsor, cfg.Clock)
		if err := s.sponsor.stock(ctx); err != nil {
			return nil, err
		}
	}
	s.own = newOwnList(s)
	var err error
	if s.whole, err = s.newWholes(cfg); err != nil {
		return nil, err
	}
	if err := s.readTree(cfg.Assets); err != nil {
		return nil, err
	}
	if err := s.renderPages(ctx, s.callee()); err != nil {
		return nil, err
	}
	s.handler = s.routes(cfg.TLS)
	return s, nil
}

// readNetwork fills in what doesn't change while the server runs.
func (s *Server) readNetwork(ctx context.Context, cfg Config) error {
	now, err := s.chain.Now(ctx)
	if err != nil {
		return fmt.Errorf("couldn't reach the ledger: %w", err)
	}
	com, err := s.committee.get(ctx)
	if err != nil {
		return err
	}
	if s.params, err = codec.NewParams(com.NShards); err != nil {
		return err
	}
	contracts, err := s.readContracts(ctx)
	if err != nil {
		return err
	}
	s.contracts.Store(contracts)
	s.memory = newMemory(len(com.Members), memoryInAll, memoryPerNode)
	s.network = api.Network{
		Name:            cfg.IDs.Name,
		ChainID:         now.ChainID,
		MaxEpochsAhead:  walrus.MaxEpochsAhead,
		NShards:         com.NShards,
		SystemObjectID:  suitx.Address(cfg.IDs.System).String(),
		SystemVersion:   contracts.SharedAt,
		StakingObjectID: suitx.Address(cfg.IDs.Staking).String(),
		WALPackage:      suitx.Address(cfg.IDs.WALPackage).String(),
		FloePackage:     suitx.Address(cfg.IDs.FloePackage).String(),
		SegmentSize:     api.SegmentSize(s.params, walrus.MostShards(com), cfg.MaxParcelSize),
		MaxParcelSize:   cfg.MaxParcelSize,
		Deletable:       cfg.Deletable,
		DefaultEpochs:   cfg.DefaultEpochs,
		Light:           true,
	}
	symbol, err := s.params.SymbolSize(uint64(s.network.SegmentSize))
	if err != nil {
		return err
	}
	s.maxFrame = max(s.params.SliverSize(codec.Primary, symbol)+walrus.SliverOverhead, 66*com.NShards+walrus.SliverOverhead)
	return nil
}

// Handler is the whole site but what others serve on the same port.
func (s *Server) Handler() http.Handler { return s.handler }

// Run keeps the sponsor in coins, asks the nodes how they are and follows the
// epochs and upgrades, until ctx ends.
func (s *Server) Run(ctx context.Context) {
	var tasks sync.WaitGroup
	if s.sponsor != nil {
		tasks.Go(func() { s.sponsor.keepStocked(ctx) })
	}
	tasks.Go(func() { every(ctx, s.lookEvery, func() { s.look(ctx) }) })
	tasks.Wait()
}

func (s *Server) look(ctx context.Context) {
	com, err := s.committee.get(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Error("couldn't read the committee", "error", err)
		}
		return
	}
	s.quota.reached(com.Epoch)
	if _, err := s.followUpgrade(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("couldn't look for an upgrade of Walrus", "error", err)
	}
	if p, ok := s.nodes.(Prober); ok {
		s.health.probe(ctx, p, len(com.Members))
	}
}

// Close gives up what is still in flight; the ledger knows how it ends.
func (s *Server) Close() {
	s.stop()
	s.background.Wait()
}
