package ledger

import (
	"crypto/rand"
	"testing"

	"github.com/cockroachdb/pebble/v2"
)

// However much is in the ledger, its store holds a cache and two tables of it in
// memory.
func TestMemoryDoesntGrowByTransactions(t *testing.T) {
	db, cache, err := openStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	defer cache.Unref()
	record := make([]byte, 16<<10)
	for i := range uint64(3000) { // 48 MB
		rand.Read(record)
		if err := db.Set(key(keySequence, bigEndian(i)), record, pebble.NoSync); err != nil {
			t.Fatal(err)
		}
		if _, err := get(db, key(keySequence, bigEndian(i*7919%(i+1)))); err != nil {
			t.Fatal(err)
		}
	}
	of := db.Metrics()
	took := int(of.MemTable.Size+of.MemTable.ZombieSize) + int(of.BlockCache.Size)
	t.Logf("48 MB took %d kB of memory", took/1000)
	if took > cacheBytes+3*tableBytes { // one is filled, one may be written, one is kept to be filled next
		t.Errorf("48 MB took %d bytes of memory", took)
	}
}
