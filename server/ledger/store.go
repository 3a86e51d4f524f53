package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"

	"floe/codec/suitx"
)

// The store's keys begin with one of these; integers in keys are big-endian, so
// that they sort. They are on disk: never reuse one for something else.
//
//	keyObject   ID ‖ version     → kind u8 ‖ the object's BCS, or the digest of the transaction that removed it
//	keyLatest   ID               → version u64 ‖ kind u8
//	keyOwned    owner ‖ type ‖ 00 ‖ ID → balance u64 of a coin, else nothing
//	keyChild    parent ‖ ID      → nothing
//	keyTx       digest           → transaction record
//	keySequence sequence         → checkpoint record
//	keyDigest   checkpoint digest → sequence u64
//	keyEpoch    epoch            → epoch record
//	keyPackage  original ID ‖ version → ID, of packages that were published
//	keyMeta     name             → what the ledger remembers of itself
const (
	keyObject   = 'o'
	keyLatest   = 'l'
	keyOwned    = 'w'
	keyChild    = 'd'
	keyTx       = 't'
	keySequence = 'c'
	keyDigest   = 'k'
	keyEpoch    = 'e'
	keyPackage  = 'p'
	keyMeta     = 'm'
)

// What is at an object's version.
const (
	kindLive    = 0
	kindDeleted = 1
	kindWrapped = 2
)

func key(prefix byte, parts ...[]byte) []byte {
	k := []byte{prefix}
	for _, p := range parts {
		k = append(k, p...)
	}
	return k
}

func bigEndian(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

func objectKey(id suitx.Address, version uint64) []byte {
	return key(keyObject, id[:], bigEndian(version))
}

func ownedKey(owner suitx.Address, t suitx.StructTag, id suitx.Address) []byte {
	return key(keyOwned, owner[:], []byte(t.String()), []byte{0}, id[:])
}

// What the store holds in memory is small: a ledger shares its process with
// thirteen nodes, and the system keeps what of its files is read often.
const (
	cacheBytes = 4 << 20
	tableBytes = 4 << 20 // of what was written and isn't sorted yet; twice while it is
)

// openStore opens the database.
func openStore(dir string) (*pebble.DB, *pebble.Cache, error) {
	cache := pebble.NewCache(cacheBytes)
	o := &pebble.Options{
		Cache:                       cache,
		MemTableSize:                tableBytes,
		MemTableStopWritesThreshold: 4,
		FormatMajorVersion:          pebble.FormatNewest,
		Logger:                      quiet{},
	}
	for i := range o.Levels { // most look-ups are for transactions that aren't there yet
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	db, err := pebble.Open(dir, o)
	if err != nil {
		cache.Unref()
		return nil, nil, fmt.Errorf("couldn't open store in %s: %w", dir, err)
	}
	return db, cache, nil
}

// quiet drops what pebble says of its own workings; its errors are returned.
type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf("internal error: store: "+format, args...))
}

// reader is what the database and a batch on top of it have in common.
type reader interface {
	Get(key []byte) ([]byte, io.Closer, error)
	NewIter(*pebble.IterOptions) (*pebble.Iterator, error)
}

// get returns a copy of the value at k, or ErrNotFound.
func get(r reader, k []byte) ([]byte, error) {
	v, closer, err := r.Get(k)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't read store: %w", err)
	}
	defer closer.Close()
	return append([]byte{}, v...), nil
}

// scan calls visit for every key below prefix, after the key after if it isn't
// nil, until visit returns false.
func scan(r reader, prefix, after []byte, visit func(k, v []byte) (bool, error)) error {
	lower := prefix
	if after != nil {
		lower = append(append([]byte{}, after...), 0)
	}
	it, err := r.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: beyond(prefix)})
	if err != nil {
		return fmt.Errorf("couldn't scan store: %w", err)
	}
	defer it.Close()
	for it.First(); it.Valid(); it.Next() {
		goOn, err := visit(it.Key(), it.Value())
		if err != nil || !goOn {
			return err
		}
	}
	if err := it.Error(); err != nil {
		return fmt.Errorf("couldn't scan store: %w", err)
	}
	return nil
}

// beyond returns the first key after all that begin with prefix.
func beyond(prefix []byte) []byte {
	end := append([]byte{}, prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}
