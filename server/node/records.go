package node

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec"
	"floe/codec/suitx"
)

// Keys of the records. Never reorder, add at the end.
//
//	'c'                                 → checkpoint u64: events before it were all seen
//	'v'                                 → JSON of a view
//	'm' ‖ blob ID                       → BlobMetadata
//	'r' ‖ blob ID ‖ object ID           → JSON of a registration
//	's' ‖ blob ID ‖ kind u8 ‖ pair u16  → offset u64 ‖ length u32 ‖ CRC-32C of the bytes there
//	'i' ‖ blob ID                       → JSON of the event by which it became invalid
//
// Numbers are big-endian.
const (
	keyCursor       = 'c'
	keyView         = 'v'
	keyMetadata     = 'm'
	keyRegistration = 'r'
	keySliver       = 's'
	keyInvalid      = 'i'
)

// records is what the node knows, as opposed to the slivers it holds. A nosync
// write survives a crash if a later synced one does: the log is in order.
type records struct {
	db *pebble.DB
}

// openRecords opens the store, which takes memory at most: a third for what was
// read, the others for what was written, a table that is being filled and one
// that is on its way to the disk.
func openRecords(dir string, memory int64, log *slog.Logger) (*records, error) {
	cache := pebble.NewCache(memory / 3)
	defer cache.Unref()
	db, err := pebble.Open(dir, &pebble.Options{
		Cache:              cache,
		MemTableSize:       uint64(memory / 3),
		MaxOpenFiles:       64,
		FormatMajorVersion: pebble.FormatValueSeparation,
		Logger:             pebbleLog{log},
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't open records in %s: %w", dir, err)
	}
	return &records{db}, nil
}

// get returns a copy of the value under key, nil if there is none.
func (r *records) get(key []byte) ([]byte, error) {
	v, closer, err := r.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't read record %x: %w", key, err)
	}
	defer closer.Close()
	return append([]byte{}, v...), nil
}

// each calls fn for every record whose key begins with prefix, in order. The
// slices are valid only until fn returns.
func (r *records) each(prefix []byte, fn func(key, value []byte) error) error {
	it, err := r.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return fmt.Errorf("couldn't read records %x: %w", prefix, err)
	}
	defer it.Close()
	for it.First(); it.Valid(); it.Next() {
		if err := fn(it.Key(), it.Value()); err != nil {
			return err
		}
	}
	if err := it.Error(); err != nil {
		return fmt.Errorf("couldn't read records %x: %w", prefix, err)
	}
	return nil
}

// after returns the first key that is greater than all with this prefix.
func after(prefix []byte) []byte {
	end := append([]byte{}, prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

func (r *records) cursor() (uint64, error) {
	v, err := r.get([]byte{keyCursor})
	if err != nil || len(v) != 8 {
		return 0, err
	}
	return binary.BigEndian.Uint64(v), nil
}

func putJSON(b *pebble.Batch, key []byte, v any) error {
	value, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("couldn't encode record %x: %w", key, err)
	}
	return b.Set(key, value, nil)
}

func blobKey(kind byte, id codec.BlobID) []byte { return append([]byte{kind}, id[:]...) }

func registrationKey(id codec.BlobID, object suitx.Address) []byte {
	return append(blobKey(keyRegistration, id), object[:]...)
}

func sliverKey(id codec.BlobID, kind codec.Kind, pair int) []byte {
	k := append(blobKey(keySliver, id), byte(kind))
	return binary.BigEndian.AppendUint16(k, uint16(pair))
}

// pebbleLog passes pebble's complaints on and drops its chatter.
type pebbleLog struct{ log *slog.Logger }

func (pebbleLog) Infof(string, ...any) {}

func (l pebbleLog) Errorf(format string, args ...any) {
	l.log.Error("records", "error", fmt.Sprintf(format, args...))
}

// Fatalf ends the process, as pebble expects: its log can't be written any more.
func (l pebbleLog) Fatalf(format string, args ...any) {
	l.Errorf(format, args...)
	os.Exit(1)
}
