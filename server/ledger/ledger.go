package ledger

import (
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/move"
	"floe/server/ledger/native"
)

// Ledger is an open ledger; its methods may be called concurrently. What reads
// return is durable.
type Ledger struct {
	db      *pebble.DB
	cache   *pebble.Cache
	world   *native.World
	clock   func() time.Time
	log     *slog.Logger
	chain   suitx.Digest
	epochMS uint64

	treasuryKey ed25519.PrivateKey
	treasury    suitx.Address
	faucet      chan int // treasury coins that nobody uses now

	queue   chan *request
	ticks   chan time.Time // now and then, so that epochs change without transactions
	closing chan struct{}
	stopped chan struct{}
	once    sync.Once
	life    sync.RWMutex // readers hold it; Close takes it for good
	closed  bool         // guarded by life

	packages atomic.Pointer[move.Packages] // as of the last checkpoint

	mu   sync.Mutex
	head head          // guarded by mu
	news chan struct{} // guarded by mu; closed at the next checkpoint
}

// tickEvery is how late an epoch may change when nothing else happens.
const tickEvery = 250 * time.Millisecond

// Open opens the ledger in cfg.Dir, or begins one there. Another Genesis than
// the one it began with gives ErrOtherGenesis.
func Open(cfg Config) (*Ledger, error) {
	ids, _ := api.Networks(api.Local)
	l := &Ledger{
		world:       native.New(ids),
		clock:       cfg.Clock,
		log:         cfg.Logger,
		epochMS:     uint64(cfg.Genesis.EpochDuration.Milliseconds()),
		treasuryKey: cfg.Genesis.treasury(),
		faucet:      make(chan int, faucetSlots),
		queue:       make(chan *request, maxBatch),
		ticks:       make(chan time.Time),
		closing:     make(chan struct{}),
		stopped:     make(chan struct{}),
		news:        make(chan struct{}),
	}
	l.treasury = addressOf(l.treasuryKey)
	if l.clock == nil {
		l.clock = time.Now
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("couldn't make the ledger's folder: %w", err)
	}
	var err error
	if l.db, l.cache, err = openStore(filepath.Join(cfg.Dir, "ledger")); err != nil {
		return nil, err
	}
	if err := l.start(&cfg.Genesis); err != nil {
		l.cache.Unref()
		l.db.Close()
		return nil, fmt.Errorf("couldn't open ledger in %s: %w", cfg.Dir, err)
	}
	return l, nil
}

// start founds or finds the ledger in the store, catches up with missed epochs
// and begins to take transactions.
func (l *Ledger) start(g *Genesis) error {
	l.packages.Store(l.world.Packages)
	if err := l.found(g); err != nil {
		return err
	}
	if err := l.loadPackages(); err != nil {
		return err
	}
	first, err := readCheckpoint(l.db, 0)
	if err != nil {
		return err
	}
	l.chain = first.Digest
	v, err := get(l.db, key(keyMeta, []byte(metaHead)))
	if err != nil {
		return err
	}
	if l.head, err = unmarshalHead(v); err != nil {
		return fmt.Errorf("couldn't read head: %w", err)
	}
	for slot := range faucetSlots {
		l.faucet <- slot + 1
	}
	if err := l.catchUp(); err != nil {
		return err
	}
	go l.run()
	go l.keepTime()
	return nil
}

// catchUp makes the epoch changes that were missed.
func (l *Ledger) catchUp() error {
	for {
		s := l.begin()
		err := s.advance()
		if err == nil {
			err = l.commit(s)
		}
		s.batch.Close()
		if err != nil || len(s.checkpoints) == 0 {
			return err
		}
	}
}

// keepTime wakes run when an epoch may have ended.
func (l *Ledger) keepTime() {
	t := time.NewTicker(tickEvery)
	defer t.Stop()
	for {
		select {
		case now := <-t.C:
			h := l.snapshot()
			if toMS(l.clock()) < h.epochStartMS+l.epochMS {
				continue
			}
			select {
			case l.ticks <- now:
			case <-l.closing:
				return
			}
		case <-l.closing:
			return
		}
	}
}

// Close finishes what runs, refuses what waits and closes the store.
func (l *Ledger) Close() error {
	var err error
	l.once.Do(func() {
		close(l.closing)
		<-l.stopped
		l.life.Lock()
		defer l.life.Unlock()
		l.closed = true
		l.cache.Unref()
		if err = l.db.Close(); err != nil {
			err = fmt.Errorf("couldn't close store: %w", err)
		}
	})
	return err
}
