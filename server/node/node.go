package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"floe/codec"
	"floe/codec/bls"
	"floe/server/api"
)

// Chain is what a node learns from the ledger.
type Chain interface {
	// Committee returns the storage nodes of the current epoch.
	Committee(ctx context.Context) (*api.Committee, error)
	// BlobEvents calls fn for every blob event of checkpoint from and later, in
	// order, first those that were, then those to come. It returns when ctx ends
	// or with the first error, fn's included.
	BlobEvents(ctx context.Context, from uint64, fn func(api.BlobEvent) error) error
}

// Peers rebuild blobs from the other nodes. All methods may be called at once.
type Peers interface {
	// Metadata returns a blob's metadata, verified against its ID.
	Metadata(ctx context.Context, id codec.BlobID) (*codec.Metadata, error)
	// Blob returns a blob that was rebuilt from verified slivers and has that metadata.
	Blob(ctx context.Context, id codec.BlobID, m *codec.Metadata) ([]byte, error)
}

// Config says what a node is made of.
type Config struct {
	Dir    string // its store; made if it isn't there
	Index  int    // in the committee; for logs, the node finds itself by its key
	Key    *bls.Key
	Chain  Chain
	Peers  Peers // nil: what is missed isn't healed
	Logger *slog.Logger

	MaxInFlight int64         // bytes of bodies in memory; 32 MiB if 0, and one body at least
	MaxRecords  int64         // bytes of records in memory, metadata among them; 8 MiB if 0
	MaxWait     time.Duration // that a confirmation waits for registration; 5 s if 0
	HealDelay   time.Duration // after certification, for slivers that are on their way; 10 s if 0
	HealTurn    sync.Locker   // held while a blob is rebuilt in memory; nodes of one process share it
}

// Node is one storage node.
type Node struct {
	cfg      Config
	log      *slog.Logger
	started  time.Time
	rec      *records
	slivers  *slivers
	verifier *verifiers
	inFlight *semaphore.Weighted
	current  atomic.Pointer[view]
	changed  bell          // rings when registrations or the view change
	newEpoch chan struct{} // an event told of an epoch that the view doesn't know
	heals    *healQueue

	// life is write-locked while a blob's data is deleted, read-locked while
	// something is stored or registered.
	life sync.RWMutex
}

// Open opens a node's store. The node serves what it holds at once; it learns
// what is new once Run runs.
func Open(cfg Config) (*Node, error) {
	cfg.setDefaults()
	n := &Node{
		cfg:      cfg,
		log:      cfg.Logger.With("node", cfg.Index),
		started:  time.Now(),
		verifier: newVerifiers(cfg.MaxRecords / 4),
		inFlight: semaphore.NewWeighted(cfg.MaxInFlight),
		changed:  newBell(),
		newEpoch: make(chan struct{}, 1),
		heals:    newHealQueue(),
	}
	err := n.openStore()
	if pebble.IsCorruptionError(err) {
		n.log.Error("store is damaged; starting with an empty one, to be healed", "error", err)
		if err = setAside(cfg.Dir); err == nil {
			err = n.openStore()
		}
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

func (n *Node) openStore() (err error) {
	if n.rec, err = openRecords(filepath.Join(n.cfg.Dir, "records"), n.cfg.MaxRecords/4*3, n.log); err != nil {
		return err
	}
	if n.slivers, err = newSlivers(filepath.Join(n.cfg.Dir, "slivers"), n.rec); err == nil {
		err = n.loadView()
	}
	if err != nil {
		err = errors.Join(err, n.rec.db.Close())
	}
	return err
}

// setAside moves a store that can't be opened to the folder "damaged" in dir;
// what was there before goes. The ledger tells again what is registered.
func setAside(dir string) error {
	aside := filepath.Join(dir, "damaged")
	if err := os.RemoveAll(aside); err != nil {
		return fmt.Errorf("couldn't remove the last damaged store: %w", err)
	}
	if err := os.Mkdir(aside, 0o700); err != nil {
		return fmt.Errorf("couldn't set damaged store aside: %w", err)
	}
	for _, part := range []string{"records", "slivers"} {
		err := os.Rename(filepath.Join(dir, part), filepath.Join(aside, part))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("couldn't set damaged store aside: %w", err)
		}
	}
	return nil
}

func (c *Config) setDefaults() {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.MaxInFlight == 0 {
		c.MaxInFlight = 32 << 20
	}
	if c.MaxRecords == 0 {
		c.MaxRecords = 8 << 20
	}
	if c.MaxWait == 0 {
		c.MaxWait = 5 * time.Second
	}
	if c.HealDelay == 0 {
		c.HealDelay = 10 * time.Second
	}
	if c.HealTurn == nil {
		c.HealTurn = &sync.Mutex{}
	}
}

// Close closes the store. No request may be in progress, and Run must have returned.
func (n *Node) Close() error {
	if err := n.rec.db.Close(); err != nil {
		return fmt.Errorf("couldn't close store of node %d: %w", n.cfg.Index, err)
	}
	return nil
}

// Run follows the ledger, collects garbage and heals until ctx ends.
func (n *Node) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.follow(ctx) })
	g.Go(func() error { return n.listen(ctx) })
	g.Go(func() error { return n.heal(ctx) })
	if err := g.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// listen takes the ledger's events in, from where it left off.
func (n *Node) listen(ctx context.Context) error {
	wait := 100 * time.Millisecond
	for {
		from, err := n.rec.cursor()
		if err != nil {
			return err
		}
		began := time.Now()
		err = n.cfg.Chain.BlobEvents(ctx, from, n.apply)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n.log.Warn("ledger's events ended", "error", err)
		if time.Since(began) > time.Minute {
			wait = 100 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait = min(2*wait, 5*time.Second)
	}
}

// seen tells the rest of the node what an event means for it.
func (n *Node) seen(e api.BlobEvent) {
	if e.Epoch > n.view().Epoch {
		select {
		case n.newEpoch <- struct{}{}:
		default:
		}
	}
	if e.Kind == api.BlobCertified {
		n.heals.add(e.BlobID, time.Now().Add(n.cfg.HealDelay))
	}
	n.changed.announce()
}

// WaitReady returns once the node knows the committee.
func (n *Node) WaitReady(ctx context.Context) error {
	for {
		changed := n.changed.next()
		if n.view().NShards > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", errNoView, ctx.Err())
		case <-changed:
		}
	}
}
