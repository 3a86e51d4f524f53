package node

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/crypto/blake2b"

	"floe/codec"
)

// errDamaged says that a sliver isn't on disk as it was stored.
var errDamaged = errors.New("damaged on disk")

// slivers holds the bytes of slivers, one file per blob, and says in the
// records where each lies.
type slivers struct {
	dir string
	rec *records

	mu   sync.Mutex
	open map[codec.BlobID]*sliverFile // those being written
}

// sliverFile is one blob's file while slivers are added to it. Those that
// arrive together are committed together.
type sliverFile struct {
	f    *os.File
	refs int // guarded by slivers.mu

	mu         sync.Mutex
	end        int64 // where the next sliver goes
	waiting    []*addition
	committing bool
}

// addition is a sliver that lies in the file and isn't durable yet.
type addition struct {
	key, value []byte
	off, end   int64         // where it lies
	done       chan struct{} // closed once err is set
	err        error
}

func newSlivers(dir string, rec *records) (*slivers, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("couldn't make folder for slivers: %w", err)
	}
	if err := syncDir(filepath.Dir(dir)); err != nil {
		return nil, fmt.Errorf("couldn't make folder for slivers: %w", err)
	}
	return &slivers{dir: dir, rec: rec, open: make(map[codec.BlobID]*sliverFile)}, nil
}

// path is in hex: not every file system tells cases apart.
func (s *slivers) path(id codec.BlobID) string {
	name := hex.EncodeToString(id[:])
	return filepath.Join(s.dir, name[:2], name)
}

// has says whether a sliver is stored.
func (s *slivers) has(id codec.BlobID, kind codec.Kind, pair int) (bool, error) {
	v, err := s.rec.get(sliverKey(id, kind, pair))
	return v != nil, err
}

// put stores a sliver's bytes; they are durable when it returns. It calls written
// before that, once it doesn't need b any more.
func (s *slivers) put(id codec.BlobID, kind codec.Kind, pair int, b []byte, written func()) error {
	f, err := s.acquire(id)
	if err != nil {
		return fmt.Errorf("couldn't open slivers of %s: %w", id, err)
	}
	defer s.release(id, f)
	if err := f.add(s.rec, sliverKey(id, kind, pair), b, written); err != nil {
		return fmt.Errorf("couldn't store %s sliver %d of %s: %w", kind, pair, id, err)
	}
	return nil
}

// get returns the bytes of a sliver, in buf if there is room: nil if it isn't
// stored, errDamaged if it isn't what was stored.
func (s *slivers) get(id codec.BlobID, kind codec.Kind, pair int, buf []byte) ([]byte, error) {
	v, err := s.rec.get(sliverKey(id, kind, pair))
	if err != nil || v == nil {
		return nil, err
	}
	if len(v) < 12 {
		return nil, fmt.Errorf("%w: record of %d bytes", errDamaged, len(v))
	}
	f, err := os.Open(s.path(id))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", errDamaged, err)
	}
	defer f.Close()
	b := slices.Grow(buf[:0], int(binary.BigEndian.Uint32(v[8:])))[:binary.BigEndian.Uint32(v[8:])]
	if _, err := f.ReadAt(b, int64(binary.BigEndian.Uint64(v))); err != nil {
		return nil, fmt.Errorf("%w: %v", errDamaged, err)
	}
	if !sums(v[12:], b) {
		return nil, fmt.Errorf("%w: checksum differs", errDamaged)
	}
	return b, nil
}

// castagnoli is the polynomial of CRC-32C, for which processors have instructions.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sums says whether sum is that of b. It finds what disks do to slivers; what
// others might do to them, who reads them finds.
func sums(sum, b []byte) bool {
	switch len(sum) {
	case crc32.Size:
		return binary.BigEndian.Uint32(sum) == crc32.Checksum(b, castagnoli)
	case blake2b.Size256: // stores of before November 2026
		old := blake2b.Sum256(b)
		return string(old[:]) == string(sum)
	}
	return false
}

// forget drops a sliver that was found damaged, so that it can be stored again.
func (s *slivers) forget(id codec.BlobID, kind codec.Kind, pair int) error {
	return s.rec.db.Delete(sliverKey(id, kind, pair), pebble.Sync)
}

// remove deletes a blob's file. The records are the caller's to delete.
func (s *slivers) remove(id codec.BlobID) error {
	err := os.Remove(s.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (s *slivers) acquire(id codec.BlobID) (*sliverFile, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.open[id]; f != nil {
		f.refs++
		return f, nil
	}
	file, err := openDurably(s.path(id))
	if err != nil {
		return nil, err
	}
	end, err := file.Seek(0, 2)
	if err != nil {
		file.Close()
		return nil, err
	}
	f := &sliverFile{f: file, refs: 1, end: end}
	s.open[id] = f
	return f, nil
}

func (s *slivers) release(id codec.BlobID, f *sliverFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.refs--; f.refs == 0 {
		delete(s.open, id)
		f.f.Close() // all that matters was synced
	}
}

// openDurably opens a file to write; if it makes it, its name survives a crash.
func openDurably(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	dir := filepath.Dir(path)
	if err := os.Mkdir(dir, 0o700); err == nil {
		if err := syncDir(filepath.Dir(dir)); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if err := syncDir(dir); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// add writes b to the file, says so, then waits until it and its record are
// durable. One of those waiting commits for all that were there when it began.
func (f *sliverFile) add(rec *records, key, b []byte, written func()) error {
	f.mu.Lock()
	off := f.end
	f.end += int64(len(b))
	f.mu.Unlock()
	if _, err := f.f.WriteAt(b, off); err != nil {
		return err
	}
	a := &addition{key: key, value: place(off, b), off: off, end: off + int64(len(b)), done: make(chan struct{})}
	written()
	f.mu.Lock()
	f.waiting = append(f.waiting, a)
	lead := !f.committing
	f.committing = true
	f.mu.Unlock()
	if lead {
		f.commitAll(rec)
	}
	<-a.done
	return a.err
}

func place(off int64, b []byte) []byte {
	v := binary.BigEndian.AppendUint64(nil, uint64(off))
	v = binary.BigEndian.AppendUint32(v, uint32(len(b)))
	return binary.BigEndian.AppendUint32(v, crc32.Checksum(b, castagnoli))
}

// commitAll commits batch after batch until nobody waits.
func (f *sliverFile) commitAll(rec *records) {
	for {
		f.mu.Lock()
		batch := f.waiting
		f.waiting = nil
		f.committing = len(batch) > 0
		f.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		err := f.commit(rec, batch)
		for _, a := range batch {
			a.err = err
			close(a.done)
		}
	}
}

func (f *sliverFile) commit(rec *records, batch []*addition) error {
	if err := f.f.Sync(); err != nil {
		return err
	}
	f.letGo(batch)
	b := rec.db.NewBatch()
	defer b.Close()
	for _, a := range batch {
		if err := b.Set(a.key, a.value, nil); err != nil {
			return err
		}
	}
	return b.Commit(pebble.Sync)
}

// muchAtOnce is how much must have come together for it to be let go.
const muchAtOnce = 128 << 10

// letGo lets go of what was just written: slivers are rarely read soon, and
// gigabytes of them would push out of memory what is.
func (f *sliverFile) letGo(batch []*addition) {
	first, end := batch[0].off, batch[0].end
	for _, a := range batch {
		first, end = min(first, a.off), max(end, a.end)
	}
	if end-first >= muchAtOnce {
		dropCached(f.f, first, end-first)
	}
}
