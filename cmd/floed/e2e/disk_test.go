package e2e

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec"
)

// How somebody with a node's disk in hand can spoil it. The layout is that of
// server/node and server/ledger, which never changes.

// nodeDisk is what a node of d keeps.
func (d *daemon) nodeDisk(index int) string {
	return filepath.Join(d.data, "nodes", fmt.Sprintf("%02d", index))
}

func (d *daemon) sliverFile(node int, id codec.BlobID) string {
	name := hex.EncodeToString(id[:])
	return filepath.Join(d.nodeDisk(node), "slivers", name[:2], name)
}

// rot flips a bit here and there in every file below dir that wanted names.
func rot(t *testing.T, dir string, wanted string, every int) {
	t.Helper()
	r, changed := rand.New(rand.NewPCG(7, 8)), 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if match, err := filepath.Match(wanted, e.Name()); err != nil || !match {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for at := r.IntN(every); at < len(b); at += 1 + r.IntN(2*every) {
			b[at] ^= 1 << r.IntN(8)
			changed++
		}
		return os.WriteFile(path, b, 0o600)
	})
	if err != nil || changed == 0 {
		t.Fatalf("%d bits flipped in %s: %v", changed, dir, err)
	}
}

// rewrite changes records of the pebble store in dir: change returns the new
// value, or nil for those that stay. It returns how many it changed.
func rewrite(t *testing.T, dir string, change func(key, value []byte) []byte) (changed int) {
	t.Helper()
	db, err := pebble.Open(dir, &pebble.Options{FormatMajorVersion: pebble.FormatValueSeparation, ErrorIfNotExists: true, Logger: pebbleQuiet{t}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	batch := db.NewBatch()
	it, err := db.NewIter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for it.First(); it.Valid(); it.Next() {
		if now := change(it.Key(), it.Value()); now != nil {
			changed++
			if err := batch.Set(it.Key(), now, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := it.Close(); err != nil {
		t.Fatal(err)
	}
	if err := batch.Commit(pebble.Sync); err != nil {
		t.Fatal(err)
	}
	return changed
}

// lieOnDisk changes every sliver of a blob and the checksum beside it, so that
// the node itself believes it.
func (d *daemon) lieOnDisk(node int, id codec.BlobID) {
	d.t.Helper()
	path := d.sliverFile(node, id)
	b, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	n := rewrite(d.t, filepath.Join(d.nodeDisk(node), "records"), func(key, value []byte) []byte {
		if key[0] != 's' || !bytes.Equal(key[1:33], id[:]) { // → offset u64 ‖ length u32 ‖ checksum
			return nil
		}
		off := int(value[4])<<24 | int(value[5])<<16 | int(value[6])<<8 | int(value[7])
		size := int(value[8])<<24 | int(value[9])<<16 | int(value[10])<<8 | int(value[11])
		sliver := b[off:][:size]
		sliver[size/2] ^= 1
		sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
		sum.Write(sliver)
		return sum.Sum(bytes.Clone(value[:12]))
	})
	if n != 16 {
		d.t.Fatalf("node %d has %d slivers, want two for each of its 8 shards", node, n)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// spoilMetadata flips a bit in what a node keeps of blobs' metadata.
func (d *daemon) spoilMetadata(node int) {
	d.t.Helper()
	n := rewrite(d.t, filepath.Join(d.nodeDisk(node), "records"), func(key, value []byte) []byte {
		if key[0] != 'm' {
			return nil
		}
		spoiled := bytes.Clone(value)
		spoiled[len(spoiled)/2] ^= 1
		return spoiled
	})
	if n == 0 {
		d.t.Fatalf("node %d has no metadata", node)
	}
}

// spoilGrants flips a bit in every grant that the ledger holds as an object and
// that belongs to the chosen parcels.
func (d *daemon) spoilGrants(grants [][]byte) {
	d.t.Helper()
	n := rewrite(d.t, filepath.Join(d.data, "ledger", "ledger"), func(key, value []byte) []byte {
		for _, grant := range grants {
			if at := bytes.Index(value, grant); key[0] == 'o' && at >= 0 {
				spoiled := bytes.Clone(value)
				spoiled[at+len(grant)-10] ^= 1
				return spoiled
			}
		}
		return nil
	})
	if n < len(grants) {
		d.t.Fatalf("%d of %d grants were found on disk", n, len(grants))
	}
}

// pebbleQuiet lets pebble speak only of what is wrong.
type pebbleQuiet struct{ t *testing.T }

func (pebbleQuiet) Infof(string, ...any)             {}
func (q pebbleQuiet) Errorf(format string, v ...any) { q.t.Logf("pebble: "+format, v...) }
func (q pebbleQuiet) Fatalf(format string, v ...any) { q.t.Fatalf("pebble: "+format, v...) }
